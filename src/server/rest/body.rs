//! Reads a JSON body into a form, whatever its declared type: no JSON is 400, JSON of another form is 422. Taken
//! apart by hand after the rights were checked, so that who may not learns nothing else.

use axum::body::Bytes;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::ApiError;
use crate::protocol::client_message::FrameError;
use crate::protocol::{ClientMessage, ErrorCode, parse_client_frame};

/// A body as a form; nothing at all is the empty form.
pub(super) fn form<T: DeserializeOwned>(body: &Bytes) -> Result<T, ApiError> {
    serde_json::from_value(Value::Object(object(body)?))
        .map_err(|error| ApiError::new(ErrorCode::BadValue, error.to_string()))
}

/// A body as the fields of a socket message, through the parser of the socket: the same bounds hold here.
pub(super) fn message(name: &str, body: &Bytes) -> Result<ClientMessage, ApiError> {
    named(name, object(body)?)
}

/// A message of this name with these fields.
pub(super) fn named(name: &str, mut fields: Map<String, Value>) -> Result<ClientMessage, ApiError> {
    fields.insert("t".to_owned(), name.into());
    parse_client_frame(&Value::Object(fields).to_string()).map_err(|error| {
        let detail = match error {
            FrameError::Malformed(error) => error.to_string(),
            error => error.to_string(),
        };
        ApiError::new(ErrorCode::BadValue, detail)
    })
}

/// A body as a JSON object.
pub(super) fn object(body: &Bytes) -> Result<Map<String, Value>, ApiError> {
    if body.trim_ascii().is_empty() {
        return Ok(Map::new());
    }
    match serde_json::from_slice(body) {
        Ok(Value::Object(mut fields)) => {
            fields.values_mut().for_each(as_integer);
            Ok(fields)
        }
        Ok(_) => Err(ApiError::new(ErrorCode::BadValue, "The body must be a JSON object.")),
        Err(error) => Err(ApiError::new(ErrorCode::BadMessage, error.to_string())),
    }
}

/// JSON has one kind of number: `7.0` is 7.
fn as_integer(value: &mut Value) {
    const EXACT: f64 = (1_u64 << 53) as f64;
    if let Some(number) = value.as_f64().filter(|_| value.is_f64())
        && number.fract() == 0.0
        && (0.0..=EXACT).contains(&number)
    {
        *value = (number as u64).into();
    }
}
