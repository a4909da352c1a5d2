//! A track as a row: what a scan gives, what comes out again, and the one order of the library.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use super::error::{StoreError, from_integer, unreadable};
use super::path_bytes;
use crate::protocol::{Decibels, Gain, Rendition, TrackId, TrackInfo};
use crate::sync::time::{MediaTime, RoomTime};

/// Where the artwork of a track is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ArtworkPlace {
    /// In the file itself.
    Embedded,
    /// In an image beside it.
    Folder,
}

impl ArtworkPlace {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Embedded => "embedded",
            Self::Folder => "folder",
        }
    }

    pub(super) fn parse(word: &str) -> Result<Self, StoreError> {
        match word {
            "embedded" => Ok(Self::Embedded),
            "folder" => Ok(Self::Folder),
            other => Err(unreadable(format!("no place of artwork: {other}"))),
        }
    }
}

/// What an encoder makes of a file, in its address and in the name of its file: raised when it is asked for something
/// else. Then browsers fetch it anew, and what was made before goes as what nobody uses.
pub const ENCODING: u32 = 2;

/// A rendition that a track is offered in: its name in `/media/{track}/{name}`, and what `canPlayType` is asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offer {
    /// For addresses.
    pub name: String,
    /// With the codec where the container has several.
    pub mime: String,
    /// An encoder makes it: without one, it is not offered.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub encoded: bool,
}

impl Offer {
    /// An offer of this name and type.
    pub fn new(name: &str, mime: &str) -> Self {
        Self { name: name.to_owned(), mime: mime.to_owned(), encoded: false }
    }

    /// An offer that an encoder makes.
    pub fn encoded(name: &str, mime: &str) -> Self {
        Self { encoded: true, ..Self::new(name, mime) }
    }
}

/// An audio file as a scan or an upload found it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrackFile {
    /// The id that it gets if its path is new; otherwise the track keeps the one that it has.
    pub id: TrackId,
    /// Where the file is; canonical, so that it has one path only.
    pub path: PathBuf,
    /// Its folder below the music folder, `/` between the parts; empty at the top.
    pub folder: String,
    /// Its own name; not Unicode is replaced.
    pub filename: String,
    /// What the file itself is.
    pub mime: String,
    /// 16 hexadecimal digits that change when its content does.
    pub version: String,
    /// What it can be played from, the best first.
    pub renditions: Vec<Offer>,
    /// No browser plays the file as it is.
    pub needs_encoder: bool,
    /// There is an encoder on this machine.
    pub encoder: bool,
    /// From its tags, if they say it.
    pub gain: Option<Gain>,
    /// Its audio is what it was when its row was written: what was measured of it stands.
    pub same_audio: bool,
    /// In bytes.
    pub size: u64,
    /// When its content last changed, in ns since 1970.
    pub mtime_ns: i64,
    /// Length of the track.
    pub duration: MediaTime,
    /// From the tags, or the file name without its ending; never empty.
    pub title: String,
    /// From the tags.
    pub artist: Option<String>,
    /// From the tags.
    pub album: Option<String>,
    /// From the tags.
    pub album_artist: Option<String>,
    /// From the tags.
    pub disc: Option<u32>,
    /// From the tags.
    pub number: Option<u32>,
    /// From the tags.
    pub year: Option<u32>,
    /// From the tags.
    pub genre: Option<String>,
    /// Where its artwork is, if it has any.
    pub artwork: Option<ArtworkPlace>,
}

/// A track of the library, whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrackRecord {
    /// What players and pages know of it.
    pub info: TrackInfo,
    /// Where the file is.
    pub path: PathBuf,
    /// Its folder below the music folder, `/` between the parts; empty at the top.
    pub folder: String,
    /// What the file itself is.
    pub mime: String,
    /// 16 hexadecimal digits that change when its content does; empty when an older version read it.
    pub version: String,
    /// What it can be played from, the best first.
    pub renditions: Vec<Offer>,
    /// In bytes.
    pub size: u64,
    /// When its content last changed, in ns since 1970.
    pub mtime_ns: i64,
    /// From the tags.
    pub album_artist: Option<String>,
    /// From the tags.
    pub disc: Option<u32>,
    /// From the tags.
    pub number: Option<u32>,
    /// From the tags.
    pub year: Option<u32>,
    /// From the tags.
    pub genre: Option<String>,
    /// Where its artwork is, if it has any.
    pub artwork: Option<ArtworkPlace>,
    /// When it was first found.
    pub added_at: RoomTime,
    /// The file is gone; rooms may still name the track.
    pub missing: bool,
}

