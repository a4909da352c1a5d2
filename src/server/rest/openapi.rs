//! The description of the API: what the handlers say of themselves, under one title.

use axum::Router;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::routing::get;
use serde_json::{Value, json};
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{Modify, OpenApi};

use super::error::Problem;
use super::outside::Outside;
use crate::server::state::AppState;

/// The beginning of the description.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Tutti",
        description = "Everyone in the room hears the same music at the same instant. This API does for programs what \
            the page does for people; what goes to and fro while music plays is on the room's socket (`/ws/{code}`).\n\n\
            Who asks is known by a bearer, a room's host token or the operator's, or by the session cookie of a browser. \
            A refusal is a problem document (RFC 9457) with a `code`. New fields may come; ignore what you do not know.\n\n\
            `Idempotency-Key` makes a retry harmless where a request is not so by itself.",
        license(name = "MIT", identifier = "MIT"),
    ),
    security(("bearer" = []), ("session" = [])),
    tags(
        (name = "rooms", description = "Made, listed, set and removed."),
        (name = "playback", description = "What a room plays. A 202 means: written down and told; it happens at `startAtServerMs`."),
        (name = "queue", description = "What comes, and what was."),
        (name = "people", description = "Who is there, and what they may."),
        (name = "library", description = "Tracks, folders, artists, albums; what people add."),
        (name = "audio", description = "The music itself."),
        (name = "server", description = "The server and its health."),
    ),
    components(schemas(Problem<'static>)),
    modifiers(&Keys),
)]
struct Api;

/// By what a caller is known.
struct Keys;

impl Modify for Keys {
    fn modify(&self, openapi: &mut utoipa::openapi::OpenApi) {
        let bearer = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .description(Some("A room's host token, or the operator's token."));
        let session = ApiKeyValue::with_description("tutti_session", "Given to a browser that opens a room.");
        if let Some(components) = &mut openapi.components {
            components.add_security_scheme("bearer", SecurityScheme::Http(bearer.build()));
            components.add_security_scheme("session", SecurityScheme::ApiKey(ApiKey::Cookie(session)));
        }
    }
}

/// The whole description, with that of the routes below `/api`.
pub(super) fn description(routes: utoipa::openapi::OpenApi) -> Value {
    let mut whole = Api::openapi().nest("/api", routes);
    whole.merge(Outside::openapi());
    let mut whole = serde_json::to_value(whole).expect("a description is made of text and numbers");
    let paths = whole["paths"].as_object_mut().into_iter().flatten();
    for (path, item) in paths {
        for (method, operation) in item.as_object_mut().into_iter().flatten() {
            operation["operationId"] = name(method, path).into();
            say_in_short(operation);
            leave_out_null(operation);
        }
    }
    one_or_the_other(&mut whole["components"]["schemas"]["Play"], ["trackId", "queueEntryId"]);
    one_or_the_other(&mut whole["components"]["schemas"]["AddToQueue"], ["trackIds", "trackId"]);
    tell_of_each_file(&mut whole["paths"]["/api/tracks"]["post"]["responses"]);
    whole
}

/// The first form has the first of these fields and not the second; the second form the other way round.
fn one_or_the_other(forms: &mut Value, [first, second]: [&str; 2]) {
    forms["oneOf"][0]["not"] = json!({ "required": [second] });
    forms["oneOf"][1]["not"] = json!({ "required": [first] });
}

/// Of several files that are all refused, each is told; the status is that of the first.
fn tell_of_each_file(responses: &mut Value) {
    for status in ["413", "415", "503", "507"] {
        let form = responses["201"]["content"]["application/json"].clone();
        responses[status]["content"]["application/json"] = form;
    }
}

/// The first sentence is the summary; what follows, the description.
fn say_in_short(operation: &mut Value) {
    let said =
        [&operation["summary"], &operation["description"]].map(|text| text.as_str().unwrap_or_default());
    let said = said.join(" ").replace('\n', " ");
    let (first, rest) = said.trim().split_once(". ").unwrap_or((said.trim().trim_end_matches('.'), ""));
    let (first, rest) = (format!("{first}."), rest.trim().to_owned());
    operation["summary"] = first.into();
    operation["description"] = rest.into();
}

/// A body that may be absent is not null for that.
fn leave_out_null(operation: &mut Value) {
    if let Some(schema) = operation.pointer_mut("/requestBody/content/application~1json/schema")
        && schema["oneOf"][1]["type"] == "null"
    {
        *schema = schema["oneOf"][0].take();
    }
}

/// What programs call an operation: `getRoomsByCode`, `postRoomsPlaybackPlay`.
fn name(method: &str, path: &str) -> String {
    let path = path.strip_prefix("/api").unwrap_or(path);
    let mut name = method.to_owned();
    let mut add = |word: &str| {
        for part in word.split(|c: char| !c.is_ascii_alphanumeric()) {
            let (first, rest) = part.split_at(part.len().min(1));
            name.push_str(&first.to_ascii_uppercase());
            name.push_str(rest);
        }
    };
    let mut parts = path.split('/').peekable();
    while let Some(part) = parts.next() {
        match part.strip_prefix('{').and_then(|part| part.strip_suffix('}')) {
            None => add(part),
            Some(what) if parts.peek().is_none() => add(&format!("by-{what}")),
            Some(_) => {}
        }
    }
    name
}

/// `/openapi.json`.
pub(super) fn served(description: &Value) -> Router<AppState> {
    let text = description.to_string();
    let headers = [(CONTENT_TYPE, "application/json"), (CACHE_CONTROL, "no-cache")];
    Router::new().route("/openapi.json", get(move || async move { (headers, text) }))
}

#[cfg(test)]
mod tests {
    use super::name;

    #[test]
    fn an_operation_is_called_by_its_method_and_path() {
        assert_eq!(name("get", "/api/rooms"), "getRooms");
        assert_eq!(name("get", "/api/rooms/{code}"), "getRoomsByCode");
        assert_eq!(name("patch", "/api/rooms/{code}/queue/{entryId}"), "patchRoomsQueueByEntryId");
        assert_eq!(name("post", "/api/rooms/{code}/sync-all"), "postRoomsSyncAll");
        assert_eq!(name("get", "/media/{trackId}/{rendition}"), "getMediaByRendition");
    }
}
