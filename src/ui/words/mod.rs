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

    /// The compiler does not warn of them, because the catalogue is public for the server.
    #[test]
    fn no_text_is_kept_that_no_page_says() {
        let ui = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/ui");
        let mut pages = String::new();
        let mut folders = vec![ui.clone()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() && !path.ends_with("words") {
                    folders.push(path);
                } else if path.extension().is_some_and(|ending| ending == "rs") {
                    pages += &std::fs::read_to_string(&path).unwrap();
                }
            }
        }
        let said = |name: &str| {
            pages.match_indices(&format!(".{name}")).any(|(at, found)| {
                !pages[at + found.len()..].starts_with(|c: char| c.is_alphanumeric() || c == '_')
            })
        };
        let form = std::fs::read_to_string(ui.join("words/parts.rs")).unwrap();
        let names = form.lines().filter_map(|line| line.trim().strip_prefix("pub ")?.split_once(": "));
        let unsaid: Vec<_> = names.map(|(name, _)| name).filter(|name| !said(name)).collect();
        assert_eq!(unsaid, Vec::<&str>::new());
    }
}
