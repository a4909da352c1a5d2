//! The outcome of a trial as a table for people.

use std::fmt;

use super::statistics::Distribution;
use super::trial::{COUNTED_FROM, Outcome, STEADY_FROM};
use crate::sync::time::Span;

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let trial = &self.trial;
        let names: Vec<&str> = trial.links.iter().map(|(name, _)| name.as_str()).collect();
        let engines: Vec<String> = trial.engines.iter().map(|engine| format!("{engine:?}")).collect();
        writeln!(
            f,
            "{}: {} listeners, {}, {} min of music, seed {}",
            names.join(" + "),
            trial.listeners,
            engines.join(" + "),
            round(trial.length.as_secs() / 60.0),
            trial.seed
        )?;
        writeln!(f)?;
        writeln!(f, "{:<44}{:>8}{:>8}{:>8}{:>9}", "ms", "median", "p95", "p99", "max")?;
        row(f, "any two apart, as heard", &self.apart)?;
        row(f, "a listener off the timeline, as heard", &self.off)?;
        row(f, "a listener's clock off", &self.clock)?;
        writeln!(f)?;
        writeln!(f, "All moments from {} s on.", round(COUNTED_FROM.as_secs()))?;
        let bias = self.bias();
        if bias != Span::ZERO {
            writeln!(
                f,
                "Half the asymmetry, {} ms, is part of what a listener is off, and not of its clock's figures.",
                round(bias.as_ms())
            )?;
        }
        if self.silent > 0.0 {
            writeln!(f, "Without sound: {:.3} % of the time.", self.silent * 100.0)?;
        }
        writeln!(
            f,
            "Per listener and hour, from {} s on: {:.1} rate writes, {:.1} seeks, {:.1} waits for data.",
            round(STEADY_FROM.min(trial.length / 2).as_secs()),
            self.per_hour(self.touches.rates),
            self.per_hour(self.touches.seeks),
            self.per_hour(self.touches.stalls)
        )?;
        writeln!(f)?;
        writeln!(
            f,
            "{:<11}{:>6}{:>19}{:>19}{:>26}",
            "after a", "times", "all ≤ 5 ms after s", "all ≤ 2 ms after s", "two apart, p95 ms"
        )?;
        writeln!(
            f,
            "{:<17}{:>9}{:>10}{:>9}{:>10}{:>14}{:>12}",
            "", "median", "slowest", "median", "slowest", "1.5 to 4 s", "4 to 20 s"
        )?;
        for after in &self.aftermaths {
            let (five, two) = (&after.within_5_ms, &after.within_2_ms);
            writeln!(
                f,
                "{:<11}{:>6}{:>9}{:>10}{:>9}{:>10}{:>14.2}{:>12.2}",
                after.action.name(),
                five.len(),
                secs(five.get(five.len() / 2)),
                secs(five.last()),
                secs(two.get(two.len() / 2)),
                secs(two.last()),
                after.soon.quantile(0.95),
                after.later.quantile(0.95)
            )?;
        }
        Ok(())
    }
}

fn row(f: &mut fmt::Formatter<'_>, what: &str, of: &Distribution) -> fmt::Result {
    let [median, p95, p99] = [0.5, 0.95, 0.99].map(|share| of.quantile(share));
    writeln!(f, "{what:<44}{median:>8.2}{p95:>8.2}{p99:>8.2}{:>9.2}", of.most())
}

fn secs(after: Option<&Option<Span>>) -> String {
    after.copied().flatten().map_or_else(|| "–".to_owned(), |after| format!("{:.2}", after.as_secs()))
}

/// Without a fraction that says nothing.
fn round(number: f64) -> String {
    format!("{number:.1}").trim_end_matches(".0").to_owned()
}
