//! What the doctor says: one thing, how good it is, and a way out if it is not; as lines for people or as JSON.

use std::fmt;

use serde::Serialize;

/// How good something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Level {
    /// As it should be.
    Good,
    /// It works, but not as well as it could, or not for long.
    Warning,
    /// It does not work.
    Broken,
}

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Finding {
    /// What it is about.
    pub(crate) area: &'static str,
    /// How good it is.
    pub(crate) level: Level,
    /// What was found.
    pub(crate) says: String,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) way_out: Option<String>,
}

impl Finding {
    /// As it should be.
    pub(crate) fn good(area: &'static str, says: impl Into<String>) -> Self {
        Self { area, level: Level::Good, says: says.into(), way_out: None }
    }

    /// It works, but.
    pub(crate) fn warning(area: &'static str, says: impl Into<String>, way_out: impl Into<String>) -> Self {
        Self { area, level: Level::Warning, says: says.into(), way_out: Some(way_out.into()) }
    }

    /// It does not work.
    pub(crate) fn broken(area: &'static str, says: impl Into<String>, way_out: impl Into<String>) -> Self {
        Self { area, level: Level::Broken, says: says.into(), way_out: Some(way_out.into()) }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mark = match self.level {
            Level::Good => '✓',
            Level::Warning => '!',
            Level::Broken => '✗',
        };
        write!(f, "{mark} {:<9} {}", self.area, self.says)?;
        match &self.way_out {
            Some(way_out) => write!(f, "\n            → {way_out}"),
            None => Ok(()),
        }
    }
}

/// Everything that was found, in the order in which it was looked at.
#[derive(Debug, Serialize)]
pub(crate) struct Diagnosis {
    /// Whether nothing is broken.
    pub(crate) healthy: bool,
    /// What was found.
    pub(crate) findings: Vec<Finding>,
}

impl Diagnosis {
    /// Of these findings.
    pub(crate) fn of(findings: Vec<Finding>) -> Self {
        Self { healthy: findings.iter().all(|finding| finding.level < Level::Broken), findings }
    }

    /// How many findings are of this level.
    pub(crate) fn count(&self, level: Level) -> usize {
        self.findings.iter().filter(|finding| finding.level == level).count()
    }
}

impl fmt::Display for Diagnosis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for finding in &self.findings {
            writeln!(f, "{finding}")?;
        }
        let counted = |count: usize, one: &str, many: &str| match count {
            1 => format!("1 {one}"),
            count => format!("{count} {many}"),
        };
        let broken = counted(self.count(Level::Broken), "thing is broken", "things are broken");
        let warnings = counted(self.count(Level::Warning), "could be better", "could be better");
        write!(f, "\n{broken}, {warnings}.")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_diagnosis_reads_as_lines_and_counts() {
        let diagnosis = Diagnosis::of(vec![
            Finding::good("Site", "complete"),
            Finding::warning("Encoder", "there is none", "install ffmpeg"),
        ]);
        assert!(diagnosis.healthy, "a warning is no illness");
        assert_eq!(
            diagnosis.to_string(),
            "✓ Site      complete\n! Encoder   there is none\n            → install ffmpeg\n\n\
             0 things are broken, 1 could be better."
        );
        let json = serde_json::to_value(&diagnosis).unwrap();
        assert_eq!(json["findings"][1]["wayOut"], "install ffmpeg");
        assert_eq!(json["findings"][0]["level"], "good");
        assert!(!Diagnosis::of(vec![Finding::broken("Port", "taken", "take another")]).healthy);
    }
}
