//! An MPEG audio file: how long it plays, and, of layer III, where its frames are.

use std::io::{self, Read, Seek};

use super::around::between_tags;
use super::info::Info;
use super::mpeg::MpegHead;
use super::walk::{Head, walk};
use super::window::Window;
use super::{Codec, Frames, Kept, Length, Music, time};

/// Bytes of a first frame that may be a header: the largest of layer III.
const FIRST_FRAME_BYTES: usize = 1_441;

/// How long an MPEG audio file of any layer plays. Blocks.
///
/// Where the file's own header counts its frames and has exactly as many bytes as there are, nothing was lost or
/// added since the encoder wrote it; then it is believed and the frames are not read.
///
/// # Errors
/// When the file cannot be read. `None`: there is no frame of sound in it.
pub fn mpeg_length(file: impl Read + Seek) -> io::Result<Option<Length>> {
    let stream = Stream::read(file, true)?;
    Ok(stream.filter(|stream| stream.frames() > 0).map(|stream| {
        let there = if stream.believed.is_some() { stream.bytes } else { stream.sound.bytes() };
        Length {
            time: time(
                stream.music().map_or_else(|| stream.samples(), |music| music.length),
                stream.head.rate,
            ),
            remuxable: stream.head.layer == 3,
            bytes: there,
            promised: stream.info.and_then(|info| info.bytes).map_or(stream.bytes, u64::from),
        }
    }))
}

/// The frames of an MP3. Blocks.
///
/// # Errors
/// When the file cannot be read. `None`: there is no frame of sound in it, or it is of another layer.
pub fn mp3(file: impl Read + Seek) -> io::Result<Option<Frames>> {
    let stream = Stream::read(file, false)?;
    Ok(stream.filter(|stream| stream.head.layer == 3 && stream.frames() > 0).map(|stream| Frames {
        codec: Codec::Mp3 { mpeg_1: stream.head.is_mpeg_1() },
        rate: stream.head.rate,
        channels: stream.head.channels(),
        samples: stream.head.samples(),
        music: stream.music(),
        sizes: stream.sound.sizes,
        runs: stream.sound.runs,
    }))
}

/// What was read of a file.
struct Stream {
    head: MpegHead,
    info: Option<Info>,
    /// How many frames there are, by a header that is believed.
    believed: Option<u32>,
    sound: Kept,
    /// From the first frame to the tags at the end.
    bytes: u64,
}

impl Stream {
    fn read(file: impl Read + Seek, believing: bool) -> io::Result<Option<Self>> {
        let mut file = Window::new(file);
        let range = between_tags(&mut file)?;
        let mut stream: Option<Self> = None;
        walk::<MpegHead, _>(&mut file, &range, |frame, file| {
            if let Some(stream) = &mut stream {
                stream.sound.push(frame.at, frame.head.frame_bytes());
                return Ok(true);
            }
            let bytes = range.end - frame.at;
            let info = Info::parse(&frame.head, file.bytes(frame.at, FIRST_FRAME_BYTES)?);
            let exact = info.filter(|info| believing && info.bytes.map(u64::from) == Some(bytes));
            let believed = exact.and_then(|info| info.frames).filter(|frames| *frames > 0);
            let mut sound = Kept::default();
            if info.is_none() {
                sound.push(frame.at, frame.head.frame_bytes());
            }
            stream = Some(Self { head: frame.head, info, believed, sound, bytes });
            Ok(believed.is_none())
        })?;
        Ok(stream)
    }

    fn frames(&self) -> u64 {
        self.believed.map_or(self.sound.sizes.len() as u64, u64::from)
    }

    fn samples(&self) -> u64 {
        self.frames() * u64::from(self.head.samples())
    }

    /// Begins with the whole frame that is nearest to where the music begins: Chromium trims the part of a frame twice
    /// when it plays from the beginning, and once after a seek. Recorded (manual/sync.md): from 1105 samples on it
    /// sounds 22.6 ms early from the start and right after a seek; from 1152 on it is right everywhere. Half a frame
    /// at most is played of the encoder's silence, or left out of the music, by every listener alike.
    fn music(&self) -> Option<Music> {
        let added = self.info?.added?;
        let begin = u64::from(added.skip());
        let end = begin + added.music(self.samples());
        let frame = u64::from(self.head.samples());
        let skip = (begin + frame / 2) / frame * frame;
        let length = end.checked_sub(skip).filter(|length| *length > 0)?;
        Some(Music { skip: u32::try_from(skip).ok()?, length })
    }
}
