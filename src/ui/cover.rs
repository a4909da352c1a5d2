//! A track's artwork. Beneath it, and instead of it where there is none, a drawing by style sheet: rings that
//! spread from one point, in a tint and a figure that the track's id chooses, so that a track keeps its face.

use leptos::html::Img;
use leptos::prelude::*;

use super::tone::{PageTone, Tone};
use crate::protocol::TrackId;
use crate::protocol::snapshot::sized_artwork;

const TINTS: u32 = 8;
const FIGURES: u32 = 4;

/// FNV-1a, 32 bits: the same face in every browser and on the server.
pub fn face(of: &str) -> u32 {
    of.bytes().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

/// The tone of a page whose track has no artwork: that of its drawing, as in `cover.css`.
fn tone_of_tint(face: u32) -> Tone {
    /// Hues in degrees, one for each tint.
    const HUES: [u16; TINTS as usize] = [34, 258, 160, 343, 75, 207, 290, 60];
    Tone { hue: f64::from(HUES[(face % TINTS) as usize]), chroma: 0.07 }
}

/// The sides in pixels that a row's picture is offered in, and those of the large one; the server makes these.
const OF_A_ROW: [u32; 2] = [96, 320];
const LARGE: [u32; 3] = [320, 640, 1024];

/// All sizes, for the browser to choose from.
fn source_set(url: &str, sizes: &[u32]) -> String {
    let sources: Vec<String> =
        sizes.iter().map(|size| format!("{} {size}w", sized_artwork(url, *size))).collect();
    sources.join(", ")
}

/// The artwork of a track; decoration, its title stands beside it.
#[component]
pub fn Cover(
    /// Chooses the drawing; `None` when nothing is loaded.
    track_id: Option<TrackId>,
    /// Where the artwork is.
    artwork_url: Option<String>,
    /// Whether it is the large one, which is wanted at once.
    #[prop(optional)]
    large: bool,
) -> impl IntoView {
    view! { <CoverArt face_of=track_id.map(|id| id.to_string()) artwork_url large /> }
}

/// The same for anything that has a name.
#[component]
pub fn CoverArt(
    /// Chooses the drawing; nothing when nothing is loaded.
    #[prop(into)]
    face_of: Option<String>,
    /// Where the artwork is.
    artwork_url: Option<String>,
    /// Whether it is the large one, which is wanted at once.
    #[prop(optional)]
    large: bool,
) -> impl IntoView {
    let face = face_of.as_deref().map(face);
    let broken = RwSignal::new(false);
    let picture = NodeRef::<Img>::new();
    let tone = large.then(PageTone::get);
    if let Some(tone) = tone {
        // A picture may have loaded before the page was taken over, and then says so no more.
        Effect::new(move |_| match picture.get() {
            Some(picture) => tone.draw_from(&picture),
            None => tone.take(face.map(tone_of_tint)),
        });
    }
    let loaded = move |_| {
        if let (Some(tone), Some(picture)) = (tone, picture.get_untracked()) {
            tone.draw_from(&picture);
        }
    };
    view! {
        <span
            class="cover"
            class:cover-empty=face.is_none()
            data-tint=face.map(|face| (face % TINTS).to_string())
            data-figure=face.map(|face| (face / TINTS % FIGURES).to_string())
        >
            {artwork_url
                .map(|url| {
                    view! {
                        <img
                            srcset=source_set(&url, if large { &LARGE } else { &OF_A_ROW })
                            sizes=if large { "(min-width: 40rem) 24rem, 90vw" } else { "3.5rem" }
                            src=sized_artwork(&url, if large { 640 } else { 96 })
                            alt=""
                            width="640"
                            height="640"
                            decoding="async"
                            loading=if large { "eager" } else { "lazy" }
                            node_ref=picture
                            class:broken=move || broken.get()
                            on:load=loaded
                            on:error=move |_| broken.set(true)
                        />
                    }
                })}
        </span>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_is_asked_for_in_the_size_that_it_is_shown_in() {
        assert_eq!(sized_artwork("/a", 96), "/a?size=96");
        assert_eq!(sized_artwork("/a?v=1", 96), "/a?v=1&size=96");
        assert_eq!(source_set("/a", &OF_A_ROW), "/a?size=96 96w, /a?size=320 320w");
    }
}
