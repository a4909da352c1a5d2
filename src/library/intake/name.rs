//! The name under which an addition lies on the disk: what its sender called it, without anything that could lead out
//! of the folder, hide it, or make it another kind of file.

use std::path::Path;

use super::super::walk::promises_audio;

/// Bytes of a name without its ending: file systems take 255, and `" (9999)"` and the ending come behind it.
const STEM_BYTES: usize = 200;

/// When nothing is left of a name.
const NAMELESS: &str = "Untitled";

/// The part before the ending. The ending is taken off only if it promises audio: it is the content that says which
/// one belongs there.
pub(super) fn stem(given: &str) -> String {
    let last = given.rsplit(['/', '\\']).next().unwrap_or_default();
    let plain: String = last.chars().filter(|c| !c.is_control() && !is_invisible(*c)).collect();
    let plain = plain.trim().trim_start_matches('.');
    let bare = match plain.rsplit_once('.') {
        Some((bare, _)) if promises_audio(Path::new(plain)) => bare,
        _ => plain,
    };
    let mut end = bare.len().min(STEM_BYTES);
    while !bare.is_char_boundary(end) {
        end -= 1;
    }
    match bare[..end].trim_matches([' ', '.']) {
        "" => NAMELESS.to_owned(),
        stem => stem.to_owned(),
    }
}

/// Marks that turn the direction of writing or take no room: with them, a name looks like another.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// The ending that belongs to a type of content; for a type that is not named here, the given one if it promises
/// audio.
pub(super) fn ending(mime: &str, given: &str) -> Option<String> {
    let fixed = match mime.split(';').next().unwrap_or_default().trim() {
        "audio/mpeg" => "mp3",
        "audio/flac" => "flac",
        "audio/wav" => "wav",
        "audio/aac" => "aac",
        "audio/mp4" => "m4a",
        "audio/ogg" if mime.contains("opus") => "opus",
        "audio/ogg" if mime.contains("speex") => "spx",
        "audio/ogg" => "ogg",
        "audio/aiff" | "audio/x-aiff" => "aiff",
        _ => {
            let ending = Path::new(given).extension()?.to_str()?;
            return promises_audio(Path::new(given)).then(|| ending.to_ascii_lowercase());
        }
    };
    Some(fixed.to_owned())
}

/// The file's name, the `n`th of this kind; from the second on with a number.
pub(super) fn numbered(stem: &str, ending: Option<&str>, n: u32) -> String {
    let number = if n > 1 { format!(" ({n})") } else { String::new() };
    match ending {
        Some(ending) => format!("{stem}{number}.{ending}"),
        None => format!("{stem}{number}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_keeps_what_it_says_and_loses_what_leads_elsewhere() {
        for (given, kept) in [
            ("Harbour Lights.flac", "Harbour Lights"),
            ("01 Mr. Blue.MP3", "01 Mr. Blue"),
            ("Mr. Blue", "Mr. Blue"),
            ("Ünï “code” & 100% #1?.flac", "Ünï “code” & 100% #1?"),
            ("../../etc/passwd", "passwd"),
            ("..\\..\\boot.ini", "boot.ini"),
            ("/abs/olute.wav", "olute"),
            ("..", "Untitled"),
            ("", "Untitled"),
            (".mp3", "mp3"),
            (".part-7.mp3", "part-7"),
            ("a\0b\nc\u{202e}3pm.exe", "abc3pm.exe"),
            ("shell.php", "shell.php"),
            ("  spaces . .wav", "spaces"),
        ] {
            assert_eq!(stem(given), kept, "{given:?}");
        }
    }

    #[test]
    fn a_name_of_any_length_fits_into_a_file_system() {
        for letter in ["x", "ü", "音", "🎵"] {
            let stem = stem(&letter.repeat(1_000));
            assert!(numbered(&stem, Some("flac"), 9_999).len() <= 255);
            assert!(stem.len() > STEM_BYTES - 4 && stem.chars().all(|c| c.to_string() == letter));
        }
    }

    #[test]
    fn the_content_says_the_ending() {
        for (mime, given, kept) in [
            ("audio/mpeg", "a.flac", Some("mp3")),
            (r#"audio/ogg; codecs="opus""#, "a.ogg", Some("opus")),
            (r#"audio/ogg; codecs="vorbis""#, "a.php", Some("ogg")),
            (r#"audio/mp4; codecs="alac""#, "a", Some("m4a")),
            ("audio/x-ape", "a.APE", Some("ape")),
            ("audio/x-ape", "a.php", None),
        ] {
            assert_eq!(ending(mime, given).as_deref(), kept, "{mime} {given}");
        }
        assert_eq!(numbered("a", Some("mp3"), 1), "a.mp3");
        assert_eq!(numbered("a", Some("mp3"), 2), "a (2).mp3");
    }
}
