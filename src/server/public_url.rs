//! The address by which people know this server, where the operator names it: scheme, host and perhaps a port. Links, QR
//! codes, the check of origins and the cookie go by it.

use std::fmt;
use std::str::FromStr;

use axum::http::Uri;
use thiserror::Error;

/// A base address, without a slash at the end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicUrl {
    https: bool,
    authority: String,
}

/// Why something is no such address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum PublicUrlError {
    /// Not `http://` or `https://`, or no host.
    #[error("it is an address like https://music.example or http://192.168.1.20:3000")]
    Form,
    /// There is something behind the host.
    #[error("a path is not supported: the server is at the root of a host")]
    Path,
    /// There is a name before the host.
    #[error("a user name has no place in it")]
    User,
}

impl PublicUrl {
    /// Whether pages come by https.
    pub const fn is_https(&self) -> bool {
        self.https
    }

    /// Host and port, in lower case, the port only where it is not the usual one.
    pub fn authority(&self) -> &str {
        &self.authority
    }
}

/// Whether this is the name or address of a host, perhaps with a port, and nothing that means more where it is written.
pub fn is_host(host: &str) -> bool {
    host.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b':' | b'-' | b'[' | b']'))
}

/// A host as it is compared: in lower case, without the port that goes without saying.
pub fn bare(https: bool, authority: &str) -> String {
    let authority = authority.trim().to_ascii_lowercase();
    let usual = if https { ":443" } else { ":80" };
    authority.strip_suffix(usual).map(str::to_owned).unwrap_or(authority)
}

impl FromStr for PublicUrl {
    type Err = PublicUrlError;

    fn from_str(text: &str) -> Result<Self, PublicUrlError> {
        let uri: Uri = text.trim().parse().map_err(|_| PublicUrlError::Form)?;
        let https = match uri.scheme_str() {
            Some("https") => true,
            Some("http") => false,
            _ => return Err(PublicUrlError::Form),
        };
        let authority = uri.authority().ok_or(PublicUrlError::Form)?.as_str();
        if authority.contains('@') {
            return Err(PublicUrlError::User);
        }
        if uri.path_and_query().is_some_and(|rest| rest.as_str() != "/") {
            return Err(PublicUrlError::Path);
        }
        if !is_host(authority) {
            return Err(PublicUrlError::Form);
        }
        Ok(Self { https, authority: bare(https, authority) })
    }
}

impl fmt::Display for PublicUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}", if self.https { "https" } else { "http" }, self.authority)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_public_address_is_a_scheme_and_a_host() {
        for (text, shown) in [
            ("https://music.example", "https://music.example"),
            ("https://Music.Example:443/", "https://music.example"),
            ("http://192.168.1.20:3000", "http://192.168.1.20:3000"),
            ("http://[fd00::1]:80", "http://[fd00::1]"),
        ] {
            assert_eq!(text.parse::<PublicUrl>().unwrap().to_string(), shown);
        }
        for (text, error) in [
            ("music.example", PublicUrlError::Form),
            ("/", PublicUrlError::Form),
            ("ftp://music.example", PublicUrlError::Form),
            ("https://", PublicUrlError::Form),
            ("https://music.example/tutti", PublicUrlError::Path),
            ("https://music.example/?x=1", PublicUrlError::Path),
            ("https://me:secret@music.example", PublicUrlError::User),
        ] {
            assert_eq!(text.parse::<PublicUrl>(), Err(error), "{text}");
        }
    }
}
