//! Which languages the pages speak, and which of them a browser wants.

/// A language that the pages speak.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    /// The default.
    #[default]
    English,
    /// Deutsch.
    German,
}

impl Language {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::English, Self::German];

    /// Its tag (BCP 47), as the document carries it.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::German => "de",
        }
    }

    /// The language of a tag. A more special tag falls back to its first part (lookup, RFC 4647 §3.4): `de-AT` is
    /// German. `None` for what is not spoken.
    pub fn of_tag(tag: &str) -> Option<Self> {
        let first = tag.split('-').next().unwrap_or_default().trim();
        Self::ALL.into_iter().find(|language| language.tag().eq_ignore_ascii_case(first))
    }

    /// What a browser likes best of what is spoken, by its `Accept-Language` (RFC 9110 §12.5.4); the default when it
    /// likes none, or says nothing.
    pub fn negotiate(accept_language: &str) -> Self {
        let mut best = (0, Self::default());
        for range in accept_language.split(',') {
            let (tag, quality) = weighed(range);
            let language = if tag == "*" { Some(Self::default()) } else { Self::of_tag(tag) };
            // Of equals the first, because browsers write what they like best first.
            if let Some(language) = language
                && quality > best.0
            {
                best = (quality, language);
            }
        }
        best.1
    }

    /// The language of the page that is drawn.
    #[cfg(not(feature = "hydrate"))]
    pub(super) fn of_page() -> Self {
        leptos::prelude::use_context().unwrap_or_default()
    }

    /// The language of the page that is drawn.
    #[cfg(feature = "hydrate")]
    pub(super) fn of_page() -> Self {
        thread_local! {
            static OF_DOCUMENT: Language = leptos::prelude::document()
                .document_element()
                .and_then(|root| root.get_attribute("lang"))
                .and_then(|tag| Language::of_tag(&tag))
                .unwrap_or_default();
        }
        OF_DOCUMENT.with(|language| *language)
    }
}

/// A language range and its weight in thousandths; a weight that does not read counts as none.
fn weighed(range: &str) -> (&str, u32) {
    let mut parts = range.split(';').map(str::trim);
    let tag = parts.next().unwrap_or_default();
    let weight = parts.find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")));
    let quality = weight.map_or(1.0, |weight| weight.parse::<f32>().unwrap_or(0.0));
    let thousandths = (quality.clamp(0.0, 1.0) * 1000.0) as u32;
    (tag, thousandths)
}

#[cfg(test)]
mod tests {
    use super::Language::{English, German};
    use super::*;

    #[test]
    fn a_browser_gets_the_language_that_it_likes_best() {
        for (header, language) in [
            ("", English),
            ("de", German),
            ("de-DE,de;q=0.9,en;q=0.8", German),
            ("en-GB,en;q=0.9,de;q=0.8", English),
            ("fr-FR, fr;q=0.9, de;q=0.5, en;q=0.4", German),
            ("fr, ja", English),
            ("DE-at", German),
            ("en;q=0.2, de;q=0.3", German),
            ("de;q=0.5, en;q=0.5", German),
            ("en;q=0.5, de;q=0.5", English),
            ("de ; q=0.7 , en ; q=0.1", German),
        ] {
            assert_eq!(Language::negotiate(header), language, "{header}");
        }
    }

    #[test]
    fn what_a_browser_refuses_it_does_not_get() {
        assert_eq!(Language::negotiate("de;q=0, en"), English);
        assert_eq!(Language::negotiate("de;q=0"), English);
        assert_eq!(Language::negotiate("*;q=0.1, de;q=0.2"), German);
    }

    #[test]
    fn nonsense_is_the_default() {
        for header in [";;;", "q=1", "de;q=much", ",,,", "deutsch", "de;q=-1", "*"] {
            assert_eq!(Language::negotiate(header), English, "{header}");
        }
    }

    #[test]
    fn a_tag_reads_back() {
        for language in Language::ALL {
            assert_eq!(Language::of_tag(language.tag()), Some(language));
        }
    }
}
