//! Network profiles: the one table of thresholds that depend on the network (manual/protocol.md).

use serde::{Deserialize, Serialize};

use super::time::Span;

/// A kind of network.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Profile {
    /// RTT below 50 ms.
    Lan,
    /// RTT of 50 to 200 ms.
    #[default]
    Normal,
    /// RTT over 200 ms.
    Wan,
    /// High jitter, or chosen by hand.
    Mobile,
}

/// The thresholds of a profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Thresholds {
    /// How far ahead a start is announced while nothing is learned yet.
    pub lead: Span,
    /// The range in which the lead is learned.
    pub lead_range: (Span, Span),
    /// Samples with a longer round trip are refused.
    pub rtt_gate: Span,
    /// The time between bursts of pings once the clock is known well.
    pub steady_ping: Span,
    /// How long a start waits for the element's metadata before it reports.
    pub metadata_wait: Span,
    /// Beyond this error one seek is better than bending the rate.
    pub seek_beyond: Span,
}

/// Jitter beyond this share of a typical phone network's makes a member `mobile`.
const MOBILE_JITTER: Span = Span::from_millis(60);

impl Profile {
    /// All there are.
    pub const ALL: [Self; 4] = [Self::Lan, Self::Normal, Self::Wan, Self::Mobile];

    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Lan => "lan",
            Self::Normal => "normal",
            Self::Wan => "wan",
            Self::Mobile => "mobile",
        }
    }

    /// The row of the table.
    pub const fn thresholds(self) -> Thresholds {
        const fn row(
            lead: i64,
            range: (i64, i64),
            gate: i64,
            ping: i64,
            metadata: i64,
            seek: i64,
        ) -> Thresholds {
            Thresholds {
                lead: Span::from_millis(lead),
                lead_range: (Span::from_millis(range.0), Span::from_millis(range.1)),
                rtt_gate: Span::from_millis(gate),
                steady_ping: Span::from_secs(ping),
                metadata_wait: Span::from_secs(metadata),
                seek_beyond: Span::from_millis(seek),
            }
        }
        match self {
            Self::Lan => row(800, (300, 1000), 800, 30, 4, 80),
            Self::Normal => row(1200, (600, 1500), 800, 30, 4, 100),
            Self::Wan => row(1500, (800, 2000), 1200, 30, 6, 150),
            Self::Mobile => row(1500, (800, 2000), 1200, 15, 3, 150),
        }
    }

    /// The profile of a measured network; with nothing measured, `normal`.
    pub fn measured(rtt: Option<Span>, jitter: Span) -> Self {
        match rtt {
            None => Self::Normal,
            Some(_) if jitter > MOBILE_JITTER => Self::Mobile,
            Some(rtt) if rtt < Span::from_millis(50) => Self::Lan,
            Some(rtt) if rtt <= Span::from_millis(200) => Self::Normal,
            Some(_) => Self::Wan,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_finds_its_profile() {
        let quiet = Span::from_millis(2);
        for (rtt, profile) in
            [(3, Profile::Lan), (50, Profile::Normal), (200, Profile::Normal), (201, Profile::Wan)]
        {
            assert_eq!(Profile::measured(Some(Span::from_millis(rtt)), quiet), profile, "{rtt} ms");
        }
        assert_eq!(Profile::measured(None, quiet), Profile::Normal);
        assert_eq!(Profile::measured(Some(Span::from_millis(80)), Span::from_millis(90)), Profile::Mobile);
    }

    #[test]
    fn every_lead_lies_in_its_range() {
        for profile in [Profile::Lan, Profile::Normal, Profile::Wan, Profile::Mobile] {
            let row = profile.thresholds();
            assert!(row.lead_range.0 <= row.lead && row.lead <= row.lead_range.1, "{profile:?}");
        }
    }
}
