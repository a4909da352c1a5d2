//! Gains: of tags, measured, kept, and of albums.

use std::f64::consts::TAU;

use super::super::measuring::{Thread, round};
use super::*;
use crate::protocol::{Decibels, Gain};

impl House {
    /// Measures what has no gain. How many tracks got one.
    async fn measure(&self) -> u64 {
        let thread = Thread::start(self.library.progress()).unwrap();
        round(&self.store, &thread).await.unwrap()
    }

    async fn gain_of(&self, filename: &str) -> Option<Gain> {
        let id = self.id_of(filename).await;
        self.store.track(&id).await.unwrap().unwrap().info.gain
    }

    async fn track_db(&self, filename: &str) -> f64 {
        self.gain_of(filename).await.unwrap().track.db()
    }
}

/// Ten seconds of a sine of 997 Hz with this peak in dBFS: 48 kHz, 16 bits.
fn sine(channels: u16, peak_db: f64) -> Vec<u8> {
    let (rate, secs) = (48_000u32, 10);
    let data = rate * secs * u32::from(channels) * 2;
    let mut bytes = b"RIFF".to_vec();
    bytes.extend((36 + data).to_le_bytes());
    bytes.extend(b"WAVEfmt ");
    bytes.extend(16u32.to_le_bytes());
    bytes.extend(1u16.to_le_bytes());
    bytes.extend(channels.to_le_bytes());
    bytes.extend(rate.to_le_bytes());
    bytes.extend((rate * u32::from(channels) * 2).to_le_bytes());
    bytes.extend((channels * 2).to_le_bytes());
    bytes.extend(16u16.to_le_bytes());
    bytes.extend(b"data");
    bytes.extend(data.to_le_bytes());
    let peak = 10f64.powf(peak_db / 20.0) * f64::from(i16::MAX);
    for n in 0..rate * secs {
        let sample = (peak * (TAU * 997.0 * f64::from(n) / f64::from(rate)).sin()).round() as i16;
        for _ in 0..channels {
            bytes.extend(sample.to_le_bytes());
        }
    }
    bytes
}

#[tokio::test]
async fn a_known_signal_has_its_known_loudness() {
    let house = House::new().await;
    // EBU Tech 3341, case 1: a stereo sine that peaks at -23 dBFS has -23 LUFS.
    house.write("quiet.wav", sine(2, -23.0));
    house.write("loud.wav", sine(2, -9.0));
    house.write("mono.wav", sine(1, -23.0));
    house.scan().await;
    assert_eq!(house.store.count_unmeasured().await.unwrap(), 3);
    assert_eq!(house.measure().await, 3);
    assert_eq!(house.store.count_unmeasured().await.unwrap(), 0);
    for (name, db) in [("quiet.wav", 5.0), ("loud.wav", -9.0), ("mono.wav", 5.0)] {
        let measured = house.track_db(name).await;
        assert!((measured - db).abs() < 0.1, "{name}: {measured}");
    }
    assert_eq!(house.measure().await, 0, "once");
}

#[tokio::test]
async fn silence_is_looked_at_once_and_has_no_gain() {
    let house = House::new().await;
    house.write("silence.wav", wav(8_000));
    house.scan().await;
    assert_eq!(house.measure().await, 0);
    assert_eq!(house.store.count_unmeasured().await.unwrap(), 0);
    assert_eq!(house.gain_of("silence.wav").await, None);
}

#[tokio::test]
async fn what_tags_say_goes_before_what_could_be_measured() {
    let house = House::new().await;
    for (name, track, album) in
        [("both.wav", "-7.25 dB", Some("-5 dB")), ("one.wav", "+1.5", None), ("absurd.wav", "200 dB", None)]
    {
        let path = house.write(name, sine(2, -23.0));
        tag(&path, TagType::Id3v2, |tag| {
            tag.insert_text(ItemKey::ReplayGainTrackGain, track.to_owned());
            if let Some(album) = album {
                tag.insert_text(ItemKey::ReplayGainAlbumGain, album.to_owned());
            }
        });
    }
    house.scan().await;
    assert_eq!(house.measure().await, 1, "only the one whose tag is a mistake");
    let both = Gain { track: Decibels::new(-7.25), album: Some(Decibels::new(-5.0)) };
    assert_eq!(house.gain_of("both.wav").await, Some(both));
    assert!((house.track_db("one.wav").await - 1.5).abs() < 1e-9);
    assert!((house.track_db("absurd.wav").await - 5.0).abs() < 0.1);
}

#[tokio::test]
async fn an_album_gets_its_gain_once_all_its_tracks_are_known() {
    let house = House::new().await;
    let on_album = |name: &str, peak_db, album: &str| {
        let path = house.write(name, sine(2, peak_db));
        tag(&path, TagType::Id3v2, |tag| {
            tag.set_artist("Somebody".to_owned());
            tag.set_album(album.to_owned());
        });
    };
    on_album("1.wav", -12.0, "First");
    on_album("2.wav", -32.0, "First");
    on_album("3.wav", -12.0, "Second");
    house.scan().await;
    house.measure().await;
    for (name, db) in [("1.wav", -3.0), ("2.wav", -3.0), ("3.wav", -6.0)] {
        let album = house.gain_of(name).await.unwrap().album.unwrap().db();
        assert!((album - db).abs() < 0.15, "{name}: {album}");
    }
    // Another track of the album says something new of all of them.
    on_album("4.wav", -32.0, "First");
    house.scan().await;
    house.measure().await;
    let album = house.gain_of("1.wav").await.unwrap().album.unwrap().db();
    assert!((album + 1.3).abs() < 0.15, "{album}");
}

#[tokio::test]
async fn what_was_measured_stands_until_the_audio_changes() {
    let house = House::new().await;
    let path = house.write("a.wav", sine(2, -23.0));
    house.scan().await;
    house.measure().await;
    let (before, changes) = (house.gain_of("a.wav").await, *house.library.changes().borrow());

    // Touched, or copied back from elsewhere.
    let file = fs::File::options().write(true).open(&path).unwrap();
    let then = file.metadata().unwrap().modified().unwrap() - Duration::from_mins(1);
    file.set_modified(then).unwrap();
    let report = house.scan().await;
    assert_eq!((report.files_read, report.changed), (1, 0));
    assert_eq!(*house.library.changes().borrow(), changes, "nobody needs to know");
    assert_eq!((house.gain_of("a.wav").await, house.measure().await), (before, 0));
    assert_eq!(house.scan().await.files_read, 0, "it is known with its new time");

    fs::rename(&path, house.at("sub/b.wav")).unwrap();
    house.scan().await;
    assert_eq!((house.gain_of("b.wav").await, house.measure().await), (before, 0));

    house.write("sub/b.wav", sine(2, -9.0));
    assert_eq!(house.scan().await.changed, 1);
    assert_eq!(house.gain_of("b.wav").await, None);
    assert_eq!(house.measure().await, 1);
    assert!((house.track_db("b.wav").await + 9.0).abs() < 0.1);
}
