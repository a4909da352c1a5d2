//! The colour of a page, drawn from the artwork of what plays. The artwork gives hue and chroma alone; how light a
//! thing is, the style sheet says (`tokens.css`), so that text stays readable over any picture, by day and by night.
//!
//! Colours are weighed in `OKLab`, where equal steps look equal: Björn Ottosson, *A perceptual color space for image
//! processing*, 2020.

use leptos::prelude::*;
use leptos::web_sys::HtmlImageElement;

/// Hues are gathered in so many bins before the strongest is taken.
const BINS: usize = 24;
/// Below this a pixel is grey and says nothing of a hue.
const GREY: f64 = 0.025;
/// The page never shouts, whatever the artwork does.
const MOST_CHROMA: f64 = 0.13;
/// A picture of which less than this share has a colour is black and white.
const LEAST_COLOURED: f64 = 0.04;

/// What an artwork gives to the page.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tone {
    /// In degrees, 0 to 360.
    pub hue: f64,
    /// 0 (grey) to [`MOST_CHROMA`].
    pub chroma: f64,
}

impl Tone {
    /// The strongest colour of a picture, given as RGBA bytes; grey when it has none.
    pub fn of_pixels(rgba: &[u8]) -> Self {
        let mut bins = [(0.0, 0.0, 0.0); BINS];
        let mut coloured = 0.0;
        let mut all = 0.0;
        for pixel in rgba.chunks_exact(4).filter(|pixel| pixel[3] > 127) {
            all += 1.0;
            let (light, a, b) = ok_lab(pixel[0], pixel[1], pixel[2]);
            let chroma = a.hypot(b);
            if chroma < GREY {
                continue;
            }
            coloured += 1.0;
            // What is nearly black or white has a hue that nobody sees.
            let weight = chroma * (1.0 - (2.0 * light - 1.0).abs().powi(3));
            let bin = &mut bins[bin_of(b.atan2(a))];
            *bin = (bin.0 + weight, bin.1 + weight * a, bin.2 + weight * b);
        }
        if all == 0.0 || coloured / all < LEAST_COLOURED {
            return Self { hue: 0.0, chroma: 0.0 };
        }
        let around = |at: usize| {
            let near = [at + BINS - 1, at, at + 1].map(|at| bins[at % BINS]);
            near.iter().fold((0.0, 0.0, 0.0), |sum, bin| (sum.0 + bin.0, sum.1 + bin.1, sum.2 + bin.2))
        };
        let strongest = (0..BINS).map(around).fold(
            (0.0, 0.0, 0.0),
            |best: (f64, f64, f64), bin| {
                if bin.0 > best.0 { bin } else { best }
            },
        );
        let (weight, a, b) = strongest;
        if weight <= 0.0 {
            return Self { hue: 0.0, chroma: 0.0 };
        }
        Self {
            hue: b.atan2(a).to_degrees().rem_euclid(360.0),
            chroma: (a.hypot(b) / weight).min(MOST_CHROMA),
        }
    }
}

fn bin_of(angle: f64) -> usize {
    let turn = (angle / std::f64::consts::TAU).rem_euclid(1.0);
    ((turn * BINS as f64) as usize).min(BINS - 1)
}

/// Lightness 0 to 1, and the two axes of colour.
fn ok_lab(red: u8, green: u8, blue: u8) -> (f64, f64, f64) {
    let linear = |byte: u8| {
        let value = f64::from(byte) / 255.0;
        if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    };
    let rgb = [linear(red), linear(green), linear(blue)];
    let cone = |by: [f64; 3]| (by[0] * rgb[0] + by[1] * rgb[1] + by[2] * rgb[2]).cbrt();
    let long = cone([0.412_221_470_8, 0.536_332_536_3, 0.051_445_992_9]);
    let medium = cone([0.211_903_498_2, 0.680_699_545_1, 0.107_396_956_6]);
    let short = cone([0.088_302_461_9, 0.281_718_837_6, 0.629_978_700_5]);
    (
        0.210_454_255_3 * long + 0.793_617_785_0 * medium - 0.004_072_046_8 * short,
        1.977_998_495_1 * long - 2.428_592_205_0 * medium + 0.450_593_709_9 * short,
        0.025_904_037_1 * long + 0.782_771_766_2 * medium - 0.808_675_766_0 * short,
    )
}

