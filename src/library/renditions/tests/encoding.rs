//! What an encoder makes. The encoder here is a script, so that nothing has to be installed and everything that
//! can go wrong does.

use std::path::{Path, PathBuf};
use std::time::Duration;

use mp4_atom::{Decode, Ftyp, Moov, SttsEntry};
use tokio::io::AsyncReadExt;

use super::super::{AAC, NoRendition, ORIGINAL};
use super::House;
use crate::library::{Audio, Encoder, Renditions};
use crate::storage::TrackRecord;
use crate::sync::time::MediaTime;

/// Half a second of AIFF: mono, 8 bits, 8 kHz.
fn aiff(fill: u8) -> Vec<u8> {
    let mut bytes = b"FORM".to_vec();
    bytes.extend((4 + 26 + 16 + 4_000u32).to_be_bytes());
    bytes.extend(b"AIFFCOMM\0\0\0\x12\0\x01");
    bytes.extend(4_000u32.to_be_bytes());
    bytes.extend([0, 8, 0x40, 0x0b, 0xfa, 0, 0, 0, 0, 0, 0, 0]);
    bytes.extend(b"SSND");
    bytes.extend(4_008u32.to_be_bytes());
    bytes.extend([0; 8]);
    bytes.resize(bytes.len() + 4_000, fill);
    bytes
}

/// A house with tracks that need an encoder, and a script that is one: it notes that it ran, and then does this.
/// `$in` and `$out` are the files.
struct Works {
    house: House,
    encoder: Encoder,
    tracks: Vec<TrackRecord>,
}

/// Copies, as ffmpeg would convert.
const COPY: &str = r#"cp "$in" "$out""#;

impl Works {
    async fn new(files: u8, does: &str) -> Self {
        let house = House::new().await;
        for file in 0..files {
            house.write(&format!("{file}.aiff"), aiff(file));
        }
        let tracks = house.tracks().await;
        assert_eq!(tracks.len(), usize::from(files));
        let program = house.path("encoder");
        let runs = house.path("runs");
        let script = format!(
            "#!/bin/sh\necho run >> {}\nwhile [ \"$1\" != -i ]; do shift; done\nin=\"$2\"\n\
             for out; do :; done\n{does}\n",
            runs.display()
        );
        // By another process: a file that this one has open for writing while another test forks cannot be run.
        let write = r#"printf %s "$1" > "$2" && chmod +x "$2""#;
        let mut shell = std::process::Command::new("sh");
        let wrote = shell.args(["-c", write, "sh", &script]).arg(&program).status().unwrap();
        assert!(wrote.success());
        let path = std::env::var_os("PATH");
        let encoder = Encoder::find(Some(&program), path.as_deref()).unwrap();
        Self { house, encoder, tracks }
    }

    fn renditions(&self, max_bytes: u64) -> Renditions {
        Renditions::open(self.folder(), max_bytes, Some(self.encoder.clone())).unwrap()
    }

    fn folder(&self) -> PathBuf {
        self.house.path("renditions")
    }

    fn files(&self) -> Vec<PathBuf> {
        std::fs::read_dir(self.folder()).unwrap().map(|entry| entry.unwrap().path()).collect()
    }

    fn runs(&self) -> usize {
        std::fs::read_to_string(self.house.path("runs")).unwrap_or_default().lines().count()
    }
}

async fn read(audio: &Audio) -> Vec<u8> {
    let mut bytes = Vec::new();
    audio.open().await.unwrap().read_to_end(&mut bytes).await.unwrap();
    bytes
}

