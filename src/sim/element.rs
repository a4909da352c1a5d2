//! A media element that behaves as Chromium's were measured to (manual/sync.md): `play()` is late by a
//! constant of the device, reads are a saw-tooth, a rate write takes effect with the next buffer, a seek costs time, and
//! the sound card has a clock of its own.

use super::random::Random;
use crate::listener::{MediaEvent, PlayerCommand};
use crate::sync::time::{MediaTime, RoomTime, Span};

/// Half the height of the saw-tooth of reads.
const SAW_TOOTH: Span = Span::from_millis(5);
/// A rate write takes effect within this.
const RATE_QUANTUM: Span = Span::from_millis(20);

/// What a device is like; drawn once per simulated browser.
#[derive(Clone, Copy, Debug)]
pub struct Device {
    /// From `play()` to sound.
    pub start_latency: Span,
    /// How much that varies, either way.
    pub start_jitter: Span,
    /// What a seek takes.
    pub seek_cost: Span,
    /// What loading a track takes.
    pub load_time: Span,
    /// How much faster than true time the sound card runs.
    pub card_skew: f64,
}

/// A modelled element.
#[derive(Clone, Debug)]
pub struct Element {
    device: Device,
    /// The position at `since`; from then on it moves at `rate`, if it plays.
    position: f64,
    since: RoomTime,
    rate: f64,
    /// A rate that was written and takes effect then.
    coming_rate: Option<(RoomTime, f64)>,
    playing: bool,
}

impl Element {
    /// An empty element of a device.
    pub const fn new(device: Device) -> Self {
        Self { device, position: 0.0, since: RoomTime::ZERO, rate: 1.0, coming_rate: None, playing: false }
    }

    /// What is heard at a moment; `None` when it is silent.
    pub fn heard(&self, now: RoomTime) -> Option<f64> {
        (self.playing && now >= self.since).then(|| self.at(now))
    }

    /// What `currentTime` says.
    pub fn read(&self, now: RoomTime, random: &mut Random) -> MediaTime {
        let noise = if self.playing { random.between(-1.0, 1.0) * SAW_TOOTH.as_secs() } else { 0.0 };
        MediaTime::from_secs_f64((self.at(now) + noise).max(0.0))
    }

    /// Does what a listener asks; what comes of it happens later, at the time that is returned.
    pub fn command(
        &mut self,
        now: RoomTime,
        command: &PlayerCommand,
        random: &mut Random,
    ) -> Option<(RoomTime, MediaEvent)> {
        match command {
            PlayerCommand::Load(_) => {
                self.playing = false;
                self.hold(now, 0.0);
                Some((now + self.device.load_time.scale(random.between(0.8, 1.3)), MediaEvent::Loaded))
            }
            PlayerCommand::Play => {
                let jitter = self.device.start_jitter.scale(random.between(-1.0, 1.0));
                let begins = now + self.device.start_latency + jitter;
                self.hold(begins, self.at(now));
                self.playing = true;
                Some((begins, MediaEvent::Playing))
            }
            PlayerCommand::Pause => {
                self.hold(now, self.at(now));
                self.playing = false;
                None
            }
            PlayerCommand::Seek(to) => {
                let there = now + self.device.seek_cost.scale(random.between(0.85, 1.15));
                self.hold(there, to.as_secs());
                Some((there, MediaEvent::Seeked))
            }
            PlayerCommand::Rate(rate) => {
                if self.playing && now >= self.since {
                    self.settle_rate(now);
                    self.coming_rate = Some((now + RATE_QUANTUM.scale(random.unit()), *rate));
                } else {
                    self.rate = *rate;
                }
                None
            }
            PlayerCommand::Volume(_) => None,
            PlayerCommand::Unload => {
                self.playing = false;
                None
            }
        }
    }

    /// Stands at a position until a moment; a rate that was on its way is in effect by then.
    fn hold(&mut self, since: RoomTime, position: f64) {
        if let Some((_, rate)) = self.coming_rate.take() {
            self.rate = rate;
        }
        self.position = position;
        self.since = since;
    }

    /// Lets a rate that came into effect before now be part of the past.
    fn settle_rate(&mut self, now: RoomTime) {
        if self.coming_rate.is_some() {
            let position = self.at(now);
            self.hold(now, position);
        }
    }

    fn at(&self, now: RoomTime) -> f64 {
        if !self.playing || now <= self.since {
            return self.position;
        }
        let card = 1.0 + self.device.card_skew;
        match self.coming_rate {
            Some((at, rate)) if at < now => {
                let before = (at - self.since).as_secs().max(0.0);
                let after = (now - at.max(self.since)).as_secs();
                self.position + (before * self.rate + after * rate) * card
            }
            _ => self.position + (now - self.since).as_secs() * self.rate * card,
        }
    }
}
