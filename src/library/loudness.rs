//! How loud one file is: integrated loudness by EBU R128 over all that can be decoded of it. Called by [`measuring`]
//! in its own thread.
//!
//! What `symphonia` does not decode (Opus, HE-AAC, broken beginnings) is decoded by `ffmpeg` where it is on the
//! PATH. A mono file is measured as both speakers play it.
//!
//! [`measuring`]: super::measuring

use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use ebur128::{Channel, EbuR128, Mode};
use lofty::file::AudioFile;
use lofty::probe::Probe;
use symphonia::core::codecs::audio::AudioDecoderOptions;
use symphonia::core::errors::Error;
use symphonia::core::formats::probe::Hint;
use symphonia::core::formats::{FormatOptions, TrackType};
use symphonia::core::io::{MediaSourceStream, MediaSourceStreamOptions};
use symphonia::core::meta::MetadataOptions;

use super::renditions::ONE_FILE_ONLY;
use crate::protocol::Decibels;

/// What gains bring a track to, in LUFS: the reference of ReplayGain 2.0.
const REFERENCE_LUFS: f64 = -18.0;

/// The rate at which `ffmpeg` is asked for samples: that of Opus.
const FFMPEG_RATE: u32 = 48_000;

/// Bytes that are taken of `ffmpeg` at once: a quarter of a second of stereo.
const FFMPEG_BYTES: usize = FFMPEG_RATE as usize / 4 * 2 * size_of::<f32>();

/// What measuring a file came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Measured {
    /// What brings it to the reference.
    Gain(Decibels),
    /// It is silent, or cannot be decoded: trying again would be in vain.
    Nothing,
    /// There is nothing on this machine that decodes it, or it is not there: another time, perhaps.
    NotNow,
}

/// Why no loudness came out.
pub(super) enum Fault {
    /// Told to stop.
    Stopped,
    /// The system does not give the file.
    Gone,
    /// A type that the decoder does not know.
    Unknown,
    /// It is damaged, or has no sound.
    Undecodable,
}

/// Measures a file. Blocks for about a hundredth of its length. `go_on` is asked many times on the way.
pub(super) fn measure(path: &Path, go_on: &dyn Fn() -> bool) -> Measured {
    let heard = by_symphonia(path, go_on).or_else(|fault| match fault {
        Fault::Stopped | Fault::Gone => Err(fault),
        Fault::Unknown | Fault::Undecodable => by_ffmpeg(path, go_on).map_err(|second| match second {
            Fault::Unknown => fault,
            second => second,
        }),
    });
    match heard {
        // Below the gate of the measurement is silence: minus infinity.
        Ok(lufs) if lufs.is_finite() => Measured::Gain(Decibels::new(REFERENCE_LUFS - lufs)),
        Ok(_) | Err(Fault::Undecodable) => Measured::Nothing,
        Err(Fault::Stopped | Fault::Gone | Fault::Unknown) => Measured::NotNow,
    }
}

pub(super) fn by_symphonia(path: &Path, go_on: &dyn Fn() -> bool) -> Result<f64, Fault> {
    let file = File::open(path).map_err(|_| Fault::Gone)?;
    let stream = MediaSourceStream::new(Box::new(file), MediaSourceStreamOptions::default());
    let mut hint = Hint::new();
    if let Some(ending) = path.extension().and_then(|ending| ending.to_str()) {
        hint.with_extension(ending);
    }
    let mut format = symphonia::default::get_probe()
        .probe(&hint, stream, FormatOptions::default(), MetadataOptions::default())
        .map_err(|error| fault(&error))?;
    let track = format.default_track(TrackType::Audio).ok_or(Fault::Unknown)?;
    let id = track.id;
    let parameters = track.codec_params.as_ref().and_then(|codec| codec.audio()).ok_or(Fault::Unknown)?;
    let mut decoder = symphonia::default::get_codecs()
        .make_audio_decoder(parameters, &AudioDecoderOptions::default())
        .map_err(|error| fault(&error))?;
    let mut meter = Meter::default();
    let mut samples: Vec<f32> = Vec::new();
    // An error of the container ends the file as it ends it for a listener; what came before counts.
    while let Ok(Some(packet)) = format.next_packet() {
        if !go_on() {
            return Err(Fault::Stopped);
        }
        if packet.track_id != id {
            continue;
        }
        // A damaged packet is a gap for a listener, too.
        if let Ok(sound) = decoder.decode(&packet) {
            let channels = sound.spec().channels().count() as u32;
            samples.resize(sound.samples_interleaved(), 0.0);
            sound.copy_to_slice_interleaved(&mut samples);
            meter.take(&samples, channels, sound.spec().rate())?;
        }
    }
    meter.lufs()
}

