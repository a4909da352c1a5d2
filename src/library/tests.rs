//! The library on real files in a folder of their own, each a fraction of a second long.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use lofty::config::WriteOptions;
use lofty::picture::{MimeType, Picture, PictureType};
use lofty::tag::{Accessor, ItemKey, Tag, TagExt, TagType};
use tempfile::TempDir;
use tracing::field::{Field, Visit};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};

use super::*;
use crate::protocol::TrackId;
use crate::storage::{Store, TrackPage, TrackQuery, TrackRecord};
use crate::sync::time::MediaTime;

/// A music folder, a database and a library.
struct House {
    folder: TempDir,
    store: Store,
    library: Library,
}

impl House {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("music")).unwrap();
        let store = Store::open_file(&folder.path().join("tutti.db"))
            .await
            .unwrap();
        Self {
            folder,
            store,
            library: Library::new(),
        }
    }

    fn music(&self) -> PathBuf {
        self.folder.path().join("music")
    }

    /// A path below the music folder, whose folder exists then.
    fn at(&self, name: &str) -> PathBuf {
        let path = self.music().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        path
    }

    fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.at(name);
        fs::write(&path, bytes).unwrap();
        path
    }

    async fn scan(&self) -> ScanReport {
        self.library
            .scan(&self.store, &[self.music()])
            .await
            .unwrap()
    }

    async fn page(&self) -> TrackPage {
        self.store.tracks(&TrackQuery::default()).await.unwrap()
    }

    async fn titles(&self) -> Vec<String> {
        let mut titles: Vec<_> = self
            .page()
            .await
            .tracks
            .into_iter()
            .map(|track| track.info.title)
            .collect();
        titles.sort();
        titles
    }

    async fn only_track(&self) -> TrackRecord {
        let mut page = self.page().await;
        assert_eq!(page.tracks.len(), 1);
        page.tracks.remove(0)
    }

    async fn id_of(&self, filename: &str) -> TrackId {
        let page = self.page().await;
        let mut found = page
            .tracks
            .into_iter()
            .filter(|track| track.info.filename == filename);
        found.next().unwrap().info.track_id
    }
}

/// Silence: 8 kHz, mono, 8 bits, so that a byte is 125 µs.
fn wav(samples: u32) -> Vec<u8> {
    let mut bytes = b"RIFF".to_vec();
    bytes.extend((36 + samples).to_le_bytes());
    bytes.extend(b"WAVEfmt ");
    bytes.extend(16u32.to_le_bytes());
    bytes.extend(1u16.to_le_bytes());
    bytes.extend(1u16.to_le_bytes());
    bytes.extend(8_000u32.to_le_bytes());
    bytes.extend(8_000u32.to_le_bytes());
    bytes.extend(1u16.to_le_bytes());
    bytes.extend(8u16.to_le_bytes());
    bytes.extend(b"data");
    bytes.extend(samples.to_le_bytes());
    bytes.resize(bytes.len() + samples as usize, 0x80);
    bytes
}

/// Silent frames of MPEG-1 layer III, 128 kbit/s, 44.1 kHz, mono: 417 bytes and 26.12 ms each.
fn mp3(frames: usize) -> Vec<u8> {
    let mut frame = vec![0xff, 0xfb, 0x90, 0xc0];
    frame.resize(417, 0);
    frame.repeat(frames)
}

/// The head of a FLAC of one second at 44.1 kHz, stereo, 16 bits; players would want frames behind it.
fn flac() -> Vec<u8> {
    let mut bytes = b"fLaC".to_vec();
    bytes.extend([0x80, 0, 0, 34]);
    bytes.extend([0x10, 0, 0x10, 0]);
    bytes.extend([0; 6]);
    // 20 bits of rate, 3 of channels - 1, 5 of depth - 1, 36 of samples.
    let fields: u64 = (0xac44 << 44) | (1 << 41) | (0xf << 36) | 0xac44;
    bytes.extend(fields.to_be_bytes());
    bytes.extend([0; 16]);
    bytes.resize(bytes.len() + 1_000, 0);
    bytes
}

