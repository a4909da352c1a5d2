//! What each browser engine does well and badly, as data (manual/sync.md: recorded, not read from
//! documentation). A policy never asks an engine for what it does badly.

use super::time::Span;

/// A browser engine.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Engine {
    /// Chromium and what is made of it.
    #[default]
    Chromium,
    /// Firefox.
    Gecko,
    /// Safari, and every browser on iOS.
    WebKit,
    /// Something else, of which nothing was measured.
    Unknown,
}

/// Engines of their own that bear the names of others in their user agent.
const PRETENDERS: [&str; 4] = ["Servo/", "Ladybird/", "Goanna/", "Edge/"];

/// What becomes of the sound of an engine when its rate is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RateUse {
    /// It moves by what it should: the rate may be bent.
    Bend,
    /// The same above 1 only: each change to, from or below 1 skips what `currentTime` does not see. It stays above, is
    /// begun a little behind, and where it comes to be ahead, its sound is delayed by a pause.
    BendAbove,
    /// A change while it plays breaks it. What is set before `play()`, or with a seek, holds: it rests where its card
    /// keeps step with the room, and is sought.
    Preset,
    /// Nobody knows: it stays at 1.
    Leave,
}

/// What an engine plays unheard to put it in step first: it needs a volume that the page may set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unheard {
    /// Nothing.
    Nothing,
    /// Starts in the middle of a track.
    Prerolls,
    /// The same, and each file before its first start, and what the other element plays, to stand in for it.
    StandsIn,
}

/// How to treat an engine.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EnginePolicy {
    /// What its rate is good for.
    pub rate: RateUse,
    /// Without bending: an error beyond this is worth a seek, where its seeks land within that.
    pub seek_beyond: Span,
    /// What is played unheard.
    pub unheard: Unheard,
    /// Whether the first sound of a page takes so long, or is so far off, that it is better a silence, while there is time.
    pub warms_up: bool,
    /// Whether it may say `waiting` although it has all data, never say `playing` although it plays, or say so half a second
    /// before it does.
    pub starts_untold: bool,
    /// What stands for so long lets go of its decoder, and its next start is late by what another one takes; a seek to where
    /// it stands wakes it.
    pub falls_asleep: Option<Span>,
    /// So long after a start, a seek or a write of the rate its reads are not about what comes of it.
    pub settle: Span,
    /// Where one element must not begin just as the page's other one comes to its end: so long after it.
    pub begins_apart: Option<Span>,
    /// How far behind it is begun, so that what is left can be bent away.
    pub lean: Span,
    /// By how much more than its length a pause of some ms delays the sound, until it is learned; `None` where a seek does
    /// better.
    pub delay_cost: Option<Span>,
    /// How far the sound runs ahead of the mean of `currentTime`.
    pub sound_ahead: Span,
    /// By how much a file in Opus sounds later than that.
    pub opus_late: Span,
    /// From `play()` to sound, until it is learned.
    pub start_latency: Span,
    /// What a seek while playing costs, until it is learned.
    pub seek_cost: Span,
    /// What it costs more when a rate is set with it.
    pub preset_cost: Span,
}

/// Firefox plays at any rate, and counts for `currentTime` what it played at rate r in ⌊n / r⌋ frames a second, n being those
/// of its stream: at a rate between two such it runs up to 21 ppm ahead of the sound, which is 12 ms in ten minutes that no
/// page sees (`AudioClock::SetPlaybackRate` in Mozilla's `dom/media/AudioStream.cpp`; recorded, manual/sync.md). So the rate
/// is one that it counts in. What of 48,000 is that is nearly one of 44,100, 2 ppm off at the slowest, and not the other way
/// round.
const COUNTED_FRAMES: f64 = 48_000.0;
/// How far from a whole number of frames is none, …
const WHOLE_FRAMES: f64 = 0.02;
/// … and so much less than the rate that is meant is on the right side of it, though Firefox may take the rate as a `float`:
/// 48000/47999 is then 3e-8 more, which counts as 48000/47998. Recorded: 23 ppm that no page saw, 14 ms in ten minutes.
const BELOW_RATE: f64 = 1.5e-7;