fn fault(error: &Error) -> Fault {
    match error {
        Error::Unsupported(_) => Fault::Unknown,
        _ => Fault::Undecodable,
    }
}

/// [`Fault::Unknown`]: there is no `ffmpeg`.
fn by_ffmpeg(path: &Path, go_on: &dyn Fn() -> bool) -> Result<f64, Fault> {
    let channels = channels_of(path);
    let child = Command::new("ffmpeg")
        .args(["-v", "error", "-nostdin"])
        .args(ONE_FILE_ONLY)
        .arg("-i")
        .arg(path)
        .args(["-map", "0:a:0", "-ac"])
        .arg(channels.to_string())
        .arg("-ar")
        .arg(FFMPEG_RATE.to_string())
        .args(["-f", "f32le", "pipe:1"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn();
    let mut decoder = Decoder(child.map_err(|error| match error.kind() {
        ErrorKind::NotFound => Fault::Unknown,
        _ => Fault::Gone,
    })?);
    let mut out = decoder.0.stdout.take().ok_or(Fault::Gone)?;
    let mut meter = Meter::default();
    let mut bytes = Vec::with_capacity(FFMPEG_BYTES);
    loop {
        bytes.clear();
        let read = out.by_ref().take(FFMPEG_BYTES as u64).read_to_end(&mut bytes).map_err(|_| Fault::Gone)?;
        if read == 0 {
            return meter.lufs();
        }
        if !go_on() {
            return Err(Fault::Stopped);
        }
        let samples: Vec<f32> =
            bytes.as_chunks().0.iter().map(|sample| f32::from_le_bytes(*sample)).collect();
        meter.take(&samples, channels, FFMPEG_RATE)?;
    }
}

/// One or two: what `ffmpeg` is asked for. More are mixed down, as they are for ears.
fn channels_of(path: &Path) -> u32 {
    let probe = Probe::open(path).ok().and_then(|probe| probe.guess_file_type().ok());
    let file = probe.and_then(|probe| probe.read().ok());
    let channels = file.and_then(|file| file.properties().channels());
    u32::from(channels.unwrap_or(2).clamp(1, 2))
}

/// An `ffmpeg` that does not outlive its use.
struct Decoder(Child);

impl Drop for Decoder {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Takes samples, whatever their rate; a file may change it on the way.
#[derive(Default)]
struct Meter(Option<EbuR128>);

impl Meter {
    /// Interleaved samples of full scale 1.
    fn take(&mut self, samples: &[f32], channels: u32, rate: u32) -> Result<(), Fault> {
        let undecodable = |_| Fault::Undecodable;
        let mut meter = match self.0.take() {
            Some(mut meter) => {
                if (meter.channels(), meter.rate()) != (channels, rate) {
                    meter.change_parameters(channels, rate).map_err(undecodable)?;
                }
                meter
            }
            None => EbuR128::new(channels, rate, Mode::I).map_err(undecodable)?,
        };
        if channels == 1 {
            meter.set_channel(0, Channel::DualMono).map_err(undecodable)?;
        }
        meter.add_frames_f32(samples).map_err(undecodable)?;
        self.0 = Some(meter);
        Ok(())
    }

    fn lufs(self) -> Result<f64, Fault> {
        let meter = self.0.ok_or(Fault::Undecodable)?;
        meter.loudness_global().map_err(|_| Fault::Undecodable)
    }
}
