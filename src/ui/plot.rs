//! Curves as paths of SVG: whole numbers in a box that is stretched to where it stands. Drawn by the panel of
//! diagnostics and beside the members of a room.

use std::fmt::Write as _;

/// The height of the box; its width is the drawer's.
pub const HEIGHT: i64 = 1_000;

/// What a box holds from bottom to top, in whatever unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Range {
    least: i64,
    most: i64,
}

impl Range {
    /// From one value to another.
    pub const fn of((least, most): (i64, i64)) -> Self {
        Self { least, most }
    }

    /// Wide enough for a value, too.
    #[must_use]
    pub fn with(self, value: i64) -> Self {
        Self { least: self.least.min(value), most: self.most.max(value) }
    }

    /// How far below the top a value is, in units of the box.
    pub fn height_of(self, value: i64) -> i64 {
        let span = (self.most - self.least).max(1);
        (self.most - value.clamp(self.least, self.most)).saturating_mul(HEIGHT) / span
    }
}

/// A line through points from left to right, with a gap where there is none.
pub fn path(points: impl Iterator<Item = (i64, Option<i64>)>) -> String {
    let mut drawn = String::new();
    let mut pen = 'M';
    for (x, y) in points {
        match y {
            Some(y) => {
                // Writing into a string does not fail.
                let _ = write!(drawn, "{pen}{x} {y}");
                pen = 'L';
            }
            None => pen = 'M',
        }
    }
    drawn
}

/// An area around points.
pub fn closed(points: impl Iterator<Item = (i64, Option<i64>)>) -> String {
    let mut drawn = path(points);
    if !drawn.is_empty() {
        drawn.push('Z');
    }
    drawn
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_more_stands_higher_and_nothing_leaves_the_box() {
        let range = Range::of((-10, 10)).with(30);
        assert_eq!((range.height_of(30), range.height_of(-10), range.height_of(10)), (0, HEIGHT, 500));
        assert_eq!((range.height_of(99), range.height_of(-99)), (0, HEIGHT));
        assert!((0..=HEIGHT).contains(&Range::of((5, 5)).height_of(5)));
    }

    #[test]
    fn a_path_begins_anew_behind_a_gap() {
        let points = [(0, Some(1)), (1, Some(2)), (2, None), (3, Some(4))];
        assert_eq!(path(points.into_iter()), "M0 1L1 2M3 4");
        assert_eq!(closed(points.into_iter().take(2)), "M0 1L1 2Z");
        assert_eq!(closed(std::iter::empty()), "");
    }
}
