//! `/api/docs`: the description of the API as a page. Swagger UI is in the executable; nothing comes from elsewhere.

use std::sync::Arc;

use axum::Router;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderMap, HeaderValue,
};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use super::error;
use super::extract::Path;
use crate::server::state::AppState;

/// Swagger UI draws with data images, and sets styles from its own scripts, which a policy does not hinder.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
                      connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// Of the files: they change with the server alone.
const KEPT: &str = "public, max-age=3600";

const PAGE: &str = r#"<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Tutti: the API</title>
<link rel="icon" href="/favicon.svg">
<link rel="stylesheet" href="/api/docs/swagger-ui.css">
<link rel="stylesheet" href="/api/docs/page.css">
</head>
<body>
<main id="docs"></main>
<noscript>This page needs JavaScript. The description itself is at <a href="/api/openapi.json">/api/openapi.json</a>.</noscript>
<script src="/api/docs/swagger-ui-bundle.js"></script>
<script src="/api/docs/page.js"></script>
</body>
</html>
"#;

const SCRIPT: &str = "\
SwaggerUIBundle({
  url: '/api/openapi.json',
  dom_id: '#docs',
  deepLinking: true,
  docExpansion: 'list',
  defaultModelsExpandDepth: 0,
  persistAuthorization: false,
  validatorUrl: null,
});
";

const STYLE: &str = "body { margin: 0; }\n";

/// The page and its files.
pub(super) fn served() -> Router<AppState> {
    Router::new().route("/docs", get(page)).route("/docs/{file}", get(file))
}

async fn page() -> Response {
    with_type("text/html; charset=utf-8", PAGE.as_bytes().into(), "no-cache")
}

async fn file(Path(name): Path<String>) -> Response {
    match name.as_str() {
        "page.js" => with_type("text/javascript", SCRIPT.as_bytes().into(), KEPT),
        "page.css" => with_type("text/css", STYLE.as_bytes().into(), KEPT),
        "swagger-ui.css" | "swagger-ui-bundle.js" => {
            let nothing = Arc::new(utoipa_swagger_ui::Config::default());
            let Ok(Some(file)) = utoipa_swagger_ui::serve(&name, nothing) else {
                return error::no_such_address().await.into_response();
            };
            let mut response = with_type(&file.content_type, file.bytes.into_owned(), KEPT);
            if file.gzpipped {
                response.headers_mut().insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
            }
            response
        }
        _ => error::no_such_address().await.into_response(),
    }
}

fn with_type(mime: &str, body: Vec<u8>, cache: &'static str) -> Response {
    let mut headers = HeaderMap::new();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static(cache));
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    if let Ok(mime) = HeaderValue::from_str(mime) {
        headers.insert(CONTENT_TYPE, mime);
    }
    (headers, body).into_response()
}