#[tokio::test]
async fn what_no_browser_plays_is_encoded_once_and_kept() {
    let works = Works::new(1, COPY).await;
    let track = &works.tracks[0];
    let offered: Vec<_> = track.renditions.iter().map(|offer| offer.name.as_str()).collect();
    assert_eq!(offered, [AAC]);
    let renditions = works.renditions(u64::MAX);
    let audio = renditions.get(track, AAC).await.unwrap();
    assert_eq!(audio.mime(), r#"audio/mp4; codecs="mp4a.40.2""#);
    assert_eq!(read(&audio).await, aiff(0));
    let again = renditions.get(track, AAC).await.unwrap();
    assert_eq!((again.modified(), again.length()), (audio.modified(), audio.length()));
    // Another process finds it.
    let audio = works.renditions(u64::MAX).get(track, AAC).await.unwrap();
    assert_eq!(audio.modified(), again.modified());
    assert_eq!(works.runs(), 1);
    // The file itself is there as well, for whoever wants it.
    assert_eq!(read(&renditions.get(track, ORIGINAL).await.unwrap()).await, aiff(0));
}

#[tokio::test]
async fn who_asks_meanwhile_waits_for_the_same_encoding() {
    let works = Works::new(1, &format!("sleep 0.2\n{COPY}")).await;
    let renditions = works.renditions(u64::MAX);
    let asks = (0..10).map(|_| renditions.get(&works.tracks[0], AAC));
    for audio in futures_util::future::join_all(asks).await {
        assert_eq!(audio.unwrap().length(), aiff(0).len() as u64);
    }
    assert_eq!(works.runs(), 1);
}

#[tokio::test]
async fn an_encoding_goes_on_when_nobody_waits_any_more() {
    let works = Works::new(1, &format!("sleep 0.2\n{COPY}")).await;
    let renditions = works.renditions(u64::MAX);
    let ask = tokio::time::timeout(Duration::from_millis(20), renditions.get(&works.tracks[0], AAC));
    assert!(ask.await.is_err());
    renditions.get(&works.tracks[0], AAC).await.unwrap();
    assert_eq!(works.runs(), 1);
}

#[tokio::test]
async fn what_is_lost_is_made_again() {
    let works = Works::new(1, COPY).await;
    let renditions = works.renditions(u64::MAX);
    renditions.get(&works.tracks[0], AAC).await.unwrap();
    std::fs::remove_file(&works.files()[0]).unwrap();
    let audio = renditions.get(&works.tracks[0], AAC).await.unwrap();
    assert_eq!(read(&audio).await, aiff(0));
    assert_eq!(works.runs(), 2);
}

#[tokio::test]
async fn the_least_recently_used_goes_first_and_what_is_served_stays() {
    let works = Works::new(4, COPY).await;
    let one = aiff(0).len() as u64;
    let renditions = works.renditions(2 * one);
    let served = renditions.get(&works.tracks[0], AAC).await.unwrap();
    for track in &works.tracks[1..] {
        renditions.get(track, AAC).await.unwrap();
    }
    assert_eq!(works.files().len(), 2);
    assert_eq!(read(&served).await, aiff(0));
    drop(served);
    renditions.get(&works.tracks[3], AAC).await.unwrap();
    assert_eq!(works.runs(), 4);
    renditions.get(&works.tracks[1], AAC).await.unwrap();
    assert_eq!(works.runs(), 5);
    // Track 0 was used before track 3.
    renditions.get(&works.tracks[3], AAC).await.unwrap();
    assert_eq!(works.runs(), 5);
    // A smaller bound holds from the next start.
    works.renditions(one);
    assert_eq!(works.files().len(), 1);
}

#[tokio::test]
async fn what_fails_leaves_nothing_and_says_why() {
    let works = Works::new(1, "echo half > \"$out\"\necho 'no such codec' >&2\nexit 3").await;
    let renditions = works.renditions(u64::MAX);
    let why = renditions.get(&works.tracks[0], AAC).await.unwrap_err().to_string();
    assert!(why.contains("no such codec") && why.contains('3'), "{why}");
    assert_eq!(works.files(), [] as [PathBuf; 0]);
    // It may go better next time.
    renditions.get(&works.tracks[0], AAC).await.unwrap_err();
    assert_eq!(works.runs(), 2);
}

#[tokio::test]
async fn an_encoder_that_writes_nothing_has_failed() {
    for does in ["", ": > \"$out\""] {
        let works = Works::new(1, does).await;
        let made = works.renditions(u64::MAX).get(&works.tracks[0], AAC).await;
        assert!(matches!(made, Err(NoRendition::Failed(_))));
        assert_eq!(works.files(), [] as [PathBuf; 0]);
    }
}

#[tokio::test]
async fn an_encoder_that_does_not_end_is_ended() {
    let mut works = Works::new(1, "echo $$ > \"$out.pid\"\nexec sleep 600").await;
    works.encoder = works.encoder.clone().impatient(Duration::from_millis(300));
    let why = works.renditions(u64::MAX).get(&works.tracks[0], AAC).await.unwrap_err().to_string();
    assert!(why.contains("too long"), "{why}");
    let pid = works.files().into_iter().find(|path| path.extension().is_some_and(|e| e == "pid")).unwrap();
    let pid = std::fs::read_to_string(pid).unwrap();
    let process = Path::new("/proc").join(pid.trim()).join("cmdline");
    for _ in 0..100 {
        // Gone, or dead and not yet waited for.
        if std::fs::read(&process).unwrap_or_default().is_empty() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("it still runs");
}

#[tokio::test]
async fn what_a_process_left_half_done_is_thrown_away() {
    let works = Works::new(1, COPY).await;
    std::fs::create_dir(works.folder()).unwrap();
    std::fs::write(works.folder().join("x.part"), "half").unwrap();
    works.renditions(u64::MAX);
    assert_eq!(works.files(), [] as [PathBuf; 0]);
}

#[tokio::test]
async fn without_an_encoder_there_is_an_answer_and_no_rendition() {
    let works = Works::new(1, COPY).await;
    let renditions = works.house.renditions();
    assert!(!renditions.can_encode());
    let made = renditions.get(&works.tracks[0], AAC).await;
    assert!(matches!(made, Err(NoRendition::NeedsEncoder)));
    // What was made while there was one is still good.
    works.renditions(u64::MAX).get(&works.tracks[0], AAC).await.unwrap();
    works.house.renditions().get(&works.tracks[0], AAC).await.unwrap();
}

#[tokio::test]
async fn what_is_made_ahead_is_there_when_it_is_asked_for() {
    let works = Works::new(1, COPY).await;
    let renditions = works.renditions(u64::MAX);
    renditions.make_ahead(&works.tracks[0]).await.unwrap();
    assert_eq!((works.runs(), works.files().len()), (1, 1));
}

/// By the real ffmpeg, where there is one: a playlist by the name of a song, with a song behind it.
#[tokio::test]
async fn a_song_that_points_to_other_files_is_not_followed() {
    let path = std::env::var_os("PATH");
    let Some(ffmpeg) = Encoder::find(None, path.as_deref()) else {
        println!("not tried: there is no ffmpeg");
        return;
    };
    let house = House::new().await;
    let other = house.write("secret.aiff", aiff(1));
    let out = house.path("out.mp4");
    let length = MediaTime::from_secs_f64(1.0);
    ffmpeg.encode(&other, &out, length).await.unwrap();
    let playlist = format!(
        "#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXT-X-MEDIA-SEQUENCE:0\n#EXTINF:1,\n{}\n#EXT-X-ENDLIST\n",
        other.display()
    );
    let list = "ffconcat version 1.0\nfile secret.aiff\n".to_owned();
    for (name, text) in [("a.mp3", playlist), ("b.ape", list)] {
        let song = house.write(name, text.into_bytes());
        let why = ffmpeg.encode(&song, &out, length).await.unwrap_err();
        assert!(why.contains("whitelist"), "{name}: {why}");
    }
}

/// By the real ffmpeg, where there is one, of noise whose loudness has the blocks of Vorbis change their length; and of a
/// chain of two such files, whose rates differ.
#[tokio::test]
async fn what_is_made_has_its_frames_one_right_after_the_other() {
    let path = std::env::var_os("PATH");
    let Some(ffmpeg) = Encoder::find(None, path.as_deref()) else {
        println!("not tried: there is no ffmpeg");
        return;
    };
    let house = House::new().await;
    let [song, other] = ["song.ogg", "other.ogg"].map(|name| house.path(name));
    for (rate, path) in [(48_000, &song), (44_100, &other)] {
        let noise = format!("anoisesrc=d=8:r={rate}:seed=1,volume='if(lt(mod(t,2),1),1,0.05)':eval=frame");
        let mut sing = std::process::Command::new(ffmpeg.program());
        sing.args(["-nostdin", "-loglevel", "error", "-f", "lavfi", "-i", &noise, "-c:a", "libvorbis"])
            .arg(path);
        if !sing.status().unwrap().success() {
            println!("not tried: this ffmpeg makes no Vorbis");
            return;
        }
    }
    let frames = lengths_of_frames(&ffmpeg, &house, &song).await;
    let odd: u32 = frames.iter().filter(|run| run.sample_delta != 1_024).map(|run| run.sample_count).sum();
    assert!(odd <= 1, "all but the last have 1,024: {frames:?}");
    let chain = house.write("chain.ogg", [song, other].map(|path| std::fs::read(path).unwrap()).concat());
    let frames = lengths_of_frames(&ffmpeg, &house, &chain).await;
    let samples: u32 = frames.iter().map(|run| run.sample_count * run.sample_delta).sum();
    assert!(samples > 15 * 48_000, "{frames:?}");
}

/// How long the frames are that the encoder makes of a file, in samples.
async fn lengths_of_frames(ffmpeg: &Encoder, house: &House, song: &Path) -> Vec<SttsEntry> {
    let out = house.path("out.mp4");
    ffmpeg.encode(song, &out, MediaTime::from_secs_f64(16.0)).await.unwrap();
    let file = std::fs::read(&out).unwrap();
    let mut rest = std::io::Cursor::new(&file);
    Ftyp::decode(&mut rest).unwrap();
    Moov::decode(&mut rest).unwrap().trak[0].mdia.minf.stbl.stts.entries.clone()
}

#[test]
fn only_a_program_that_is_there_is_an_encoder() {
    let folder = tempfile::tempdir().unwrap();
    let path = std::env::join_paths([folder.path()]).unwrap();
    assert_eq!(Encoder::find(None, Some(&path)), None);
    assert_eq!(Encoder::find(None, None), None);
    assert_eq!(Encoder::find(Some(Path::new("/nowhere/ffmpeg")), Some(&path)), None);
    std::fs::write(folder.path().join("ffmpeg"), "").unwrap();
    let found = Encoder::find(None, Some(&path)).unwrap();
    assert_eq!(found.program(), folder.path().join("ffmpeg"));
}
