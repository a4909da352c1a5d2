//! Dates as people and file names write them, in UTC. For manifests and the names of folders.

use crate::sync::time::RoomTime;

const MICROS_OF_DAY: i64 = 86_400_000_000;

/// `2026-11-22T04:11:05Z`.
pub(super) fn text(time: RoomTime) -> String {
    let (year, month, day, hour, minute, second) = parts(time);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

/// `20261122-041105`: sorts by date, and may be in the name of a file everywhere.
pub(super) fn stamp(time: RoomTime) -> String {
    let (year, month, day, hour, minute, second) = parts(time);
    format!("{year:04}{month:02}{day:02}-{hour:02}{minute:02}{second:02}")
}

/// The date by Howard Hinnant's `civil_from_days` (<https://howardhinnant.github.io/date_algorithms.html>): years begin
/// in March, so that the day that comes every four years is the last.
fn parts(time: RoomTime) -> (i64, i64, i64, i64, i64, i64) {
    let days = time.micros().div_euclid(MICROS_OF_DAY) + 719_468;
    let seconds = time.micros().rem_euclid(MICROS_OF_DAY) / 1_000_000;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month, day, seconds / 3_600, seconds / 60 % 60, seconds % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_those_of_the_calendar() {
        for (seconds, wanted) in [
            (0, "1970-01-01T00:00:00Z"),
            (951_782_400, "2000-02-29T00:00:00Z"),
            (1_709_251_199, "2024-02-29T23:59:59Z"),
            (1_795_320_665, "2026-11-22T04:11:05Z"),
            (4_107_542_400, "2100-03-01T00:00:00Z"),
            (-1, "1969-12-31T23:59:59Z"),
        ] {
            assert_eq!(text(RoomTime::from_micros(seconds * 1_000_000)), wanted);
        }
        assert_eq!(stamp(RoomTime::from_micros(1_795_320_665_999_999)), "20261122-041105");
    }
}
