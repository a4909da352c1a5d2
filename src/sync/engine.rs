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

/// How to treat an engine.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EnginePolicy {
    /// Whether a timed change of the rate moves the sound by what it should.
    pub bends: bool,
    /// Without bending: an error beyond this is worth a seek.
    pub seek_beyond: Span,
    /// Whether a start in the middle is first played unheard and put in step: it needs bending, and a volume that the
    /// page may set.
    pub prerolls: bool,
    /// Whether it says `waiting` at starts, although it has all data.
    pub waits_at_starts: bool,
    /// How far the sound runs ahead of the mean of `currentTime`.
    pub sound_ahead: Span,
    /// From `play()` to sound, until it is learned.
    pub start_latency: Span,
    /// What a seek while playing costs, until it is learned.
    pub seek_cost: Span,
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
                bends: true,
                prerolls: true,
                seek_beyond: Span::from_millis(80),
                waits_at_starts: false,
                sound_ahead: Span::ZERO,
                start_latency: Span::from_millis(70),
                seek_cost: Span::from_millis(60),
            },
            // Every return to exactly 1.0 skips 25 ms that `currentTime` does not see, so it is left alone.
            Self::Gecko => EnginePolicy {
                bends: false,
                prerolls: false,
                seek_beyond: Span::from_millis(25),
                waits_at_starts: false,
                sound_ahead: Span::from_millis(27),
                start_latency: Span::from_millis(5),
                seek_cost: Span::from_millis(40),
            },
            // Every rate write costs 10–25 ms and a gap.
            Self::WebKit => EnginePolicy {
                bends: false,
                prerolls: false,
                seek_beyond: Span::from_millis(25),
                waits_at_starts: true,
                sound_ahead: Span::from_micros(6_400),
                start_latency: Span::from_millis(5),
                seek_cost: Span::from_millis(40),
            },
            // Nothing is asked of it that any known engine does badly: its rate is left alone, a `waiting` at a start is not
            // believed. It seeks when it is off by more than twice what any known engine's sound is beside its
            // `currentTime`, for that may be an error of ours; the rest lies between those of the others, until learned.
            Self::Unknown => EnginePolicy {
                bends: false,
                prerolls: false,
                seek_beyond: Span::from_millis(60),
                waits_at_starts: true,
                sound_ahead: Span::ZERO,
                start_latency: Span::from_millis(40),
                seek_cost: Span::from_millis(50),
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
    fn an_unknown_engine_is_asked_for_nothing_that_a_known_one_does_badly() {
        let unknown = Engine::Unknown.policy();
        for known in [Engine::Chromium, Engine::Gecko, Engine::WebKit].map(Engine::policy) {
            assert!(known.bends || !unknown.bends, "{known:?}");
            assert!(known.prerolls || !unknown.prerolls, "{known:?}");
            assert!(unknown.seek_beyond >= known.sound_ahead.scale(2.0), "{known:?}");
        }
    }
}
