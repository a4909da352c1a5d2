//! The pages: what leptos renders, with what the server adds to each request: who asks ([`PageBackend`]), in which
//! language, and the content policy.

use std::sync::Arc;

use axum::Router;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::http::header::{ACCEPT_LANGUAGE, CONTENT_SECURITY_POLICY, HeaderValue, VARY};
use axum::http::request::Parts;
use axum::routing::get;
use leptos::nonce::use_nonce;
use leptos::prelude::*;
use leptos_axum::{LeptosRoutes, ResponseOptions, generate_route_list};

use super::caller::Caller;
use super::headers::content_policy;
use super::measure;
use super::page_backend::PageBackend;
use super::qr;
use super::site;
use super::state::AppState;
use crate::ui::actions::Backend;
use crate::ui::app::{App, shell};
use crate::ui::words::Language;

/// The routes of the pages and server functions, then the files of the site, then the page that says that there is
/// nothing.
pub fn pages(state: &AppState) -> Router<AppState> {
    let options = state.leptos_options.clone();
    let context = {
        let state = state.clone();
        move || provide(&state)
    };
    let render = {
        let options = options.clone();
        move || shell(options.clone())
    };
    // What is neither a page nor a file: the app's own page about it, rendered by the same hand.
    let nothing = leptos_axum::render_app_async_with_context(context.clone(), render.clone());
    let otherwise = Router::new().fallback(get(move |request: Request| {
        let page = nothing(request);
        async move {
            let mut response = page.await;
            if response.status().is_success() {
                *response.status_mut() = StatusCode::NOT_FOUND;
            }
            response
        }
    }));
    let files = site::files(options.site_root.as_ref().as_ref(), options.hash_files, otherwise);
    Router::new()
        .route("/r/{code}/qr.svg", get(qr::of_room))
        .route("/measure", get(measure::page))
        .leptos_routes_with_context(state, generate_route_list(App), context, render)
        .fallback_service(files)
}

/// What a page or a server function finds in its context.
fn provide(state: &AppState) {
    let Some(parts) = use_context::<Parts>() else {
        return;
    };
    let caller = Caller::of(&parts);
    let response = use_context::<ResponseOptions>().unwrap_or_default();
    if let Some(nonce) = use_nonce()
        && let Some(policy) = content_policy(&nonce.to_string(), caller.host.as_deref())
    {
        response.insert_header(CONTENT_SECURITY_POLICY, policy);
    }
    let is_page = parts.method == axum::http::Method::GET;
    let wanted =
        parts.headers.get(ACCEPT_LANGUAGE).and_then(|wanted| wanted.to_str().ok()).unwrap_or_default();
    provide_context(Language::negotiate(wanted));
    response.append_header(VARY, HeaderValue::from_static("accept-language"));
    let backend = PageBackend::new(state.clone(), caller, response, is_page);
    provide_context::<Arc<dyn Backend>>(Arc::new(backend));
}