/// What players and pages know of a track; the row needs the columns of `tracks` that are named here.
pub(super) fn info(row: &SqliteRow) -> Result<TrackInfo, StoreError> {
    let id: TrackId = row.try_get::<String, _>("id")?.try_into().map_err(unreadable)?;
    let version: &str = row.try_get("version")?;
    let offers = offers(row)?;
    let renditions: Vec<Rendition> = offers
        .into_iter()
        .map(|offer| {
            let encoding = if offer.encoded { format!("&encoding={ENCODING}") } else { String::new() };
            Rendition { url: format!("/media/{id}/{}?v={version}{encoding}", offer.name), mime: offer.mime }
        })
        .collect();
    let artwork_url = artwork(row)?.map(|place| match place {
        // It changes with the file, so that it may be kept for ever under this address.
        ArtworkPlace::Embedded => format!("{}?v={version}", artwork_url(id.as_str())),
        ArtworkPlace::Folder => artwork_url(id.as_str()),
    });
    Ok(TrackInfo {
        track_id: id,
        track_url: renditions.first().map(|first| first.url.clone()).unwrap_or_default(),
        renditions,
        title: row.try_get("title")?,
        artist: row.try_get("artist")?,
        album: row.try_get("album")?,
        filename: row.try_get("filename")?,
        duration: MediaTime::from_micros(row.try_get("duration_us")?),
        artwork_url,
        gain: gain(row)?,
        needs_encoder: !row.try_get::<bool, _>("playable")?,
    })
}

/// Where the artwork of a track is served.
pub(super) fn artwork_url(id: &str) -> String {
    format!("/api/tracks/{id}/artwork")
}

/// What a track can be played from.
fn offers(row: &SqliteRow) -> Result<Vec<Offer>, StoreError> {
    let offers: Vec<Offer> = serde_json::from_str(row.try_get("renditions")?).map_err(unreadable)?;
    if offers.is_empty() {
        // Read by an older version, and not yet again.
        return Ok(vec![Offer::new("original", row.try_get("mime")?)]);
    }
    // What cannot be played at all keeps the offer that it waits for.
    let without = row.try_get::<bool, _>("playable")? && !row.try_get::<bool, _>("encoder")?;
    Ok(offers.into_iter().filter(|offer| !(without && offer.encoded)).collect())
}

fn gain(row: &SqliteRow) -> Result<Option<Gain>, StoreError> {
    let decibels = |column: &str| {
        Ok::<_, StoreError>(row.try_get::<Option<i16>, _>(column)?.map(Decibels::from_hundredths))
    };
    let album = decibels("album_gain")?;
    Ok(decibels("track_gain")?.map(|track| Gain { track, album }))
}

/// The whole track; the row has all columns of `tracks`.
pub(super) fn record(row: &SqliteRow) -> Result<TrackRecord, StoreError> {
    Ok(TrackRecord {
        info: info(row)?,
        path: path_bytes::from_bytes(row.try_get("path")?),
        folder: row.try_get("folder")?,
        mime: row.try_get("mime")?,
        version: row.try_get("version")?,
        renditions: offers(row)?,
        size: from_integer(row.try_get("size")?)?,
        mtime_ns: row.try_get("mtime_ns")?,
        album_artist: row.try_get("album_artist")?,
        disc: row.try_get("disc")?,
        number: row.try_get("number")?,
        year: row.try_get("year")?,
        genre: row.try_get("genre")?,
        artwork: artwork(row)?,
        added_at: RoomTime::from_micros(row.try_get("added_at_us")?),
        missing: row.try_get("missing")?,
    })
}

pub(super) fn artwork(row: &SqliteRow) -> Result<Option<ArtworkPlace>, StoreError> {
    row.try_get::<Option<&str>, _>("artwork")?.map(ArtworkPlace::parse).transpose()
}

/// A text as it is compared: `SQLite`'s own folding knows ASCII only.
pub(super) fn key(text: &str) -> String {
    text.to_lowercase()
}

/// The column `by_key`: whose a track is when the library is shown by artist. What has nobody comes last.
pub(super) fn by_key(artist: Option<&str>) -> String {
    artist.filter(|artist| !artist.is_empty()).map_or_else(|| LAST.to_owned(), key)
}

/// Ends a part of a sort key. Below every visible character, so that "ab" comes before "ab c".
const PART_END: char = '\u{1}';

/// What sorts behind every text: what has no artist or album comes last.
const LAST: &str = "\u{10ffff}";

/// Characters of one part of a sort key; what is equal so far is told apart by what follows.
const PART_CHARS: usize = 100;

/// The place of a track in the library's order: album artist (or artist), album, disc, number, title.
pub(super) fn sort_key(file: &TrackFile) -> String {
    fn text(part: Option<&str>) -> String {
        part.map_or_else(|| LAST.to_owned(), |text| key(text).chars().take(PART_CHARS).collect())
    }
    let artist = text(file.album_artist.as_deref().or(file.artist.as_deref()));
    let album = text(file.album.as_deref());
    let disc = file.disc.unwrap_or(1);
    let number = file.number.unwrap_or(u32::MAX);
    let title = text(Some(&file.title));
    format!("{artist}{PART_END}{album}{PART_END}{disc:010}{PART_END}{number:010}{PART_END}{title}")
}