/// The tone of the page around a component.
#[derive(Clone, Copy)]
pub struct PageTone(RwSignal<Option<Tone>>);

impl PageTone {
    /// Provides it as context, and paints the page with it as long as it lives.
    pub fn provide() {
        let tone = Self(RwSignal::new(None));
        provide_context(tone);
        Effect::new(move |_| paint(tone.0.get()));
        // In an effect, because the server has no document to clean.
        Effect::new(|_| on_cleanup(|| paint(None)));
    }

    /// That of the page around a component.
    pub fn get() -> Self {
        expect_context()
    }

    /// Takes the tone of a picture that has loaded.
    pub fn draw_from(self, picture: &HtmlImageElement) {
        if let Some(pixels) = pixels_of(picture) {
            self.0.set(Some(Tone::of_pixels(&pixels)));
        }
    }

    /// Takes a tone that no picture gave, or none.
    pub fn take(self, tone: Option<Tone>) {
        self.0.set(tone);
    }
}

#[cfg(feature = "hydrate")]
use crate::client::pixels_of;

/// On the server no picture is seen.
#[cfg(not(feature = "hydrate"))]
fn pixels_of(_: &HtmlImageElement) -> Option<Vec<u8>> {
    None
}

/// Sets the two properties that the style sheet mixes its tones of.
fn paint(tone: Option<Tone>) {
    let Some(root) = document().document_element() else { return };
    let root: leptos::web_sys::HtmlElement = leptos::wasm_bindgen::JsCast::unchecked_into(root);
    let style = root.style();
    // Refused only for a property that does not exist.
    if let Some(Tone { hue, chroma }) = tone {
        let _ = style.set_property("--tone-h", &hue.round().to_string());
        let _ = style.set_property("--tone-c", &((chroma * 1000.0).round() / 1000.0).to_string());
    } else {
        let _ = style.remove_property("--tone-h");
        let _ = style.remove_property("--tone-c");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picture(colours: &[([u8; 3], usize)]) -> Vec<u8> {
        colours.iter().flat_map(|(c, times)| [c[0], c[1], c[2], 255].repeat(*times)).collect()
    }

    #[test]
    fn the_hues_of_the_primaries_are_those_of_oklch() {
        for (rgb, hue) in [([255, 0, 0], 29.2), ([0, 255, 0], 142.5), ([0, 0, 255], 264.1)] {
            let tone = Tone::of_pixels(&picture(&[(rgb, 10)]));
            assert!((tone.hue - hue).abs() < 0.2, "{rgb:?}: {}", tone.hue);
            assert!((tone.chroma - MOST_CHROMA).abs() < 1e-9);
        }
    }

    #[test]
    fn a_strong_colour_wins_over_much_grey() {
        let tone = Tone::of_pixels(&picture(&[([40, 40, 42], 80), ([220, 120, 30], 20)]));
        assert!((40.0..80.0).contains(&tone.hue), "{}", tone.hue);
        assert!(tone.chroma > 0.1);
    }

    #[test]
    fn black_and_white_gives_no_hue() {
        for grey in
            [picture(&[([0, 0, 0], 5), ([255, 255, 255], 5)]), picture(&[([128, 128, 130], 9)]), vec![]]
        {
            assert!(Tone::of_pixels(&grey).chroma < GREY);
        }
    }

    #[test]
    fn what_is_transparent_does_not_count() {
        let mut pixels = picture(&[([0, 0, 255], 10)]);
        for pixel in picture(&[([255, 0, 0], 50)]).chunks_exact(4) {
            pixels.extend([pixel[0], pixel[1], pixel[2], 0]);
        }
        assert!((Tone::of_pixels(&pixels).hue - 264.1).abs() < 0.2);
    }
}
