//! What a backup says of itself: `manifest.json`, written last, so that a folder without one is no backup.

use std::fmt;
use std::path::{Component, Path, PathBuf};

use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};

/// The file in the backup's folder.
pub(crate) const FILE: &str = "manifest.json";

/// The shape of the folder and of this file. A backup of a higher number is of a newer program.
pub(crate) const FORMAT: u32 = 1;

/// A backup, described.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Manifest {
    /// [`FORMAT`].
    pub(crate) format: u32,
    /// The version of Tutti that made it.
    pub(crate) version: String,
    /// The schema of its database.
    pub(crate) schema: i64,
    /// When the database was copied, in UTC.
    pub(crate) made_at: String,
    /// Where uploads lay; the database names their files by it.
    pub(crate) uploads_folder: String,
    /// Rooms in the database.
    pub(crate) rooms: u64,
    /// Tracks in the database whose files were there.
    pub(crate) tracks: u64,
    /// All files but this one.
    pub(crate) files: Vec<KeptFile>,
}

/// One file of a backup.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct KeptFile {
    /// Where it is, in the backup and in a data folder.
    pub(crate) path: KeptPath,
    /// Its size.
    pub(crate) bytes: u64,
    /// The SHA-256 of its content, in hexadecimal digits.
    pub(crate) sha256: String,
    /// When its content last changed, in ns since 1970: by it, a scan knows what it has read already.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) modified_ns: Option<u64>,
}

/// A path below a folder that cannot lead out of it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub(crate) struct KeptPath(String);

impl KeptPath {
    /// A path without `..`, without a root, and of Unicode; `None` for all others.
    pub(crate) fn of(path: &Path) -> Option<Self> {
        let mut parts = Vec::new();
        for part in path.components() {
            match part {
                Component::Normal(part) => parts.push(part.to_str()?),
                _ => return None,
            }
        }
        (!parts.is_empty()).then(|| Self(parts.join("/")))
    }

    /// Below this folder.
    pub(crate) fn below(&self, folder: &Path) -> PathBuf {
        folder.join(&self.0)
    }

    /// Its text, `/` between the parts.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for KeptPath {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        match Self::of(Path::new(&text)) {
            Some(path) if path.0 == text => Ok(path),
            _ => Err(format!("“{text}” is no path below a folder")),
        }
    }
}

impl From<KeptPath> for String {
    fn from(path: KeptPath) -> Self {
        path.0
    }
}

impl fmt::Display for KeptPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The number of a manifest's shape, which is read first: what a newer program writes beside it may not be readable.
#[derive(Deserialize)]
struct Shape {
    format: u32,
}

impl Manifest {
    /// Reads that of a backup.
    ///
    /// # Errors
    /// When there is none, it is damaged, or it is of a newer program.
    pub(crate) fn read(backup: &Path) -> Result<Self> {
        let file = backup.join(FILE);
        let text = std::fs::read(&file)
            .with_context(|| format!("{} is no backup: {FILE} cannot be read in it", backup.display()))?;
        let damaged = || format!("{} is damaged", file.display());
        let shape: Shape = serde_json::from_slice(&text).with_context(damaged)?;
        if shape.format > FORMAT {
            bail!("this backup was made by a newer Tutti; restore it with that one, or with a later one");
        }
        serde_json::from_slice(&text).with_context(damaged)
    }

    /// All bytes of its files together; a damaged one may claim any.
    pub(crate) fn bytes(&self) -> u64 {
        self.files.iter().fold(0, |all, file| all.saturating_add(file.bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(path: &str) -> Option<KeptPath> {
        serde_json::from_value(path.into()).ok()
    }

    #[test]
    fn a_path_of_a_manifest_stays_below_its_folder() {
        for good in ["tutti.db", "uploads/Uploads/Ünï “x”.flac", "..x/y"] {
            assert_eq!(parsed(good).unwrap().as_str(), good);
        }
        for bad in ["", "/etc/passwd", "../x", "a/../../x", "a/./b", "a//b", ".", "a/"] {
            assert_eq!(parsed(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_backup_of_a_newer_program_is_told_from_a_damaged_one() {
        let folder = tempfile::tempdir().unwrap();
        let read = |text: Option<&str>| {
            if let Some(text) = text {
                std::fs::write(folder.path().join(FILE), text).unwrap();
            }
            format!("{:#}", Manifest::read(folder.path()).unwrap_err())
        };
        assert!(read(None).contains("is no backup"));
        assert!(read(Some(r#"{"format": 2, "chapters": []}"#)).contains("newer Tutti"));
        assert!(read(Some(r#"{"format": 1"#)).contains("is damaged"));
        assert!(read(Some(r#"{"format": 1, "files": [{"path": "../x"}]}"#)).contains("is damaged"));
    }
}
