//! Whether an element is to be believed that began as the page's other one came to its end. Firefox's clock may wander by
//! some 10 ms then and keep what it wandered by, while the sound keeps still where it began (manual/sync.md): so the
//! element is looked at for a while first, and where its clock wandered, the start counts, and not the clock.

use crate::sync::time::{LocalTime, Span};

/// What is looked at together: so many reads that the steps of `currentTime` are a ms or two.
const STRETCH: Span = Span::from_secs(1);
/// What stretches differ by where nothing wanders: their own error, and what a card gains meanwhile.
const STEADY_MS: f64 = 10.0;
/// No start is off by this: then it is not the clock that is wrong.
const BELIEVED_MS: f64 = 60.0;

/// The reads of one element since it began.
#[derive(Clone, Debug)]
pub(super) struct Seam {
    since: LocalTime,
    until: LocalTime,
    /// How far ahead the reads of each stretch were: their sum in ms, their number.
    stretches: Vec<(f64, f64)>,
}

impl Seam {
    pub(super) const fn new(since: LocalTime, until: LocalTime) -> Self {
        Self { since, until, stretches: Vec::new() }
    }

    /// A read that far ahead of where it should be.
    pub(super) fn note(&mut self, now: LocalTime, ahead: Span) {
        // The first stretch is about the start itself.
        let Ok(stretch) = usize::try_from((now - self.since).micros() / STRETCH.micros() - 1) else {
            return;
        };
        if self.stretches.len() <= stretch {
            self.stretches.resize(stretch + 1, (0.0, 0.0));
        }
        let (sum, count) = &mut self.stretches[stretch];
        *sum += ahead.as_ms();
        *count += 1.0;
    }

    /// Once it was looked at for long enough: by how much its reads are wrong.
    pub(super) fn verdict(&self, now: LocalTime) -> Option<Span> {
        if now < self.until {
            return None;
        }
        let means: Vec<f64> =
            self.stretches.iter().filter(|(_, count)| *count > 0.0).map(|(sum, count)| sum / count).collect();
        let least = means.iter().copied().fold(f64::INFINITY, f64::min);
        let most = means.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let in_the_end = means.last().copied().unwrap_or(0.0);
        let wandered = most - least > STEADY_MS && in_the_end.abs() < BELIEVED_MS;
        Some(if wandered { Span::from_ms_f64(in_the_end) } else { Span::ZERO })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LASTS: Span = Span::from_secs(8);

    /// What is made of reads that are so far ahead, in ms, so many seconds after the start, and of a staircase.
    fn verdict(ahead: impl Fn(f64) -> f64) -> Span {
        let since = LocalTime::from_micros(77);
        let mut seam = Seam::new(since, since + LASTS);
        let mut now = since;
        while now < since + LASTS {
            assert_eq!(seam.verdict(now), None);
            let secs = (now - since).as_secs();
            seam.note(now, Span::from_ms_f64(ahead(secs) - (secs / 0.040_3).fract() * 40.3 + 20.0));
            now += Span::from_millis(17);
        }
        seam.verdict(now).unwrap()
    }

    #[test]
    fn a_clock_that_keeps_still_is_believed_wherever_it_is() {
        for off in [-55.0, -3.0, 0.0, 12.0, 80.0] {
            assert_eq!(verdict(|secs| off + 0.2 * secs), Span::ZERO, "{off} ms, on a card that gains");
        }
    }

    #[test]
    fn a_clock_that_wandered_is_wrong_by_where_it_came_to() {
        for (from, to) in [(-10.0, 30.0), (-45.0, 5.0), (20.0, -25.0)] {
            let wrong = verdict(|secs| from + (to - from) * (secs / 4.0).min(1.0)).as_ms();
            assert!((wrong - to).abs() < 3.0, "{wrong} ms of {to}");
        }
    }

    #[test]
    fn what_a_start_does_to_it_is_no_wandering() {
        assert_eq!(verdict(|secs| if secs < 0.9 { -90.0 } else { 4.0 }), Span::ZERO);
    }

    #[test]
    fn what_no_start_can_be_off_by_is_no_error_of_the_clock() {
        assert_eq!(verdict(|secs| 25.0 * secs.min(6.0)), Span::ZERO);
        assert_eq!(Seam::new(LocalTime::ZERO, LocalTime::ZERO).verdict(LocalTime::ZERO), Some(Span::ZERO));
    }
}
