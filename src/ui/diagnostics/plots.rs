//! How things went in the last minutes: the clock's offset with its bound, the round trip, the drift, the rate. Each is
//! one curve; what it runs between and where it is now stand beside it as numbers.

use super::tables::{millionths, ppm};
use crate::listener::diary::{Diary, SAMPLES, Sample};
use crate::sync::time::Span;
use crate::ui::plot::{HEIGHT, Range, closed, path};
use crate::ui::wording::ms;
use crate::ui::words::words;

/// In step is within this (manual/protocol.md). µs
const IN_SYNC: i64 = 5_000;

/// One quantity.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Quantity {
    /// From what it is now, with the bound of its error. µs
    Offset,
    /// µs
    RoundTrip,
    /// µs
    Drift,
    /// How much faster than the file. Millionths
    Rate,
}

/// What is drawn of one.
#[derive(Clone, Default, PartialEq, Eq)]
struct Curve {
    line: String,
    band: String,
    /// Where lines go across, by their heights.
    marks: Vec<i64>,
    now: String,
    between: String,
}

impl Quantity {
    const ALL: [Self; 4] = [Self::Drift, Self::Offset, Self::RoundTrip, Self::Rate];

    fn name(self) -> (&'static str, &'static str) {
        let (sync, text) = (&words().sync, &words().diagnostics);
        match self {
            Self::Offset => ("offset", text.offset),
            Self::RoundTrip => ("rtt", sync.rtt),
            Self::Drift => ("drift", sync.drift),
            Self::Rate => ("rate", text.rate),
        }
    }

    /// Its value, and how far it may be from that.
    fn of(self, sample: &Sample, now: &Sample) -> Option<(i64, i64)> {
        match self {
            Self::Offset => {
                let moved = (sample.offset? - now.offset?).micros();
                Some((moved, sample.offset_error?.micros()))
            }
            Self::RoundTrip => Some((sample.rtt?.micros(), 0)),
            Self::Drift => Some((sample.drift?.micros(), 0)),
            Self::Rate => Some((millionths(sample.rate), 0)),
        }
    }

    /// What is always within sight, so that what is little looks little.
    const fn least(self) -> (i64, i64) {
        match self {
            Self::Offset => (-1_000, 1_000),
            Self::RoundTrip => (0, 2_000),
            Self::Drift => (-IN_SYNC * 6 / 5, IN_SYNC * 6 / 5),
            Self::Rate => (-100, 100),
        }
    }

    const fn marks(self) -> &'static [i64] {
        match self {
            Self::Drift => &[-IN_SYNC, 0, IN_SYNC],
            Self::Offset | Self::Rate => &[0],
            Self::RoundTrip => &[],
        }
    }

    fn written(self, value: i64) -> String {
        match self {
            Self::Rate => ppm(value),
            _ => ms(Some(Span::from_micros(value))),
        }
    }

    fn curve<'a>(
        self,
        samples: impl ExactSizeIterator<Item = &'a Sample> + DoubleEndedIterator + Clone,
    ) -> Curve {
        let Some(now) = samples.clone().next_back() else { return Curve::default() };
        let first = (SAMPLES - samples.len().min(SAMPLES)) as i64;
        let points: Vec<_> = (first..).zip(samples.map(|sample| self.of(sample, now))).collect();
        let known = || points.iter().filter_map(|(_, point)| *point);
        let (Some(least), Some(most)) =
            (known().map(|(value, _)| value).min(), known().map(|(value, _)| value).max())
        else {
            return Curve { now: "–".to_owned(), ..Curve::default() };
        };
        let range = known()
            .fold(Range::of(self.least()), |range, (value, off)| range.with(value - off).with(value + off));
        let at = |x: i64, point: Option<(i64, i64)>, side: i64| {
            (x, point.map(|(value, off)| range.height_of(value + side * off)))
        };
        let band = if self == Self::Offset {
            let upper =
                points.iter().filter(|(_, point)| point.is_some()).map(|(x, point)| at(*x, *point, 1));
            let lower =
                points.iter().rev().filter(|(_, point)| point.is_some()).map(|(x, point)| at(*x, *point, -1));
            closed(upper.chain(lower))
        } else {
            String::new()
        };
        Curve {
            line: path(points.iter().map(|(x, point)| at(*x, *point, 0))),
            band,
            marks: self.marks().iter().map(|mark| range.height_of(*mark)).collect(),
            now: match (self, self.of(now, now)) {
                (Self::Offset, Some((_, off))) => ["± ", &self.written(off)].concat(),
                (_, Some((value, _))) => self.written(value),
                (_, None) => "–".to_owned(),
            },
            between: words().diagnostics.between.fill([&self.written(least), &self.written(most)]),
        }
    }
}

