//! All that the pages say, in each language that they speak. A component asks [`words`] for its part:
//! `words().queue.title`. A new text is a field in [`parts`] and a line in each language; one that is missing does
//! not compile. What goes into a text is filled in by [`Template::fill`], what is counted by [`Plural::of`].

mod english;
mod german;
mod language;
mod parts;
mod text;

pub use language::Language;
pub use parts::{Ending, Words};
pub use text::{Plural, Template};

/// The texts in the language of this page: on the server that of the request's context, in the browser that of the
/// document, so that both draw the same. To be asked for in a component or in what it draws; on the server, what runs
/// outside of a request gets the default.
pub fn words() -> &'static Words {
    Language::of_page().words()
}

impl Language {
    /// All texts in this language.
    pub const fn words(self) -> &'static Words {
        match self {
            Self::English => &english::ENGLISH,
            Self::German => &german::GERMAN,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_speaks_itself() {
        for language in Language::ALL {
            assert_eq!(language.words().language, language);
        }
    }
}
