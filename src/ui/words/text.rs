//! Texts that something goes into. Plain data and one function each, and not a closure for every text, because they
//! are sent to every browser.

use super::super::wording;

/// A text with gaps `{0}`, `{1}`, …: each at least once, in the order that the language wants.
#[derive(Debug)]
pub struct Template<const GAPS: usize>(&'static str);

impl<const GAPS: usize> Template<GAPS> {
    /// Of this text. A wrong gap, or one that is missing, is an error of the compiler, because texts are constants.
    pub const fn new(text: &'static str) -> Self {
        let bytes = text.as_bytes();
        let mut seen = [false; GAPS];
        let mut at = 0;
        while at < bytes.len() {
            if bytes[at] == b'{' {
                assert!(bytes[at + 2] == b'}', "a gap is one digit in braces");
                let gap = bytes[at + 1].wrapping_sub(b'0') as usize;
                assert!(gap < GAPS, "there is nothing for this gap");
                seen[gap] = true;
                at += 2;
            }
            at += 1;
        }
        let mut gap = 0;
        while gap < GAPS {
            assert!(seen[gap], "a gap is missing");
            gap += 1;
        }
        Self(text)
    }

    /// With this in its gaps.
    pub fn fill(&self, parts: [&str; GAPS]) -> String {
        fill(self.0, &parts)
    }
}

fn fill(text: &str, parts: &[&str]) -> String {
    let mut filled = String::with_capacity(text.len() + parts.iter().map(|part| part.len()).sum::<usize>());
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once('{') {
        filled.push_str(before);
        let (gap, after) = behind.split_once('}').unwrap_or_default();
        let gap = gap.bytes().next().map_or(usize::MAX, |digit| usize::from(digit.wrapping_sub(b'0')));
        filled.push_str(parts.get(gap).copied().unwrap_or_default());
        rest = after;
    }
    filled.push_str(rest);
    filled
}

/// What is counted: behind a one, and behind any other number. Both languages have these two forms.
#[derive(Debug)]
pub struct Plural(pub &'static str, pub &'static str);

impl Plural {
    /// `1 track`, `1,200 tracks`.
    pub fn of(&self, number: u64) -> String {
        let Self(one, many) = self;
        wording::counted(number, one, many)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gaps_are_filled_in_the_order_of_the_language() {
        const SWAPPED: Template<2> = Template::new("{1} von {0}, {1}");
        assert_eq!(SWAPPED.fill(["Ada", "Fähre"]), "Fähre von Ada, Fähre");
    }

    #[test]
    fn what_is_filled_in_is_text_and_no_gap() {
        const NAMED: Template<1> = Template::new("“{0}”");
        assert_eq!(NAMED.fill(["{0} {1} }{"]), "“{0} {1} }{”");
    }

    #[test]
    #[should_panic(expected = "a gap is missing")]
    fn a_gap_that_is_missing_does_not_compile() {
        let _ = Template::<1>::new("nothing");
    }

    #[test]
    #[should_panic(expected = "there is nothing for this gap")]
    fn a_gap_that_nothing_fills_does_not_compile() {
        let _ = Template::<1>::new("{0} {1}");
    }

    #[test]
    fn one_and_many_are_counted() {
        const TRACKS: Plural = Plural("track", "tracks");
        assert_eq!(TRACKS.of(1), "1 track");
        assert_eq!(TRACKS.of(0), "0 tracks");
        assert_eq!(TRACKS.of(1_200), "1,200 tracks");
    }
}
