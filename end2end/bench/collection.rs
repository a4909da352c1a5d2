//! A made-up music collection of any size: the same for the same size, with words as common and as rare as in real
//! ones. For the bench beside it, which also fills a database with it for the browser tests.

use std::path::PathBuf;

use tutti::protocol::{Gain, TrackId};
use tutti::storage::{ArtworkPlace, Offer, Store, StoreError, TrackFile};
use tutti::sync::time::{MediaTime, RoomTime};

/// Tracks of one album, and albums of one artist, on average.
const TRACKS: u64 = 12;
const ALBUMS: u64 = 6;
/// Different words in all titles.
const VOCABULARY: u64 = 6_000;
/// Files that are written in one go, as a scan does it.
const BATCH: usize = 500;
/// 2026-01-01, in µs; each album was added a minute after the one before.
const FIRST_ADDED: i64 = 1_767_225_600_000_000;

const SYLLABLES: [&str; 40] = [
    "an", "ba", "ca", "da", "el", "fa", "go", "ha", "in", "jo", "ka", "la", "ma", "no", "or", "pa", "qui",
    "ra", "sa", "ta", "un", "va", "wa", "xe", "ya", "zo", "the", "ing", "er", "st", "bl", "mo", "lo", "né",
    "sö", "ñu", "ça", "ri", "de", "lu",
];

/// Steele, Lea, Flood: Fast splittable pseudorandom number generators (2014).
pub struct Dice(u64);

impl Dice {
    /// The same seed gives the same throws.
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A number below `end`.
    pub fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % end
    }
}

/// A word of the vocabulary, always the same for a number.
fn word(number: u64) -> String {
    let mut dice = Dice::new(number.wrapping_mul(7_919));
    let syllables = 1 + dice.below(3) + u64::from(number > 50);
    let text: String = (0..syllables).map(|_| SYLLABLES[dice.below(40) as usize]).collect();
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// Some words; a low number is drawn more often than a high one, as words are in any language.
pub fn words(dice: &mut Dice, most: u64) -> String {
    let drawn = |dice: &mut Dice| {
        let span = 1 + dice.below(VOCABULARY);
        word(dice.below(span))
    };
    let number = 1 + dice.below(most);
    (0..number).map(|_| drawn(dice)).collect::<Vec<_>>().join(" ")
}

fn track(number: u64) -> TrackFile {
    let (album_number, place) = (number / TRACKS, number % TRACKS);
    let artist_number = album_number / ALBUMS;
    let mut of_artist = Dice::new(artist_number + 1_000_000);
    let artist = words(&mut of_artist, 3);
    let mut of_album = Dice::new(album_number + 2_000_000);
    let album = words(&mut of_album, 4);
    let year = 1960 + of_album.below(66) as u32;
    let mut of_track = Dice::new(number + 3_000_000);
    let title = words(&mut of_track, 5);
    let folder = format!("{artist}/{album} ({year})");
    let filename = format!("{:02} {title}.flac", place + 1);
    let id: TrackId = format!("{number:032x}").parse().expect("32 hexadecimal digits are an id");
    TrackFile {
        path: PathBuf::from(format!("/collection/{number:08}/{filename}")),
        id,
        folder,
        filename,
        mime: "audio/flac".to_owned(),
        version: format!("{number:016x}"),
        renditions: vec![Offer::new("original", "audio/flac")],
        needs_encoder: false,
        encoder: false,
        // As if from its tags: there is no sound that could be measured.
        gain: Some(Gain::default()),
        same_audio: false,
        size: 20_000_000 + of_track.below(20_000_000),
        mtime_ns: 0,
        duration: MediaTime::from_micros(90_000_000 + of_track.below(300_000_000) as i64),
        title,
        artist: Some(artist.clone()),
        album: Some(album),
        album_artist: artist_number.is_multiple_of(3).then_some(artist),
        disc: None,
        number: Some(place as u32 + 1),
        year: Some(year),
        genre: Some("Bench".to_owned()),
        artwork: of_track.below(4).eq(&0).then_some(ArtworkPlace::Embedded),
    }
}

/// Puts this many tracks into a store.
///
/// # Errors
/// When the database fails.
pub async fn fill(store: &Store, tracks: u64) -> Result<(), StoreError> {
    let mut batch = Vec::with_capacity(BATCH);
    for number in 0..tracks {
        batch.push(track(number));
        if batch.len() == BATCH || number + 1 == tracks {
            let added = RoomTime::from_micros(FIRST_ADDED + (number / TRACKS) as i64 * 60_000_000);
            store.put_tracks(&batch, added).await?;
            batch.clear();
        }
    }
    Ok(())
}