const JPEG: [u8; 8] = [0xff, 0xd8, 0xff, 0xe0, 0, 0x10, b'J', b'F'];
const PNG: [u8; 9] = [0x89, b'P', b'N', b'G', 0x0d, 0x0a, 0x1a, 0x0a, 7];

fn tag(path: &Path, kind: TagType, fill: impl FnOnce(&mut Tag)) {
    let mut tag = Tag::new(kind);
    fill(&mut tag);
    tag.save_to_path(path, WriteOptions::default()).unwrap();
}

fn picture(bytes: &[u8], kind: PictureType) -> Picture {
    Picture::unchecked(bytes.to_vec())
        .pic_type(kind)
        .mime_type(MimeType::Tiff)
        .build()
}

/// The warnings of this thread's scans: their fields as text.
#[derive(Clone, Default)]
struct Warnings(Arc<Mutex<Vec<String>>>);

impl Warnings {
    fn watch() -> (Self, tracing::subscriber::DefaultGuard) {
        let warnings = Self::default();
        let subscriber = tracing_subscriber::registry().with(warnings.clone());
        (warnings, tracing::subscriber::set_default(subscriber))
    }

    fn naming(&self, name: &str) -> usize {
        let warnings = self.0.lock().unwrap();
        warnings.iter().filter(|line| line.contains(name)).count()
    }

    fn count(&self) -> usize {
        self.0.lock().unwrap().len()
    }
}

impl<S: tracing::Subscriber> Layer<S> for Warnings {
    fn on_event(&self, event: &tracing::Event<'_>, _: Context<'_, S>) {
        struct Line(String);
        impl Visit for Line {
            fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
                let _ = write!(self.0, "{field}={value:?} ");
            }
        }
        if *event.metadata().level() == tracing::Level::WARN {
            let mut line = Line(String::new());
            event.record(&mut line);
            self.0.lock().unwrap().push(line.0);
        }
    }
}

mod reading {
    use super::*;

    #[tokio::test]
    async fn tags_and_length_are_read() {
        let house = House::new().await;
        let path = house.write("Band/Album/07.wav", wav(12_000));
        tag(&path, TagType::Id3v2, |tag| {
            tag.set_title(" Señor \0".to_owned());
            tag.set_artist("Björk".to_owned());
            tag.set_album("Début".to_owned());
            tag.set_genre("Pop".to_owned());
            tag.set_track(7);
            tag.set_disk(2);
            tag.insert_text(ItemKey::AlbumArtist, "Various".to_owned());
            tag.insert_text(ItemKey::RecordingDate, "1993-07-05".to_owned());
        });
        let report = house.scan().await;
        assert_eq!((report.files_seen, report.files_read), (1, 1));
        assert_eq!((report.added, report.tracks, report.warnings), (1, 1, 0));
        let track = house.only_track().await;
        assert_eq!(track.info.title, "Señor");
        assert_eq!(track.info.artist.as_deref(), Some("Björk"));
        assert_eq!(track.info.album.as_deref(), Some("Début"));
        assert_eq!(track.album_artist.as_deref(), Some("Various"));
        assert_eq!(track.genre.as_deref(), Some("Pop"));
        assert_eq!(
            (track.disc, track.number, track.year),
            (Some(2), Some(7), Some(1993))
        );
        assert_eq!(track.info.duration, MediaTime::from_micros(1_500_000));
        assert_eq!(track.info.filename, "07.wav");
        assert_eq!(track.folder, "Band/Album");
        assert_eq!(track.mime, "audio/wav");
        assert_eq!(track.path, path.canonicalize().unwrap());
        assert_eq!(track.info.track_id.as_str().len(), 32);
        assert_eq!(track.info.artwork_url, None);
    }

    #[tokio::test]
    async fn several_artists_are_all_named() {
        let house = House::new().await;
        let path = house.write("a.flac", flac());
        tag(&path, TagType::VorbisComments, |tag| {
            for artist in ["Simon", "Garfunkel"] {
                tag.push(lofty::tag::TagItem::new(
                    ItemKey::TrackArtist,
                    lofty::tag::ItemValue::Text(artist.to_owned()),
                ));
            }
        });
        house.scan().await;
        let track = house.only_track().await;
        assert_eq!(track.info.artist.as_deref(), Some("Simon, Garfunkel"));
    }