/// Firefox's `media.dormant-on-pause-timeout-ms`, as it is unless somebody changed it. Recorded: who stood for 8 s begins
/// 0.1 s late, 0.5 s where the processors are busy, and who was sought a second before 0.01 s.
const DORMANT_AFTER: Span = Span::from_secs(5);

/// What an encoder of Opus puts before the music, and decoders leave out (*pre-skip*, RFC 7845, 4.2): 312 samples of 48,000 a
/// second with libopus. Firefox plays it: recorded, 6.5 to 7.2 ms that its `currentTime` does not see, after any seek, too.
const OPUS_AHEAD: Span = Span::from_micros(6_500);

impl EnginePolicy {
    /// Whether a timed change of the rate moves the sound by what it should.
    pub const fn bends(&self) -> bool {
        matches!(self.rate, RateUse::Bend | RateUse::BendAbove)
    }

    /// The rate to rest at where this one would keep step.
    pub const fn resting(&self, in_step: f64) -> f64 {
        match self.rate {
            RateUse::Leave => 1.0,
            RateUse::BendAbove | RateUse::Bend | RateUse::Preset => self.allowed(in_step),
        }
    }

    /// What of a rate an element may have while it plays: all of it, or no less than lies above 1.
    pub const fn allowed(&self, rate: f64) -> f64 {
        match self.rate {
            RateUse::BendAbove => rate_of_fewer((fewer_frames(rate) + WHOLE_FRAMES).floor()),
            RateUse::Bend | RateUse::Preset | RateUse::Leave => rate,
        }
    }

    /// The same, no nearer to another rate than what is asked for.
    pub const fn allowed_from(&self, from: f64, rate: f64) -> f64 {
        match self.rate {
            RateUse::BendAbove if rate > from => rate_of_fewer((fewer_frames(rate) - WHOLE_FRAMES).ceil()),
            _ => self.allowed(rate),
        }
    }

    /// Whether a start in the middle is first put in step.
    pub const fn prerolls(&self) -> bool {
        matches!(self.unheard, Unheard::Prerolls | Unheard::StandsIn)
    }

    /// Whether what was never played is played a moment before its start.
    pub const fn rehearses(&self) -> bool {
        self.stands_in()
    }

    /// Whether the other element of the page stands in where one cannot be put in step while it is heard.
    pub const fn stands_in(&self) -> bool {
        matches!(self.unheard, Unheard::StandsIn)
    }

    /// The same where the page may not set the volume of an element: nothing is played unheard.
    #[must_use]
    pub const fn without_volume(self) -> Self {
        Self { unheard: Unheard::Nothing, ..self }
    }

    /// Whether an element must not play at this rate.
    pub fn shuns(&self, rate: f64) -> bool {
        self.rate == RateUse::BendAbove && rate < rate_of_fewer(1.0)
    }
}

/// How many fewer frames than there are a second are counted as one, at a rate.
const fn fewer_frames(rate: f64) -> f64 {
    COUNTED_FRAMES * (1.0 - 1.0 / rate)
}

/// The rate at which so many fewer are, one at least.
const fn rate_of_fewer(frames: f64) -> f64 {
    COUNTED_FRAMES / (COUNTED_FRAMES - frames.max(1.0)) * (1.0 - BELOW_RATE)
}

impl Engine {
    /// The engine behind a user agent string.
    pub fn of_user_agent(agent: &str) -> Self {
        if PRETENDERS.iter().any(|name| agent.contains(name)) {
            Self::Unknown
        } else if agent.contains("Firefox/") {
            Self::Gecko
        } else if agent.contains("Chrome/") || agent.contains("Chromium/") {
            Self::Chromium
        } else if agent.contains("AppleWebKit/") {
            Self::WebKit
        } else {
            Self::Unknown
        }
    }

