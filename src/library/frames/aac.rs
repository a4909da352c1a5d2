//! A file of ADTS frames: how long it plays, and where the sound of each frame is. The encoder's delay is not told
//! in such a file; it is played from its first frame.

use std::io::{self, Read, Seek};

use super::adts::AdtsHead;
use super::around::between_tags;
use super::walk::{Head, walk};
use super::window::Window;
use super::{Codec, Frames, Kept, Length, time};

/// How long a file of ADTS frames plays. Blocks.
///
/// # Errors
/// When the file cannot be read. `None`: there is no frame in it.
pub fn adts_length(file: impl Read + Seek) -> io::Result<Option<Length>> {
    Ok(Stream::read(file)?.map(|stream| Length {
        time: time(stream.samples, stream.head.rate()),
        remuxable: stream.is_remuxable(),
        bytes: stream.bytes,
        promised: stream.promised,
    }))
}

/// The sound of every frame, without the heads. Blocks.
///
/// # Errors
/// When the file cannot be read. `None`: there is no frame in it, or its frames make no sense without their heads:
/// several blocks in one, or channels that only the sound tells.
pub fn aac(file: impl Read + Seek) -> io::Result<Option<Frames>> {
    Ok(Stream::read(file)?.filter(Stream::is_remuxable).map(|stream| Frames {
        codec: Codec::Aac { config: stream.head.config() },
        rate: stream.head.rate(),
        channels: stream.head.channels(),
        samples: stream.head.samples(),
        sizes: stream.sound.sizes,
        runs: stream.sound.runs,
        music: None,
    }))
}

struct Stream {
    head: AdtsHead,
    sound: Kept,
    samples: u64,
    single_blocks: bool,
    bytes: u64,
    promised: u64,
}

impl Stream {
    fn read(file: impl Read + Seek) -> io::Result<Option<Self>> {
        let mut file = Window::new(file);
        let range = between_tags(&mut file)?;
        let mut stream: Option<Self> = None;
        walk::<AdtsHead, _>(&mut file, &range, |frame, _| {
            let stream = stream.get_or_insert_with(|| Self {
                head: frame.head,
                sound: Kept::default(),
                samples: 0,
                single_blocks: true,
                bytes: 0,
                promised: range.end - frame.at,
            });
            let head = frame.head.head_bytes();
            stream.sound.push(frame.at + u64::from(head), frame.head.frame_bytes() - head);
            stream.samples += u64::from(frame.head.samples());
            stream.single_blocks &= frame.head.blocks == 1;
            stream.bytes += u64::from(frame.head.frame_bytes());
            Ok(true)
        })?;
        Ok(stream)
    }

    fn is_remuxable(&self) -> bool {
        self.single_blocks && self.head.is_plain()
    }
}