    #[tokio::test]
    async fn a_title_is_never_empty() {
        let house = House::new().await;
        for (name, title) in [("blank.wav", "  \u{7} "), ("none.wav", "")] {
            let path = house.write(name, wav(800));
            tag(&path, TagType::Id3v2, |tag| {
                tag.set_title(title.to_owned());
                tag.set_artist(" ".to_owned());
                tag.set_genre("x".to_owned());
            });
        }
        house.write("01. A name. With dots.wav", wav(800));
        house.scan().await;
        assert_eq!(
            house.titles().await,
            ["01. A name. With dots", "blank", "none"]
        );
        assert!(
            house
                .page()
                .await
                .tracks
                .iter()
                .all(|t| t.info.artist.is_none())
        );
    }

    #[tokio::test]
    async fn the_type_is_in_the_content_and_not_in_the_name() {
        let house = House::new().await;
        house.write("wav.mp3", wav(800));
        house.write("mp3.WAV", mp3(20));
        house.write("flac.ogg", flac());
        house.write("wav", wav(800));
        house.write("flac.backup", flac());
        let report = house.scan().await;
        assert_eq!(report.warnings, 0);
        let mut types: Vec<_> = house
            .page()
            .await
            .tracks
            .into_iter()
            .map(|track| (track.info.filename, track.mime))
            .collect();
        types.sort();
        assert_eq!(
            types,
            [
                ("flac.backup", "audio/flac"),
                ("flac.ogg", "audio/flac"),
                ("mp3.WAV", "audio/mpeg"),
                ("wav", "audio/wav"),
                ("wav.mp3", "audio/wav"),
            ]
            .map(|(name, mime)| (name.to_owned(), mime.to_owned()))
        );
    }

    #[tokio::test]
    async fn a_file_that_cannot_be_used_costs_one_warning_and_not_the_scan() {
        let house = House::new().await;
        let whole_mp3 = mp3(100);
        let mut flac_cut_in_its_head = flac();
        flac_cut_in_its_head.truncate(20);
        let bad: [(&str, Vec<u8>); 10] = [
            (
                "text.mp3",
                b"I am no music at all, just text.\n".repeat(100),
            ),
            ("page.mp3", b"<!doctype html><title>404</title>".repeat(50)),
            ("empty.flac", Vec::new()),
            ("cut.wav", wav(80_000)[..40_000].to_vec()),
            ("head.wav", wav(80_000)[..30].to_vec()),
            ("no samples.wav", wav(0)),
            ("head.flac", flac_cut_in_its_head),
            ("jpeg.m4a", JPEG.to_vec()),
            ("zeros.ogg", vec![0; 5_000]),
            ("one byte.mp3", vec![0xff]),
        ];
        for (name, bytes) in &bad {
            house.write(name, bytes);
        }
        house.write("good.mp3", whole_mp3);
        house.write("zz last.wav", wav(800));
        let (warnings, _guard) = Warnings::watch();
        let report = house.scan().await;
        for (name, _) in &bad {
            assert_eq!(warnings.naming(name), 1, "{name}");
        }
        assert_eq!(warnings.count(), bad.len());
        assert_eq!(report.warnings, bad.len() as u64);
        assert_eq!(house.titles().await, ["good", "zz last"]);
        assert_eq!(house.library.progress().borrow().warnings, bad.len() as u64);
    }

    #[tokio::test]
    async fn an_mp3_that_is_shorter_than_its_head_promises_is_cut_off() {
        let house = House::new().await;
        // The first frame is a Xing header that promises 200 frames in 200 × 417 bytes.
        let mut promising = mp3(200);
        promising[21..25].copy_from_slice(b"Xing");
        promising[25..29].copy_from_slice(&3u32.to_be_bytes());
        promising[29..33].copy_from_slice(&200u32.to_be_bytes());
        promising[33..37].copy_from_slice(&(200u32 * 417).to_be_bytes());
        house.write("whole.mp3", &promising);
        house.write("half.mp3", &promising[..promising.len() / 2]);
        let report = house.scan().await;
        assert_eq!((report.added, report.warnings), (1, 1));
        assert_eq!(house.only_track().await.info.title, "whole");
    }

