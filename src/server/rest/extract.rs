//! What is taken out of a request, as axum does it, but refused with problem documents.

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::StatusCode;
use axum::http::request::Parts;
use serde::de::DeserializeOwned;

use super::ApiError;
use crate::protocol::{ErrorCode, limits};
use crate::server::trickle::Trickled;

/// The parts of the address.
pub(super) struct Path<T>(pub T);

/// What stands behind the question mark.
pub(super) struct Query<T>(pub T);

/// The whole body, of at most [`limits::FRAME_BYTES`].
pub(super) struct Body(pub Bytes);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Path<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        match axum::extract::Path::from_request_parts(parts, state).await {
            Ok(axum::extract::Path(taken)) => Ok(Self(taken)),
            Err(error) => Err(ApiError::new(ErrorCode::BadMessage, error.body_text())),
        }
    }
}

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        match axum::extract::Query::from_request_parts(parts, state).await {
            Ok(axum::extract::Query(taken)) => Ok(Self(taken)),
            Err(error) => Err(ApiError::new(ErrorCode::BadMessage, error.body_text())),
        }
    }
}

impl<S: Send + Sync> FromRequest<S> for Body {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        Bytes::from_request(request, state).await.map(Self).map_err(|error| {
            if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
                let most = limits::FRAME_BYTES;
                ApiError::new(ErrorCode::TooLarge, format!("A body has at most {most} bytes."))
            } else if Trickled::is_in(&error) {
                ApiError::new(ErrorCode::BadMessage, "The body came too slowly.")
                    .with_status(StatusCode::REQUEST_TIMEOUT)
            } else {
                ApiError::new(ErrorCode::BadMessage, error.body_text())
            }
        })
    }
}
