//! The pixels of a picture that the page shows, made small: for the page's colours (`ui::tone`). By way of a canvas,
//! whose 2d context `web-sys` has behind features that nothing else needs, so it is reached by name.

use js_sys::{Array, Function, Reflect, Uint8ClampedArray};
use wasm_bindgen::{JsCast as _, JsValue};
use web_sys::{HtmlCanvasElement, HtmlImageElement};

/// Pixels on each side; enough to tell which colour is much of a picture.
const SIDE: u32 = 24;

/// A picture in 24 × 24 pixels, four bytes each: red, green, blue, opacity. `None` when it has not loaded, or when the
/// browser keeps its pixels to itself.
pub fn pixels_of(picture: &HtmlImageElement) -> Option<Vec<u8>> {
    if !picture.complete() || picture.natural_width() == 0 {
        return None;
    }
    let canvas: HtmlCanvasElement =
        web_sys::window()?.document()?.create_element("canvas").ok()?.dyn_into().ok()?;
    canvas.set_width(SIDE);
    canvas.set_height(SIDE);
    let context: JsValue = canvas.get_context("2d").ok()??.into();
    let (zero, side) = (JsValue::from(0), JsValue::from(SIDE));
    call(&context, "drawImage", &[picture.as_ref(), &zero, &zero, &side, &side])?;
    let data = call(&context, "getImageData", &[&zero, &zero, &side, &side])?;
    let bytes: Uint8ClampedArray = Reflect::get(&data, &JsValue::from_str("data")).ok()?.dyn_into().ok()?;
    Some(bytes.to_vec())
}

fn call(of: &JsValue, method: &str, arguments: &[&JsValue]) -> Option<JsValue> {
    let method: Function = Reflect::get(of, &JsValue::from_str(method)).ok()?.dyn_into().ok()?;
    let list = Array::new();
    for argument in arguments {
        list.push(argument);
    }
    method.apply(of, &list).ok()
}
