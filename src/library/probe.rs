//! What one file is: its type by its content, its length, its tags. Whether it can be used at all.

use std::fmt::Write;
use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};
use std::path::Path;

use lofty::config::ParseOptions;
use lofty::file::{AudioFile, FileType, TaggedFile, TaggedFileExt};
use lofty::mp4::{AudioObjectType, Mp4Codec, Mp4File, Mp4Properties};
use lofty::probe::Probe;
use lofty::tag::{Accessor, ItemKey, Tag};
use thiserror::Error;

use super::frames::{self, Length};
use super::renditions::Kind;
use super::version::version;
use super::walk::mtime_ns;
use super::{artwork, flac_end};
use crate::protocol::{Decibels, Gain};
use crate::storage::Offer;
use crate::sync::time::MediaTime;

/// Characters that are kept of a tag: more is no title.
pub(super) const TAG_CHARS: usize = 300;

/// A stream counts as cut off, or damaged, when less than this share of the bytes that should be frames are some:
/// what its first frame promises (some encoders count tags in), or what is between its tags.
const CUT_OFF_BELOW_PERCENT: u64 = 90;

/// Gains of tags beyond this many dB are mistakes.
const LARGEST_GAIN_DB: f64 = 50.0;

/// From the reference of `R128_…_GAIN` in Opus, −23 LUFS (RFC 7845, 5.2.1), to that of ReplayGain 2.0, −18 LUFS.
const R128_TO_REPLAYGAIN_DB: f64 = 5.0;

/// Bytes that tell whether a file is audio without its name promising it.
const MAGIC_BYTES: u64 = 12;

/// What was read of an audio file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Probed {
    /// For `canPlayType`, with the codec where the container has several.
    pub mime: String,
    /// 16 hexadecimal digits that change when its content does.
    pub version: String,
    /// What it can be played from, the best first.
    pub renditions: Vec<Offer>,
    /// No browser plays the file as it is.
    pub needs_encoder: bool,
    /// From its tags, if they say it.
    pub gain: Option<Gain>,
    /// Length of the track.
    pub duration: MediaTime,
    /// From the tags.
    pub title: Option<String>,
    /// From the tags; several are joined by commas.
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
    /// Whether there is a picture in it.
    pub picture: bool,
}

