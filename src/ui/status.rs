//! The HTTP status of the page that is being rendered. Nothing in the browser, where there is none.

/// Answers the request for this page with another status than 200.
#[cfg(feature = "ssr")]
pub fn respond_with(status: u16) {
    if let (Some(response), Ok(status)) = (
        leptos::prelude::use_context::<leptos_axum::ResponseOptions>(),
        axum::http::StatusCode::from_u16(status),
    ) {
        response.set_status(status);
    }
}

/// Answers the request for this page with another status than 200.
#[cfg(not(feature = "ssr"))]
pub const fn respond_with(_status: u16) {}
