//! The outcome of a trial as a drawing (SVG): how far each listener's sound was from the timeline, and how wrong its
//! clock was, over time.

use std::fmt::Write;

use super::statistics::Distribution;
use super::trial::{COUNTED_FROM, Curve, Outcome, STRETCHES};
use crate::sync::time::Span;

/// The whole drawing, and where lines may be, in px: one for each stretch of a trace.
const WIDTH: f64 = 1_200.0;
const HEIGHT: f64 = 680.0;
const LEFT: f64 = 70.0;
const RIGHT: f64 = LEFT + STRETCHES as f64;
/// Top and bottom of the two parts.
const SOUND: (f64, f64) = (70.0, 370.0);
const CLOCK: (f64, f64) = (430.0, 610.0);
/// One for each listener, in turn; told apart by people who see colours differently (Okabe and Ito 2008).
const COLOURS: [&str; 8] =
    ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#7f3c8d", "#555555"];
/// More names than this do not fit.
const NAMED: usize = 16;

/// Draws an outcome as one SVG document.
pub fn svg(outcome: &Outcome) -> String {
    let sounds: Vec<_> = outcome.traces.iter().map(|trace| &trace.sound).collect();
    let clocks: Vec<_> = outcome.traces.iter().map(|trace| &trace.clock).collect();
    let parts = [
        Part { title: "sound − timeline, ms", area: SOUND, reach: reach(outcome, &sounds), curves: sounds },
        Part { title: "clock − truth, ms", area: CLOCK, reach: reach(outcome, &clocks), curves: clocks },
    ];
    let mut out = String::new();
    // Writing to a string does not fail.
    let _ = draw(&mut out, outcome, &parts);
    out
}

/// One of the parts of the drawing.
struct Part<'a> {
    title: &'static str,
    /// Top and bottom.
    area: (f64, f64),
    /// What its top stands for, in ms.
    reach: f64,
    curves: Vec<&'a Curve>,
}

/// As much as shows the music between start and actions; what is farther is at the edge.
fn reach(outcome: &Outcome, curves: &[&Curve]) -> f64 {
    let stretch = |at: Span| (at.as_secs() / outcome.trial.whole().as_secs() * STRETCHES as f64) as usize;
    let (from, until) = (stretch(COUNTED_FROM) + 1, stretch(outcome.trial.length));
    let mut all = Distribution::default();
    for curve in curves {
        for (least, most) in curve.0.iter().take(until).skip(from).flatten() {
            all.add(least.abs().max(*most));
        }
    }
    nice(all.quantile(0.99) * 1.25)
}

/// 1, 2 or 5 times a power of ten, not below this.
fn nice(ms: f64) -> f64 {
    let power = 10f64.powf(ms.max(0.1).log10().floor());
    [1.0, 2.0, 5.0, 10.0].map(|step| step * power).into_iter().find(|step| *step >= ms).unwrap_or(power)
}

fn draw(out: &mut String, outcome: &Outcome, parts: &[Part<'_>]) -> std::fmt::Result {
    let trial = &outcome.trial;
    let names: Vec<&str> = trial.links.iter().map(|(name, _)| name.as_str()).collect();
    writeln!(
        out,
        r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" font-family="sans-serif" font-size="13" fill="#222">
<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>
<text x="{LEFT}" y="28" font-size="17">{}, {} listeners, seed {}: two apart {:.2} ms in the median, p95 {:.2}, p99 {:.2}, max {:.2}</text>"##,
        names.join(" + "),
        trial.listeners,
        trial.seed,
        outcome.apart.quantile(0.5),
        outcome.apart.quantile(0.95),
        outcome.apart.quantile(0.99),
        outcome.apart.most(),
    )?;
    for part in parts {
        draw_part(out, part)?;
    }
    let minutes = trial.whole().as_secs() / 60.0;
    let x = |minute: f64| LEFT + (RIGHT - LEFT) * minute / minutes;
    for (at, action) in &outcome.actions {
        let x = x(at.as_secs() / 60.0);
        let (top, bottom) = (SOUND.0, CLOCK.1);
        writeln!(
            out,
            r##"<path d="M{x:.1} {top}V{bottom}" stroke="#999" stroke-dasharray="2 4"><title>{}</title></path>"##,
            action.name()
        )?;
    }
    if let Some((at, _)) = outcome.actions.first() {
        let (x, y) = (x(at.as_secs() / 60.0) - 6.0, SOUND.0 - 8.0);
        writeln!(
            out,
            r#"<text x="{x:.1}" y="{y}" text-anchor="end">from here on: start, seek, resume, late join, in turn →</text>"#
        )?;
    }
    let step = nice(minutes / 12.0);
    let mut minute = 0.0;
    while minute <= minutes {
        writeln!(
            out,
            r#"<text x="{:.1}" y="{}" text-anchor="middle">{minute} min</text>"#,
            x(minute),
            CLOCK.1 + 20.0
        )?;
        minute += step;
    }
    for number in 0..outcome.traces.len().min(NAMED) {
        let (x, y) = (LEFT + (number % NAMED) as f64 * 68.0, HEIGHT - 18.0);
        let (colour, host) = (COLOURS[number % COLOURS.len()], if number == 0 { " host" } else { "" });
        writeln!(
            out,
            r#"<path d="M{x} {}h14" stroke="{colour}" stroke-width="3"/><text x="{}" y="{y}">{}{host}</text>"#,
            y - 4.0,
            x + 18.0,
            number + 1
        )?;
    }
    writeln!(out, "</svg>")
}

fn draw_part(out: &mut String, part: &Part<'_>) -> std::fmt::Result {
    let ((top, bottom), reach) = (part.area, part.reach);
    let middle = f64::midpoint(top, bottom);
    let y = |ms: f64| middle - (ms / reach).clamp(-1.0, 1.0) * (bottom - top) / 2.0;
    writeln!(out, r#"<text x="{LEFT}" y="{}" font-size="14">{}</text>"#, top - 8.0, part.title)?;
    for share in [-1.0, -0.5, 0.0, 0.5, 1.0] {
        let (ms, y) = (share * reach, y(share * reach));
        let colour = if share == 0.0 { "#888" } else { "#ddd" };
        writeln!(
            out,
            r#"<path d="M{LEFT} {y:.1}H{RIGHT}" stroke="{colour}"/><text x="{}" y="{:.1}" text-anchor="end">{ms}</text>"#,
            LEFT - 8.0,
            y + 4.0
        )?;
    }
    for (number, curve) in part.curves.iter().enumerate() {
        let mut path = String::new();
        let mut pen_down = false;
        for (stretch, value) in curve.0.iter().enumerate() {
            let Some((least, most)) = *value else {
                pen_down = false;
                continue;
            };
            let (low, high) = (y(least), y(most));
            write!(path, "{}{:.0} {high:.1}", if pen_down { 'L' } else { 'M' }, LEFT + stretch as f64)?;
            if low - high >= 0.1 {
                write!(path, "V{low:.1}")?;
            }
            pen_down = true;
        }
        let colour = COLOURS[number % COLOURS.len()];
        writeln!(
            out,
            r#"<path d="{path}" fill="none" stroke="{colour}" stroke-width="1.2" stroke-linejoin="round" opacity="0.85"/>"#
        )?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_axis_ends_at_a_round_number() {
        for (ms, end) in [(0.0, 0.1), (0.13, 0.2), (0.9, 1.0), (4.2, 5.0), (51.0, 100.0)] {
            assert!((nice(ms) - end).abs() < 1e-9, "{ms}: {}", nice(ms));
        }
    }
}