    /// How to treat it.
    pub const fn policy(self) -> EnginePolicy {
        match self {
            Self::Chromium => EnginePolicy {
                rate: RateUse::Bend,
                unheard: Unheard::Prerolls,
                warms_up: false,
                seek_beyond: Span::from_millis(80),
                starts_untold: false,
                falls_asleep: None,
                settle: Span::from_millis(80),
                begins_apart: None,
                lean: Span::ZERO,
                delay_cost: None,
                sound_ahead: Span::ZERO,
                opus_late: Span::ZERO,
                start_latency: Span::from_millis(70),
                seek_cost: Span::from_millis(60),
                preset_cost: Span::ZERO,
            },
            // Reaching exactly 1 skips 16 to 22 ms that `currentTime` does not see, leaving it 10, and each write below it 5
            // to 27; above it, bends are exact. What is written is heard 0.2 s later. A pause delays the sound by its
            // length within some ms, at the price of 10 ms of silence; a seek is silent for 0.2 s.
            Self::Gecko => EnginePolicy {
                rate: RateUse::BendAbove,
                unheard: Unheard::Prerolls,
                warms_up: true,
                seek_beyond: Span::from_millis(80),
                starts_untold: false,
                falls_asleep: Some(DORMANT_AFTER),
                settle: Span::from_millis(300),
                // What it reads then wanders by up to 0.1 s, and stays wrong, while its sound keeps still.
                begins_apart: Some(Span::from_millis(150)),
                lean: Span::from_millis(8),
                delay_cost: Some(Span::ZERO),
                sound_ahead: Span::from_micros(37_500),
                opus_late: OPUS_AHEAD,
                start_latency: Span::from_millis(5),
                seek_cost: Span::from_millis(185),
                preset_cost: Span::ZERO,
            },
            // Every rate write while it plays costs 10–25 ms and a gap.
            Self::WebKit => EnginePolicy {
                rate: RateUse::Preset,
                unheard: Unheard::StandsIn,
                warms_up: true,
                seek_beyond: Span::from_millis(4),
                starts_untold: true,
                falls_asleep: None,
                settle: Span::from_millis(80),
                begins_apart: None,
                lean: Span::ZERO,
                delay_cost: None,
                sound_ahead: Span::from_micros(6_400),
                opus_late: Span::ZERO,
                start_latency: Span::from_millis(5),
                seek_cost: Span::from_millis(3),
                preset_cost: Span::from_millis(10),
            },
            // Nothing is asked of it that any known engine does badly: its rate is left alone, a `waiting` at a start is not
            // believed, what stood for long is woken. It seeks when it is off by one and a half times what any known engine's
            // sound is beside its `currentTime`, for that may be an error of ours; the rest lies between those of the others,
            // until learned.
            Self::Unknown => EnginePolicy {
                rate: RateUse::Leave,
                unheard: Unheard::Nothing,
                warms_up: false,
                seek_beyond: Span::from_millis(60),
                starts_untold: true,
                falls_asleep: Some(DORMANT_AFTER),
                settle: Span::from_millis(80),
                begins_apart: None,
                lean: Span::ZERO,
                delay_cost: None,
                sound_ahead: Span::ZERO,
                opus_late: Span::ZERO,
                start_latency: Span::from_millis(40),
                seek_cost: Span::from_millis(50),
                preset_cost: Span::ZERO,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn engines_are_told_apart() {
        for (agent, engine) in [
            (
                "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36",
                Engine::Chromium,
            ),
            ("Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0", Engine::Gecko),
            (
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Safari/605.1.15",
                Engine::WebKit,
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/156.0 Mobile/15E148 Safari/604.1",
                Engine::WebKit,
            ),
        ] {
            assert_eq!(Engine::of_user_agent(agent), engine, "{agent}");
        }
    }

    #[test]
    fn what_is_not_known_is_not_taken_for_something_else() {
        for agent in [
            "",
            "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Servo/0.0.1 Firefox/140.0",
            "Mozilla/5.0 (Linux; x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Ladybird/1.0 Safari/537.36",
            "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Goanna/20260101 Firefox/128.0 PaleMoon/34.0.0",
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/70.0.3538.102 Safari/537.36 Edge/18.19582",
            "Mozilla/5.0 (Windows NT 10.0; Trident/7.0; rv:11.0) like Gecko",
            "Lynx/2.9.2 libwww-FM/2.14",
        ] {
            assert_eq!(Engine::of_user_agent(agent), Engine::Unknown, "{agent}");
        }
    }

    #[test]
    fn an_engine_rests_where_it_keeps_step_if_it_may() {
        for (engine, in_step, rests) in [
            (Engine::Chromium, 1.0, 1.0),
            (Engine::Chromium, 0.9999, 0.9999),
            (Engine::Gecko, 1.0001, 48_000.0 / 47_996.0),
            (Engine::WebKit, 1.0001, 1.0001),
            (Engine::Unknown, 1.0001, 1.0),
        ] {
            let resting = engine.policy().resting(in_step);
            assert!((resting - rests).abs() < 2e-7, "{engine:?}: {resting}");
        }
    }

    #[test]
    fn an_engine_that_is_exact_above_one_stays_there() {
        let gecko = Engine::Gecko.policy();
        for rate in [0.98, 0.9999, 1.0 - 1e-9, 1.0, 1.0 + 1e-9] {
            for played in [gecko.allowed(rate), gecko.resting(rate)] {
                assert!((20e-6..21e-6).contains(&(played - 1.0)), "{rate}: {played}");
                assert!(!gecko.shuns(played), "{played}");
            }
            assert!(gecko.shuns(rate), "{rate}");
        }
        assert!((gecko.allowed(1.02) - 1.02).abs() < 1.1 / COUNTED_FRAMES);
        assert!((Engine::Chromium.policy().allowed(0.98) - 0.98).abs() < f64::EPSILON);
    }

    #[test]
    fn an_engine_that_counts_whole_frames_plays_at_rates_in_which_it_counts() {
        let gecko = Engine::Gecko.policy();
        let counted = |frames: f64, rate: f64| frames / (frames / rate).trunc();
        let mut from = gecko.allowed(1.0);
        assert!(
            counted(COUNTED_FRAMES, 1.0 + 1e-6) - 1.0 > 20e-6,
            "a rate between two is counted as another"
        );
        for step in 1..400 {
            let wished = 1.0 + f64::from(step) * 3.7e-6;
            for rate in [gecko.allowed(wished), gecko.allowed_from(1.0, wished)] {
                for taken in [rate, f64::from(rate as f32)] {
                    assert!((counted(COUNTED_FRAMES, taken) - rate).abs() < 2e-7, "{wished}: {taken}");
                }
                let of_music = counted(44_100.0, rate) - rate;
                assert!((-1e-9..24e-6).contains(&of_music) && (rate > 1.0001 || of_music < 10e-6), "{rate}");
                assert!((rate - wished).abs() < 21e-6, "{wished}: {rate}");
                assert!((gecko.allowed(rate) - rate).abs() < 1e-12, "{rate} stays");
            }
            if wished > from {
                assert!(gecko.allowed_from(from, wished) > from, "{wished} is faster than {from}");
                from = gecko.allowed(wished);
            }
        }
    }

    #[test]
    fn an_unknown_engine_is_asked_for_nothing_that_a_known_one_does_badly() {
        let unknown = Engine::Unknown.policy();
        for known in [Engine::Chromium, Engine::Gecko, Engine::WebKit].map(Engine::policy) {
            assert!(known.bends() || !unknown.bends(), "{known:?}");
            assert!(known.prerolls() || !unknown.prerolls(), "{known:?}");
            assert!(unknown.seek_beyond >= known.sound_ahead.scale(1.5), "{known:?}");
        }
    }
}