/// Why a file is not taken, for the log.
#[derive(Debug, Error)]
pub enum Unusable {
    /// The system does not give it.
    #[error("it cannot be read: {0}")]
    Unreadable(#[from] std::io::Error),
    /// Nothing in it.
    #[error("it is empty")]
    Empty,
    /// Not a type of audio that is known.
    #[error("there is no audio in it")]
    NoAudio,
    /// A type that cannot be played.
    #[error("{0} cannot be played")]
    NotPlayable(&'static str),
    /// It says what it is, and then is not.
    #[error("it is damaged or cut off: {0}")]
    Damaged(String),
}

/// Whether the first bytes are those of audio, for a file whose name does not promise it. MP3 and AAC begin
/// with so little that images would be taken for them; they are known by their names.
///
/// # Errors
/// When the file cannot be read.
pub fn looks_like_audio(path: &Path) -> std::io::Result<bool> {
    let mut bytes = Vec::new();
    File::open(path)?.take(MAGIC_BYTES).read_to_end(&mut bytes)?;
    Ok(match bytes.as_slice() {
        [b'R', b'I', b'F', b'F', _, _, _, _, rest @ ..] => rest == b"WAVE",
        [_, _, _, _, b'f', b't', b'y', b'p', brand @ ..] => matches!(brand, b"M4A " | b"M4B "),
        bytes => [&b"fLaC"[..], b"OggS", b"ID3"].iter().any(|magic| bytes.starts_with(magic)),
    })
}

/// Reads what a file is. Blocks.
///
/// # Errors
/// When it is not audio that a browser plays, or not all there.
pub fn probe(path: &Path) -> Result<Probed, Unusable> {
    let file = File::open(path)?;
    let size = file.metadata()?.len();
    if size == 0 {
        return Err(Unusable::Empty);
    }
    let probe = Probe::new(BufReader::new(file)).guess_file_type()?;
    let kind = probe.file_type().ok_or(Unusable::NoAudio)?;
    // A stream without a container has no length of its own: its frames have.
    let stream = match kind {
        FileType::Mpeg => Some(frames::mpeg_length(File::open(path)?)?.ok_or(Unusable::NoAudio)?),
        FileType::Aac => Some(frames::adts_length(File::open(path)?)?.ok_or(Unusable::NoAudio)?),
        _ => None,
    };
    let (mime, playable) = match kind {
        FileType::Mp4 => mp4_type(path, size)?,
        other => media_type(other, stream.as_ref()).map(|(mime, kind)| (mime.to_owned(), kind))?,
    };
    let options = ParseOptions::new().read_properties(stream.is_none());
    let file = match probe.options(options).read() {
        // Its sound is known by its frames: a tag that makes no sense costs the tag.
        Err(error) if stream.is_some() => {
            tracing::debug!(path = %path.display(), %error, "the tags of a stream cannot be read");
            let options = ParseOptions::new().read_properties(false).read_tags(false);
            Probe::open(path).map_err(damaged)?.options(options).guess_file_type()?.read().map_err(damaged)?
        }
        read => read.map_err(damaged)?,
    };
    let duration = match stream {
        Some(stream) if stream.bytes * 100 < stream.promised * CUT_OFF_BELOW_PERCENT => {
            return Err(cut_off(stream.bytes, stream.promised, "bytes"));
        }
        Some(stream) => stream.time,
        None => i64::try_from(file.properties().duration().as_micros())
            .map(MediaTime::from_micros)
            .map_err(|_| Unusable::Damaged("its length is absurd".to_owned()))?,
    };
    if kind == FileType::Flac
        && let Some(cut) = flac_end::cut_off(&mut File::open(path)?, size)?
    {
        return Err(cut_off(cut.samples, cut.of, "samples"));
    }
    if duration <= MediaTime::ZERO {
        return Err(Unusable::Damaged("it has no length".to_owned()));
    }
    let tags = Tags::of(&file);
    let metadata = path.metadata()?;
    Ok(Probed {
        version: version(&mut File::open(path)?, size, mtime_ns(&metadata)?)?,
        renditions: playable.offers(&mime),
        needs_encoder: playable.needs_encoder(),
        gain: tags.gain(),
        mime,
        duration,
        title: tags.text(&[ItemKey::TrackTitle]),
        artist: tags.text(&[ItemKey::TrackArtist, ItemKey::TrackArtists]),
        album: tags.text(&[ItemKey::AlbumTitle]),
        album_artist: tags.text(&[ItemKey::AlbumArtist, ItemKey::AlbumArtists]),
        disc: tags.number(Accessor::disk),
        number: tags.number(Accessor::track),
        year: tags.number(|tag| tag.date().map(|date| u32::from(date.year))),
        genre: tags.text(&[ItemKey::Genre]),
        picture: artwork::has_picture(file.tags().iter().flat_map(Tag::pictures)),
    })
}

/// The whole chain of an error: its head only says that a file of this type could not be parsed.
fn damaged(error: impl std::error::Error + 'static) -> Unusable {
    let chain = std::iter::successors(Some(&error as &dyn std::error::Error), |error| error.source());
    let mut told: Vec<String> = chain.map(ToString::to_string).collect();
    told.dedup();
    Unusable::Damaged(told.join(": "))
}

fn cut_off(has: impl std::fmt::Display, of: impl std::fmt::Display, unit: &str) -> Unusable {
    Unusable::Damaged(format!("it has {has} of {of} {unit}"))
}

/// The MIME type with the codec, as `canPlayType` understands it, and what browsers make of it.
fn media_type(kind: FileType, stream: Option<&Length>) -> Result<(&'static str, Kind), Unusable> {
    let remuxable = stream.is_some_and(|stream| stream.remuxable);
    Ok(match kind {
        FileType::Mpeg if remuxable => ("audio/mpeg", Kind::Mp3),
        // Layers I and II.
        FileType::Mpeg => ("audio/mpeg", Kind::Nowhere),
        FileType::Aac => ("audio/aac", Kind::Adts { remuxable }),
        FileType::Flac => ("audio/flac", Kind::Everywhere),
        FileType::Wav => ("audio/wav", Kind::Everywhere),
        FileType::Opus => (r#"audio/ogg; codecs="opus""#, Kind::Somewhere),
        FileType::Vorbis => (r#"audio/ogg; codecs="vorbis""#, Kind::Inexact),
        FileType::Speex => (r#"audio/ogg; codecs="speex""#, Kind::Nowhere),
        FileType::Aiff => ("audio/aiff", Kind::Nowhere),
        FileType::Ape => ("audio/x-ape", Kind::Nowhere),
        FileType::Mpc => ("audio/x-musepack", Kind::Nowhere),
        FileType::WavPack => ("audio/x-wavpack", Kind::Nowhere),
        _ => return Err(Unusable::NoAudio),
    })
}

/// An MP4 says only inside what its codec is, and may be cut off without its beginning telling.
fn mp4_type(path: &Path, size: u64) -> Result<(String, Kind), Unusable> {
    let mut reader = BufReader::new(File::open(path)?);
    let end = mp4_end(&mut reader, size)?;
    if end > size {
        return Err(cut_off(size, end, "bytes"));
    }
    reader.rewind()?;
    let file = Mp4File::read_from(&mut reader, ParseOptions::new().read_tags(false)).map_err(damaged)?;
    let properties: &Mp4Properties = file.properties();
    if properties.is_drm_protected() {
        return Err(Unusable::NotPlayable("protected files"));
    }
    let (codec, kind) = match properties.codec() {
        Some(Mp4Codec::AAC) => match properties.audio_object_type() {
            Some(AudioObjectType::SpectralBandReplication) => ("mp4a.40.5", Kind::Everywhere),
            Some(AudioObjectType::ParametricStereo) => ("mp4a.40.29", Kind::Everywhere),
            _ => ("mp4a.40.2", Kind::Everywhere),
        },
        Some(Mp4Codec::MP3) => ("mp3", Kind::Everywhere),
        Some(Mp4Codec::ALAC) => ("alac", Kind::Somewhere),
        Some(Mp4Codec::FLAC) => ("flac", Kind::Somewhere),
        _ => return Err(Unusable::NoAudio),
    };
    Ok((format!(r#"audio/mp4; codecs="{codec}""#), kind))
}

/// Where the last box of an MP4 ends, by what the boxes say. Behind `size`: the file is cut off.
fn mp4_end(reader: &mut BufReader<File>, size: u64) -> Result<u64, Unusable> {
    let mut at = 0;
    while at + 8 <= size {
        reader.seek(SeekFrom::Start(at))?;
        let mut length = [0; 4];
        let mut name = [0; 4];
        reader.read_exact(&mut length)?;
        reader.read_exact(&mut name)?;
        let length = match u32::from_be_bytes(length) {
            // To the end of the file.
            0 => return Ok(size),
            // The length is behind the name.
            1 => {
                let mut length = [0; 8];
                reader.read_exact(&mut length)?;
                u64::from_be_bytes(length)
            }
            length => u64::from(length),
        };
        if length < 8 {
            return Err(Unusable::Damaged("a box of no length".to_owned()));
        }
        at = at.saturating_add(length);
    }
    Ok(at)
}

/// The tags of a file; a file may have several kinds, the first of which is the best.
struct Tags<'a>(Vec<&'a Tag>);

impl<'a> Tags<'a> {
    fn of(file: &'a TaggedFile) -> Self {
        let primary = file.primary_tag();
        let others = file
            .tags()
            .iter()
            .filter(|tag| primary.is_none_or(|primary| primary.tag_type() != tag.tag_type()));
        Self(primary.into_iter().chain(others).collect())
    }

    /// The first of these keys that says something, in the best tag that has it.
    fn text(&self, keys: &[ItemKey]) -> Option<String> {
        self.0.iter().flat_map(|tag| keys.iter().map(move |key| (tag, *key))).find_map(|(tag, key)| {
            let mut text = String::new();
            for value in tag.get_strings(key).filter_map(clean) {
                let separator = if text.is_empty() { "" } else { ", " };
                write!(text, "{separator}{value}").expect("a String takes what is written");
            }
            (!text.is_empty()).then(|| text.chars().take(TAG_CHARS).collect())
        })
    }

    /// The first number that is one: tags say 0 for "none".
    fn number(&self, read: impl Fn(&Tag) -> Option<u32>) -> Option<u32> {
        self.0.iter().find_map(|tag| read(tag).filter(|number| *number > 0))
    }

    /// What they say of the loudness, where they say it of the track.
    fn gain(&self) -> Option<Gain> {
        let track = self.decibels(ItemKey::R128TrackGain, ItemKey::ReplayGainTrackGain)?;
        Some(Gain { track, album: self.decibels(ItemKey::R128AlbumGain, ItemKey::ReplayGainAlbumGain) })
    }

    /// The first gain that can be meant. `r128` goes first: it is Opus's own, and counts from where the gain in
    /// the head of the file ends, which decoders apply.
    fn decibels(&self, r128: ItemKey, replay_gain: ItemKey) -> Option<Decibels> {
        let values = |key| self.0.iter().flat_map(move |tag| tag.get_strings(key));
        let r128 = values(r128).filter_map(r128_db);
        r128.chain(values(replay_gain).filter_map(replay_gain_db))
            .find(|db| db.abs() <= LARGEST_GAIN_DB)
            .map(Decibels::new)
    }
}

/// A whole number of 1/256 dB.
fn r128_db(text: &str) -> Option<f64> {
    let steps: i32 = text.trim().parse().ok()?;
    Some(f64::from(steps) / 256.0 + R128_TO_REPLAYGAIN_DB)
}

/// `-7.25 dB`, as it is or without its unit.
fn replay_gain_db(text: &str) -> Option<f64> {
    let text = text.trim();
    let number = match text.len().checked_sub(2).and_then(|at| text.split_at_checked(at)) {
        Some((number, unit)) if unit.eq_ignore_ascii_case("db") => number,
        _ => text,
    };
    number.trim().parse().ok()
}

/// A text of a tag or a file name, without control characters and blanks around it; `None` when nothing is left.
pub(super) fn clean(text: &str) -> Option<String> {
    let text: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let text = text.trim();
    (!text.is_empty()).then(|| text.chars().take(TAG_CHARS).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gain_of_a_tag_is_read_with_its_unit_or_without() {
        for (text, db) in [("-7.25 dB", -7.25), ("+3.10 db", 3.1), (" -1.5dB ", -1.5), ("2", 2.0)] {
            assert_eq!(replay_gain_db(text), Some(db), "{text}");
        }
        for text in ["", "dB", "loud", "1,5 dB", "–3 dB", "ä"] {
            assert_eq!(replay_gain_db(text), None, "{text}");
        }
    }

    #[test]
    fn the_gain_of_opus_counts_from_another_reference_in_another_unit() {
        // RFC 7845: a track that is 5 dB louder than -23 LUFS is at the reference of the others.
        assert_eq!(r128_db("-1280"), Some(0.0));
        assert_eq!(r128_db("256"), Some(6.0));
        assert_eq!(r128_db("-1.5"), None);
    }
}
