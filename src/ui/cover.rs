//! A track's artwork. Beneath it, and instead of it where there is none, a drawing by style sheet: rings that
//! spread from one point, in a tint and a figure that the track's id chooses, so that a track keeps its face.

use leptos::prelude::*;

use crate::protocol::TrackId;

const TINTS: u32 = 8;
const FIGURES: u32 = 4;

/// FNV-1a, 32 bits: the same face in every browser and on the server.
pub fn face(of: &str) -> u32 {
    of.bytes().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

/// Pixels of a side that a small picture is asked for in: a row's 3 rem on a screen of twice the density.
const SMALL: u32 = 96;

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
                            src=if large { url } else { small(&url) }
                            alt=""
                            width="640"
                            height="640"
                            decoding="async"
                            loading=if large { "eager" } else { "lazy" }
                            class:broken=move || broken.get()
                            on:error=move |_| broken.set(true)
                        />
                    }
                })}
        </span>
    }
    .into_any()
}

/// The address of a small picture.
fn small(url: &str) -> String {
    let sign = if url.contains('?') { '&' } else { '?' };
    format!("{url}{sign}size={SMALL}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_size_is_added_to_what_an_address_says_already() {
        assert_eq!(small("/api/tracks/a/artwork"), "/api/tracks/a/artwork?size=96");
        assert_eq!(small("/api/tracks/a/artwork?v=1"), "/api/tracks/a/artwork?v=1&size=96");
    }
}
