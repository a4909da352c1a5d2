//! A refusal as an RFC 9457 problem document with the stable `code` that the socket uses too.

use axum::Json;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use crate::protocol::ErrorCode;
use crate::storage::StoreError;

/// Why a request was not carried out.
#[derive(Debug)]
pub struct ApiError {
    status: StatusCode,
    code: ErrorCode,
    detail: String,
}

/// Why a request was not carried out (RFC 9457, §3).
#[derive(Serialize, ToSchema)]
pub(super) struct Problem<'a> {
    /// `urn:tutti:` and the code.
    #[schema(example = "urn:tutti:no-such-room")]
    r#type: String,
    /// The code as a sentence.
    title: &'a str,
    /// The HTTP status.
    #[schema(minimum = 400, maximum = 599)]
    status: u16,
    /// What was wrong; the same words as in `ERROR` of the socket.
    code: ErrorCode,
    /// What was wrong just now.
    detail: &'a str,
}

impl<'a> Problem<'a> {
    /// As it is told of a code.
    pub(super) fn new(code: ErrorCode, detail: &'a str) -> Self {
        let r#type = format!("urn:tutti:{}", word(code));
        Self { r#type, title: code.message(), status: status(code).as_u16(), code, detail }
    }
}

/// A code as it is written.
pub(super) fn word(code: ErrorCode) -> String {
    match serde_json::to_value(code) {
        Ok(serde_json::Value::String(word)) => word,
        _ => String::new(),
    }
}

impl ApiError {
    /// A refusal with words of its own.
    pub fn new(code: ErrorCode, detail: impl Into<String>) -> Self {
        Self { status: status(code), code, detail: detail.into() }
    }

    /// What was wrong.
    pub const fn code(&self) -> ErrorCode {
        self.code
    }

    /// What it is in HTTP.
    pub const fn status(&self) -> StatusCode {
        self.status
    }

    /// Why, in words.
    pub fn detail(&self) -> &str {
        &self.detail
    }

    /// The same with another status than its code has.
    pub(super) const fn with_status(mut self, status: StatusCode) -> Self {
        self.status = status;
        self
    }
}

/// The one table of what a refusal is in HTTP.
pub(super) const fn status(code: ErrorCode) -> StatusCode {
    match code {
        ErrorCode::BadMessage => StatusCode::BAD_REQUEST,
        ErrorCode::BadValue => StatusCode::UNPROCESSABLE_ENTITY,
        ErrorCode::Unauthorized => StatusCode::UNAUTHORIZED,
        ErrorCode::Forbidden | ErrorCode::PinWrong => StatusCode::FORBIDDEN,
        ErrorCode::NoSuchRoom | ErrorCode::NoSuchTrack | ErrorCode::NoSuchEntry | ErrorCode::NoSuchMember => {
            StatusCode::NOT_FOUND
        }
        ErrorCode::NeedsEncoder
        | ErrorCode::NothingLoaded
        | ErrorCode::NothingNext
        | ErrorCode::LastHost
        | ErrorCode::QueueFull
        | ErrorCode::RoomFull
        | ErrorCode::ReadOnly
        | ErrorCode::KeyReused => StatusCode::CONFLICT,
        ErrorCode::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        ErrorCode::NotAudio => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        ErrorCode::StorageFull => StatusCode::INSUFFICIENT_STORAGE,
        ErrorCode::NotFetched => StatusCode::BAD_GATEWAY,
        ErrorCode::RateLimited => StatusCode::TOO_MANY_REQUESTS,
        ErrorCode::NotSupported => StatusCode::NOT_IMPLEMENTED,
        ErrorCode::TooManyRooms | ErrorCode::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        ErrorCode::Unknown => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

impl From<ErrorCode> for ApiError {
    fn from(code: ErrorCode) -> Self {
        Self::new(code, code.message())
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        match error {
            // Whoever asks by code has found the room before: it went meanwhile.
            StoreError::NotFound => ErrorCode::NoSuchRoom.into(),
            StoreError::BadCursor => Self::new(ErrorCode::BadValue, error.to_string()),
            error => {
                tracing::error!(%error, "the database failed");
                ErrorCode::Unavailable.into()
            }
        }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let problem = Problem { status: self.status.as_u16(), ..Problem::new(self.code, &self.detail) };
        let mut response = (self.status, Json(problem)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, header::HeaderValue::from_static("application/problem+json"));
        if self.status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, header::HeaderValue::from_static("Bearer"));
        }
        response
    }
}

/// The API has no such address.
pub async fn no_such_address() -> ApiError {
    ApiError::new(ErrorCode::Unknown, "The API has no such address.").with_status(StatusCode::NOT_FOUND)
}

/// The address does not know this method.
pub async fn no_such_method() -> ApiError {
    ApiError::new(ErrorCode::Unknown, "This address does not take this method.")
        .with_status(StatusCode::METHOD_NOT_ALLOWED)
}
