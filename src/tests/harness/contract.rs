//! The description of the API, held against what the server really answers: every answer that a test gets through
//! [`Request::send`](super::Request::send) has to be described there. Objects that are answered may have no field that
//! the description does not know, so a form that grew without it is found.

use std::sync::OnceLock;

use reqwest::header::HeaderMap;
use reqwest::{Method, StatusCode};
use serde_json::Value;

use super::schema::Schemas;

/// What this process's servers say of themselves; they all say the same.
static CONTRACT: OnceLock<Contract> = OnceLock::new();

/// The description, ready to be asked.
pub struct Contract {
    document: Value,
}

impl Contract {
    /// Remembers the description of a server.
    pub fn learn(document: Value) {
        assert!(
            document["paths"].as_object().is_some_and(|paths| paths.len() > 30),
            "this is not the description"
        );
        CONTRACT.get_or_init(|| Self { document });
    }

    /// The description, once there was a server.
    pub fn known() -> Option<&'static Self> {
        CONTRACT.get()
    }

    /// All operations: method, path and description.
    pub fn operations(&self) -> impl Iterator<Item = (Method, &str, &Value)> {
        let paths = self.document["paths"].as_object().unwrap();
        paths.iter().flat_map(|(path, operations)| {
            operations.as_object().unwrap().iter().map(move |(method, operation)| {
                (method.to_uppercase().parse().unwrap(), path.as_str(), operation)
            })
        })
    }

    /// The described path that an address is of.
    fn path_of(&self, address: &str) -> Option<&str> {
        let fits = |path: &&String| {
            let (mut wanted, mut parts) = (path.split('/'), address.split('/'));
            loop {
                match (wanted.next(), parts.next()) {
                    (None, None) => return true,
                    (Some(wanted), Some(part)) if wanted.starts_with('{') || wanted == part => {}
                    _ => return false,
                }
            }
        };
        // What is named is meant before what stands for anything.
        let paths = self.document["paths"].as_object().unwrap().keys();
        paths.filter(fits).min_by_key(|path| path.matches('{').count()).map(String::as_str)
    }

    /// Panics when this answer is not described.
    pub fn check(
        &self,
        method: &Method,
        address: &str,
        status: StatusCode,
        headers: &HeaderMap,
        body: &[u8],
    ) {
        let Some(path) = self.path_of(address) else { return };
        let method = method.as_str().to_ascii_lowercase();
        let Some(operation) = self.document["paths"][path].get(&method) else { return };
        let what = format!("{method} {address} → {status}");
        let number = status.as_str();
        let response = operation["responses"].get(number);
        let response = response.unwrap_or_else(|| panic!("{what} is not described"));
        let Some(contents) = response["content"].as_object() else {
            assert!(body.is_empty(), "{what} is described as empty");
            return;
        };
        let mime = headers.get("content-type").map(|mime| mime.to_str().unwrap()).unwrap_or_default();
        let bare = mime.split(';').next().unwrap();
        let described = contents.keys().find(|known| {
            *known == bare || known.strip_suffix('*').is_some_and(|family| bare.starts_with(family))
        });
        let described = described.unwrap_or_else(|| panic!("{what}: {mime} is not described"));
        if !described.ends_with("json") {
            return;
        }
        let body: Value = serde_json::from_slice(body).unwrap();
        let mut errors = Vec::new();
        Schemas::of(&self.document).check(&contents[described]["schema"], &body, "", &mut errors);
        assert!(errors.is_empty(), "{what}: {errors:#?} in {body:#}");
    }
}