/// All four, as HTML. What is drawn is said in numbers, too: a picture says nothing to a screen reader.
pub(super) fn all(diary: &Diary) -> String {
    let mut html = String::new();
    for quantity in Quantity::ALL {
        let Curve { line, band, marks, now, between } = quantity.curve(diary.samples().iter());
        let (testid, name) = quantity.name();
        let across = [(0, None)]
            .into_iter()
            .chain(marks.iter().flat_map(|y| [(0, Some(*y)), (SAMPLES as i64, Some(*y)), (0, None)]));
        html += &[
            "<figure class=plot data-testid=plot data-quantity=",
            testid,
            "><figcaption aria-hidden=true><span>",
            name,
            "</span><strong>",
            &now,
            "</strong><span class=plot-range>",
            &between,
            "</span></figcaption><svg viewBox=\"0 0 ",
            &SAMPLES.to_string(),
            " ",
            &HEIGHT.to_string(),
            "\" preserveAspectRatio=none role=img aria-label=\"",
            name,
            ": ",
            &now,
            " (",
            &between,
            ")\"><path class=plot-marks d=\"",
            &path(across),
            "\" /><path class=plot-band d=\"",
            &band,
            "\" /><path class=plot-line d=\"",
            &line,
            "\" /></svg></figure>",
        ]
        .concat();
    }
    html
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sync::time::LocalTime;

    fn sample(drift_ms: Option<i64>) -> Sample {
        Sample {
            at: LocalTime::ZERO,
            offset: Some(Span::from_millis(70)),
            offset_error: Some(Span::from_millis(2)),
            rtt: Some(Span::from_millis(3)),
            drift: drift_ms.map(Span::from_millis),
            rate: 1.000_012,
        }
    }

    #[test]
    fn a_curve_ends_at_the_right_and_has_a_gap_where_nothing_was_known() {
        let samples = [sample(Some(0)), sample(None), sample(Some(3)), sample(Some(3))];
        let curve = Quantity::Drift.curve(samples.iter());
        assert_eq!(curve.line, "M356 500M358 250L359 250");
        assert_eq!((curve.now.as_str(), curve.between.as_str()), ("3.0 ms", "0.0 ms to 3.0 ms"));
        assert_eq!(curve.marks, [916, 500, 83]);
    }

    #[test]
    fn an_offset_is_told_from_what_it_is_now_with_its_bound_around_it() {
        let mut samples = [sample(None), sample(None)];
        samples[1].offset = Some(Span::from_millis(71));
        let curve = Quantity::Offset.curve(samples.iter());
        assert_eq!((curve.now.as_str(), curve.between.as_str()), ("± 2.0 ms", "-1.0 ms to 0.0 ms"));
        assert!(curve.band.starts_with('M') && curve.band.ends_with('Z'));
    }

    #[test]
    fn nothing_known_is_nothing_drawn() {
        assert!(Quantity::Drift.curve([sample(None)].iter()).line.is_empty());
        assert!(Quantity::Rate.curve([].iter()).line.is_empty());
        assert_eq!(Quantity::Rate.curve([sample(None)].iter()).now, "12 ppm");
    }
}
