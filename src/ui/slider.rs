//! A labelled range: position, volumes, output offset. It shows what it is given and tells what was asked; how full
//! it is, is a custom property that code sets, because the content policy forbids style attributes.

use leptos::html::Input;
use leptos::prelude::*;

/// A range input.
#[component]
pub fn Slider(
    /// What it sets, for those who do not see it.
    label: &'static str,
    /// Its name for programs.
    testid: &'static str,
    /// The lowest value.
    #[prop(default = 0.0)]
    min: f64,
    /// The highest value.
    #[prop(into)]
    max: Signal<f64>,
    /// Between two values.
    step: f64,
    /// What it shows.
    #[prop(into)]
    value: Signal<f64>,
    /// The value in words.
    said: fn(f64) -> String,
    /// Whether it cannot be moved.
    #[prop(optional, into)]
    disabled: Signal<bool>,
    /// While it is moved.
    #[prop(into)]
    on_input: Callback<f64>,
    /// Once it is let go.
    #[prop(into)]
    on_change: Callback<f64>,
) -> impl IntoView {
    let node = NodeRef::<Input>::new();
    Effect::new(move |_| {
        let (value, max) = (value.get(), max.get());
        let Some(input) = node.get() else { return };
        input.set_max(&max.to_string());
        input.set_value(&value.to_string());
        let full = ((value - min) / (max - min)).clamp(0.0, 1.0) * 100.0;
        // Refused only for a property that does not exist.
        let _ = style_of(&input).set_property("--full", &format!("{full:.2}%"));
    });
    // The browser reads the number: to read one in Rust is 12 KB to send.
    let number = |event: &leptos::ev::Event| {
        let number = event_target::<leptos::web_sys::HtmlInputElement>(event).value_as_number();
        number.is_finite().then_some(number)
    };
    view! {
        <input
            type="range"
            class="slider"
            data-testid=testid
            node_ref=node
            aria-label=label
            aria-valuetext=move || said(value.get())
            min=min.to_string()
            max=max.get_untracked().to_string()
            step=step.to_string()
            value=value.get_untracked().to_string()
            autocomplete="off"
            disabled=move || disabled.get()
            on:input=move |event| {
                if let Some(number) = number(&event) {
                    on_input.run(number);
                }
            }
            on:change=move |event| {
                if let Some(number) = number(event.as_ref()) {
                    on_change.run(number);
                }
            }
        />
    }
    .into_any()
}

fn style_of(input: &leptos::web_sys::HtmlInputElement) -> leptos::web_sys::CssStyleDeclaration {
    let element: &leptos::web_sys::HtmlElement = input;
    element.style()
}