    #[tokio::test]
    async fn an_mp4_whose_boxes_do_not_fit_is_cut_off() {
        let house = House::new().await;
        let mut bytes = 16u32.to_be_bytes().to_vec();
        bytes.extend(b"ftypM4A \0\0\0\0");
        bytes.extend(5_000u32.to_be_bytes());
        bytes.extend(b"mdat");
        bytes.resize(1_000, 0);
        let path = house.write("cut.m4a", bytes);
        let error = probe(&path).unwrap_err().to_string();
        assert!(error.contains("1000 of 5016 bytes"), "{error}");
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn a_file_that_may_not_be_read_costs_one_warning() {
        use std::os::unix::fs::PermissionsExt;
        let house = House::new().await;
        house.write("good.wav", wav(800));
        let locked = house.write("locked.wav", wav(800));
        fs::set_permissions(&locked, fs::Permissions::from_mode(0o000)).unwrap();
        if fs::File::open(&locked).is_ok() {
            // Root reads everything.
            return;
        }
        let (warnings, _guard) = Warnings::watch();
        house.scan().await;
        assert_eq!((warnings.naming("locked.wav"), warnings.count()), (1, 1));
        assert_eq!(house.titles().await, ["good"]);
    }

    #[tokio::test]
    async fn hidden_files_playlists_and_what_else_lies_around_are_passed_by_in_silence() {
        let house = House::new().await;
        house.write(".hidden.wav", wav(800));
        house.write("._resource.mp3", b"not audio");
        house.write(".Trash/deleted.wav", wav(800));
        house.write("list.m3u", "good.wav\n");
        house.write("list.m3u8", "good.wav\n");
        house.write("list.pls", "[playlist]\n");
        house.write("list.cue", "FILE \"good.wav\" WAVE\n");
        house.write("cover.jpg", JPEG);
        house.write("scan.jpg", [&JPEG[..], &[0xff; 2_000]].concat());
        house.write("notes.txt", "ID3 is a kind of tag");
        house.write("empty", "");
        house.write("good.wav", wav(800));
        let (warnings, _guard) = Warnings::watch();
        let report = house.scan().await;
        assert_eq!(warnings.count(), 0);
        assert_eq!((report.files_seen, report.tracks), (1, 1));
        assert_eq!(house.titles().await, ["good"]);
    }

    #[tokio::test]
    async fn odd_names_are_names() {
        let house = House::new().await;
        let names = [
            "a \"quoted\" 'name'; DROP TABLE tracks;--.wav",
            "new\nline.wav",
            "100% *?[x].wav",
            "-rf.wav",
            "é decomposed e\u{301}.wav",
            "\u{202e}right to left.wav",
            "音楽/曲 🎵.wav",
            "deep/er/and/deep/er/x.WAV",
            "%2e%2e%2f.wav",
        ];
        for name in names {
            house.write(name, wav(800));
        }
        let long = format!("{}.wav", "ü".repeat(125));
        house.write(&long, wav(800));
        let report = house.scan().await;
        assert_eq!(report.tracks, names.len() as u64 + 1);
        assert_eq!(report.warnings, 0);
        assert_eq!(house.scan().await.files_read, 0);
        let titles = house.titles().await;
        assert!(titles.contains(&"new line".to_owned()));
        assert!(titles.contains(&"曲 🎵".to_owned()));
        for track in house.page().await.tracks {
            assert!(track.path.is_file());
        }
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn a_name_that_is_not_unicode_is_a_name() {
        use std::os::unix::ffi::OsStringExt;
        let house = House::new().await;
        let name = std::ffi::OsString::from_vec(b"caf\xe9.wav".to_vec());
        fs::write(house.music().join(name), wav(800)).unwrap();
        house.scan().await;
        let track = house.only_track().await;
        assert_eq!(track.info.filename, "caf\u{fffd}.wav");
        assert_eq!(track.info.title, "caf\u{fffd}");
        assert!(track.path.is_file());
        assert_eq!(house.scan().await.files_read, 0);
    }

    #[tokio::test]
    async fn an_upload_is_added_at_once() {
        let house = House::new().await;
        let root = house.music().canonicalize().unwrap();
        let path = house.write("new.wav", wav(800));
        let id = house.library.add(&house.store, &root, &path).await.unwrap();
        assert_eq!(house.only_track().await.info.track_id, id);
        assert_eq!(house.scan().await.files_read, 0);
        let text = house.write("text.mp3", "no music");
        assert!(matches!(
            house.library.add(&house.store, &root, &text).await,
            Err(AddError::Unusable(_))
        ));
    }
}

mod again {
    use super::*;

    #[tokio::test]
    async fn what_did_not_change_is_not_read_again() {
        let house = House::new().await;
        house.write("a.wav", wav(800));
        house.write("sub/b.mp3", mp3(20));
        house.scan().await;
        let before = house.page().await;
        let report = house.scan().await;
        assert_eq!((report.files_seen, report.files_read), (2, 0));
        assert_eq!((report.added, report.changed, report.gone), (0, 0, 0));
        assert_eq!(house.page().await, before);
    }

    #[tokio::test]
    async fn what_changed_is_read_again_and_keeps_its_id() {
        let house = House::new().await;
        house.write("a.wav", wav(800));
        house.write("b.wav", wav(800));
        house.scan().await;
        let id = house.id_of("a.wav").await;
        let path = house.write("a.wav", wav(1_600));
        tag(&path, TagType::Id3v2, |tag| tag.set_title("New".to_owned()));
        let report = house.scan().await;
        assert_eq!((report.files_read, report.changed, report.added), (1, 1, 0));
        let track = house.store.track(&id).await.unwrap().unwrap();
        assert_eq!(track.info.title, "New");
        assert_eq!(track.info.duration, MediaTime::from_micros(200_000));
    }

    #[tokio::test]
    async fn what_vanished_is_missing_and_what_returned_is_the_same_track() {
        let house = House::new().await;
        let path = house.write("a.wav", wav(800));
        house.write("b.wav", wav(900));
        house.scan().await;
        let id = house.id_of("a.wav").await;

        let aside = house.folder.path().join("aside.wav");
        fs::rename(&path, &aside).unwrap();
        let report = house.scan().await;
        assert_eq!((report.gone, report.tracks), (1, 1));
        assert_eq!(house.titles().await, ["b"]);
        assert!(house.store.track(&id).await.unwrap().unwrap().missing);
        assert_eq!(house.scan().await.gone, 0, "it is gone once");

        fs::rename(&aside, &path).unwrap();
        let report = house.scan().await;
        assert_eq!((report.returned, report.files_read), (1, 0));
        assert_eq!(house.id_of("a.wav").await, id);

        // And the same with other content.
        fs::remove_file(&path).unwrap();
        house.scan().await;
        house.write("a.wav", wav(2_000));
        house.scan().await;
        assert_eq!(house.id_of("a.wav").await, id);
        assert_eq!(house.page().await.total, 2);
    }

    #[tokio::test]
    async fn what_got_another_name_or_place_is_the_same_track() {
        let house = House::new().await;
        let path = house.write("old name.wav", wav(800));
        house.write("b.wav", wav(900));
        house.scan().await;
        let id = house.id_of("old name.wav").await;
        let new = house.at("sub/new name.wav");
        fs::rename(&path, &new).unwrap();
        let report = house.scan().await;
        assert_eq!((report.moved, report.added, report.gone), (1, 0, 0));
        let track = house.store.track(&id).await.unwrap().unwrap();
        assert!(!track.missing);
        assert_eq!(track.info.title, "new name");
        assert_eq!((track.folder.as_str(), track.path.is_file()), ("sub", true));
        assert_eq!(house.page().await.total, 2);
        assert_eq!(house.scan().await.files_read, 0);
    }

    #[tokio::test]
    async fn of_two_files_that_look_alike_neither_is_taken_for_the_other() {
        let house = House::new().await;
        let (a, b) = (
            house.write("a.wav", wav(800)),
            house.write("b.wav", wav(800)),
        );
        let now = std::time::SystemTime::now();
        for path in [&a, &b] {
            fs::File::options()
                .write(true)
                .open(path)
                .unwrap()
                .set_modified(now)
                .unwrap();
        }
        house.scan().await;
        fs::remove_file(&a).unwrap();
        fs::rename(&b, house.at("c.wav")).unwrap();
        let report = house.scan().await;
        assert_eq!((report.moved, report.added, report.gone), (0, 1, 2));
        assert_eq!(house.titles().await, ["c"]);
    }

    #[tokio::test]
    async fn a_good_file_that_became_garbage_is_missing_until_it_is_good_again() {
        let house = House::new().await;
        house.write("a.wav", wav(800));
        house.scan().await;
        let id = house.id_of("a.wav").await;
        house.write("a.wav", "garbage");
        let report = house.scan().await;
        assert_eq!((report.warnings, report.gone, report.tracks), (1, 1, 0));
        house.write("a.wav", wav(1_000));
        assert_eq!(house.scan().await.tracks, 1);
        assert_eq!(house.id_of("a.wav").await, id);
    }
}

mod folders {
    use super::*;

    #[tokio::test]
    async fn a_folder_that_is_not_there_is_named_and_nothing_becomes_missing() {
        let house = House::new().await;
        house.write("a.wav", wav(800));
        let other = house.folder.path().join("other disk");
        fs::create_dir(&other).unwrap();
        fs::write(other.join("b.wav"), wav(900)).unwrap();
        let roots = [other.clone(), house.music()];
        house.library.scan(&house.store, &roots).await.unwrap();
        assert_eq!(house.titles().await, ["a", "b"]);

        fs::rename(&other, house.folder.path().join("unplugged")).unwrap();
        fs::remove_file(house.music().join("a.wav")).unwrap();
        house.write("c.wav", wav(1_000));
        let error = house.library.scan(&house.store, &roots).await.unwrap_err();
        assert!(matches!(&error, ScanError::Folder { path, .. } if *path == other));
        assert!(error.to_string().contains("other disk"), "{error}");
        let progress = house.library.progress().borrow().clone();
        assert_eq!(progress.error, Some(error.to_string()));
        assert!(!progress.running);
        assert_eq!(house.titles().await, ["a", "b", "c"], "the rest is scanned");

        let file = house.music().join("c.wav");
        let error = house.library.scan(&house.store, &[file]).await.unwrap_err();
        assert!(error.to_string().contains("c.wav"), "a file is no folder");

        assert_eq!(house.scan().await.gone, 2);
        assert_eq!(house.titles().await, ["c"]);
        assert_eq!(house.library.progress().borrow().error, None);
    }

    #[tokio::test]
    async fn folders_that_overlap_give_no_doubles() {
        let house = House::new().await;
        house.write("a.wav", wav(800));
        house.write("sub/b.wav", wav(900));
        house.write("sub/.hidden/c.wav", wav(1_000));
        let roots = [
            house.music(),
            house.music().join("sub"),
            house.music().join("sub/../sub/.hidden"),
            house.music(),
        ];
        let report = house.library.scan(&house.store, &roots).await.unwrap();
        assert_eq!((report.files_seen, report.tracks), (3, 3));
        let report = house.library.scan(&house.store, &roots).await.unwrap();
        assert_eq!((report.files_read, report.tracks), (0, 3));
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn links_are_followed_once_and_never_in_circles() {
        use std::os::unix::fs::symlink;
        let house = House::new().await;
        house.write("sub/a.wav", wav(800));
        let outside = house.folder.path().join("outside");
        fs::create_dir(&outside).unwrap();
        fs::write(outside.join("b.wav"), wav(900)).unwrap();
        symlink("..", house.at("sub/up")).unwrap();
        symlink(house.music(), house.at("sub/top")).unwrap();
        symlink("itself", house.at("itself")).unwrap();
        symlink("sub/a.wav", house.at("again.wav")).unwrap();
        symlink(&outside, house.at("linked")).unwrap();
        symlink("nowhere", house.at("dead link")).unwrap();
        symlink("nowhere.wav", house.at("dead link.wav")).unwrap();
        let (warnings, _guard) = Warnings::watch();
        let report = house.scan().await;
        assert_eq!(report.tracks, 2);
        assert_eq!(warnings.naming("dead link.wav"), 1);
        let report = house.scan().await;
        assert_eq!((report.files_read, report.tracks, report.gone), (0, 2, 0));
    }

    #[tokio::test]
    async fn scans_at_the_same_time_follow_one_another() {
        let house = House::new().await;
        for n in 0..30 {
            house.write(&format!("{n}.wav"), wav(800 + n));
        }
        let roots = [house.music()];
        let (one, two) = tokio::join!(
            house.library.scan(&house.store, &roots),
            house.library.scan(&house.store, &roots)
        );
        let read = [one.unwrap().files_read, two.unwrap().files_read];
        assert_eq!(read.iter().sum::<u64>(), 30);
        assert_eq!(house.page().await.total, 30);
    }

    #[tokio::test]
    async fn a_scan_tells_how_far_it_is_and_when_it_is_over() {
        let house = House::new().await;
        for n in 0..250 {
            house.write(&format!("{n}.wav"), wav(100 + n));
        }
        let mut progress = house.library.progress();
        let watching = tokio::spawn(async move {
            let mut seen = Vec::new();
            while progress.changed().await.is_ok() {
                let now = progress.borrow_and_update().clone();
                let over = !now.running;
                seen.push(now);
                if over {
                    break;
                }
            }
            seen
        });
        tokio::task::yield_now().await;
        house.scan().await;
        let seen = watching.await.unwrap();
        assert!(seen[0].running);
        assert!(seen.is_sorted_by_key(|progress| (progress.files_read, progress.tracks)));
        assert!(
            seen.iter()
                .any(|p| p.running && 0 < p.tracks && p.tracks < 250)
        );
        let last = seen.last().unwrap();
        assert_eq!(
            (last.files_seen, last.files_read, last.tracks),
            (250, 250, 250)
        );
    }
}

mod pictures {
    use super::*;

    #[tokio::test]
    async fn the_front_cover_in_the_file_comes_first() {
        let house = House::new().await;
        let path = house.write("a.wav", wav(800));
        house.write("cover.jpg", JPEG);
        let front = [&PNG[..], b"front"].concat();
        tag(&path, TagType::Id3v2, |tag| {
            tag.push_picture(picture(&PNG, PictureType::Artist));
            tag.push_picture(picture(b"<svg onload=alert(1)>", PictureType::CoverFront));
            tag.push_picture(picture(&front, PictureType::CoverFront));
        });
        house.scan().await;
        let track = house.only_track().await;
        let address = format!("/api/tracks/{}/artwork", track.info.track_id);
        assert_eq!(track.info.artwork_url, Some(address));
        let artwork = read_artwork(&track.path).unwrap();
        assert_eq!((artwork.mime, artwork.bytes), ("image/png", front));
    }

    #[tokio::test]
    async fn an_image_beside_the_file_stands_in_the_best_first() {
        let house = House::new().await;
        house.write("a.wav", wav(800));
        house.write("other/b.wav", wav(800));
        house.write("FOLDER.PNG", PNG);
        house.write("front.webp", b"RIFF\x04\0\0\0WEBPVP8 ");
        house.scan().await;
        let page = house.page().await;
        let with: Vec<_> = page
            .tracks
            .iter()
            .map(|track| track.info.artwork_url.is_some())
            .collect();
        assert_eq!(with, [true, false]);
        let path = &page.tracks[0].path;
        assert_eq!(read_artwork(path).unwrap().mime, "image/png");
        assert_eq!(read_artwork(&page.tracks[1].path), None);

        house.write("Cover.jpeg", JPEG);
        assert_eq!(read_artwork(path).unwrap().mime, "image/jpeg");
        house.write("Cover.jpeg", "not an image");
        assert_eq!(read_artwork(path).unwrap().mime, "image/png");
        assert_eq!(read_artwork(&house.music().join("nowhere/x.wav")), None);
    }

    #[tokio::test]
    async fn an_image_that_comes_or_goes_is_noticed_though_the_file_did_not_change() {
        let house = House::new().await;
        house.write("a.wav", wav(800));
        house.scan().await;
        assert_eq!(house.only_track().await.info.artwork_url, None);
        let image = house.write("cover.jpg", JPEG);
        house.scan().await;
        assert!(house.only_track().await.info.artwork_url.is_some());
        assert_eq!(house.scan().await.files_read, 0);
        fs::remove_file(image).unwrap();
        house.scan().await;
        assert_eq!(house.only_track().await.info.artwork_url, None);
    }
}
