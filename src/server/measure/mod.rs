//! The page `/measure`: by which a person with two devices and a microphone finds out how far apart they sound. It is
//! drawn here and not by [`ui`](crate::ui), because nobody else is to fetch a byte of it: its script is plain modules
//! in `public/measure/`, its texts go into the page (manual/decisions.md).

mod english;
mod german;
mod words;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::header::{ACCEPT_LANGUAGE, CONTENT_SECURITY_POLICY, HeaderName, HeaderValue, VARY};
use axum::response::{Html, IntoResponse};
use leptos::prelude::*;
use leptos_meta::HashedStylesheet;

use super::headers::PERMISSIONS_POLICY;
use crate::ui::words::Language;
use words::Words;

/// How long the page listens to a device at a time: twenty clicks. s
const TURN_SEC: u32 = 10;

/// Scripts and styles of this server, and nothing else: no nonce, because nothing of it stands in the page.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; \
     base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'",
);
/// The only page that may ask for the microphone.
const MAY_LISTEN: HeaderValue = HeaderValue::from_static("microphone=(self), camera=(), geolocation=()");

/// `GET /measure`.
pub async fn page(State(options): State<LeptosOptions>, headers: HeaderMap) -> impl IntoResponse {
    let wanted = headers.get(ACCEPT_LANGUAGE).and_then(|wanted| wanted.to_str().ok()).unwrap_or_default();
    let language = Language::negotiate(wanted);
    let owner = Owner::new();
    let page = owner.with(|| {
        provide_context(language);
        document(options, language).to_html()
    });
    let headers: [(HeaderName, HeaderValue); 3] = [
        (CONTENT_SECURITY_POLICY, POLICY),
        (PERMISSIONS_POLICY, MAY_LISTEN),
        (VARY, HeaderValue::from_static("accept-language")),
    ];
    (headers, Html(format!("<!DOCTYPE html>{page}")))
}

fn document(options: LeptosOptions, language: Language) -> impl IntoView {
    let words = Words::of(language);
    let title = format!("{} – Tutti", words.title);
    view! {
        <html lang=language.tag()>
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover" />
                <meta name="color-scheme" content="light dark" />
                <title>{title}</title>
                <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
                <HashedStylesheet options />
                <link rel="stylesheet" href="/measure/measure.css" />
                <script type="module" src="/measure/page.mjs"></script>
            </head>
            <body>
                <main class="measure" data-part="measure" data-turn-sec=TURN_SEC.to_string()>
                    <header class="measure-head">
                        <a class="wordmark" href="/">
                            "tutti"
                        </a>
                        <h1>{words.title}</h1>
                        <p class="measure-what">{words.what}</p>
                    </header>
                    <noscript>
                        <p class="measure-says is-bad">{words.no_script}</p>
                    </noscript>
                    <div class="measure-steps">{room(words)} {devices(words)} {turns(words)} {result(words)}</div>
                </main>
                <script type="application/json" data-part="words" inner_html=words.told()></script>
            </body>
        </html>
    }
}

fn room(words: &'static Words) -> impl IntoView {
    view! {
        <section class="measure-step" aria-labelledby="measure-room">
            <h2 id="measure-room">{words.room_title}</h2>
            <p>{words.room_how}</p>
            <div class="measure-buttons">
                <button type="button" class="button button-accent" data-part="make" data-testid="measure-make">
                    {words.make}
                </button>
                <button type="button" class="button" data-part="download" data-testid="measure-download">
                    {words.download}
                </button>
            </div>
            <p class="measure-says" role="status" data-part="room-says" data-testid="measure-room-says"></p>
            <div class="measure-room" data-part="room" hidden>
                <a class="measure-link" data-part="room-link" data-testid="measure-link" href="/" target="_blank"></a>
                <p class="quiet" data-part="room-alone" hidden>
                    {words.room_alone}
                </p>
                <img class="measure-qr" data-part="room-qr" alt=words.room_qr width="240" height="240" />
                <div class="measure-buttons">
                    <button type="button" class="button" data-part="again">
                        {words.again}
                    </button>
                    <button type="button" class="button" data-part="delete" data-testid="measure-delete">
                        {words.delete}
                    </button>
                </div>
            </div>
        </section>
    }
}

fn devices(words: &'static Words) -> impl IntoView {
    view! {
        <section class="measure-step" aria-labelledby="measure-devices">
            <h2 id="measure-devices">{words.devices_title}</h2>
            <ul class="measure-list">
                {words.devices_how.iter().map(|line| view! { <li>{words.named(line)}</li> }).collect_view()}
            </ul>
        </section>
    }
}

fn turns(words: &'static Words) -> impl IntoView {
    view! {
        <section class="measure-step" aria-labelledby="measure-turns">
            <h2 id="measure-turns">{words.turns_title}</h2>
            <p>{words.turns_how}</p>
            <div class="measure-buttons">
                <button type="button" class="button button-accent" data-part="open" data-testid="measure-open">
                    {words.open_microphone}
                </button>
            </div>
            <p class="measure-says" role="status" data-part="microphone-says" data-testid="measure-microphone-says"></p>
            <div class="measure-meter" data-part="meter" hidden>
                <meter class="measure-level" data-part="level" min="0" max="60" low="20" high="59" optimum="40" aria-label=words.level></meter>
                <p class="quiet" data-part="level-says" data-testid="measure-level-says"></p>
            </div>
            <div data-part="turn-buttons" class="measure-buttons" hidden>
                <button type="button" class="button button-accent" data-part="turn-1" data-testid="measure-turn-1">
                    {words.listen_to_1}
                </button>
                <button type="button" class="button" data-part="turn-2" data-testid="measure-turn-2">
                    {words.listen_to_2}
                </button>
            </div>
            <p class="measure-says" role="status" data-part="turn-says" data-testid="measure-turn-says"></p>
            <progress class="measure-progress" data-part="turn-progress" max="1" value="0" aria-label=words.progress hidden></progress>
            <ol class="measure-turns" data-part="turns" data-testid="measure-turns"></ol>
            <div class="measure-buttons">
                <button type="button" class="button" data-part="forget" hidden>
                    {words.forget}
                </button>
            </div>
            <details class="measure-report">
                <summary>{words.recording_title}</summary>
                <p class="quiet">{words.recording_how}</p>
                <p>
                    <input
                        type="file"
                        accept="audio/*"
                        class="measure-file"
                        data-part="recording"
                        data-testid="measure-recording"
                        aria-label=words.recording_title
                    />
                </p>
            </details>
        </section>
    }
}

fn result(words: &'static Words) -> impl IntoView {
    let row = |name: &'static str| {
        view! {
            <tr>
                <th scope="row">{name}</th>
                <td></td>
                <td></td>
            </tr>
        }
    };
    view! {
        <section class="measure-step" aria-labelledby="measure-result" data-part="result" data-testid="measure-result" hidden>
            <h2 id="measure-result">{words.result_title}</h2>
            <p class="measure-says" role="status" data-part="refused" data-testid="measure-refused" hidden></p>
            <div class="measure-room" data-part="finding" hidden>
                <p class="measure-offset" role="status" data-part="offset" data-testid="measure-offset"></p>
                <p class="quiet" data-part="error"></p>
                <ul class="measure-warnings" data-part="warnings" data-testid="measure-warnings"></ul>
                <p class="measure-advice" data-part="advice" data-testid="measure-advice"></p>
                <table class="measure-scatter" data-part="scatter">
                    <thead>
                        <tr>
                            <th scope="col"><span class="sr">{words.figure}</span></th>
                            <th scope="col">{words.device_1}</th>
                            <th scope="col">{words.device_2}</th>
                        </tr>
                    </thead>
                    <tbody>{row(words.used)} {row(words.thrown_away)} {row(words.half_within)} {row(words.most_within)}</tbody>
                </table>
                <p class="quiet" data-part="drift"></p>
            </div>
            <details class="measure-report">
                <summary>{words.report_title}</summary>
                <p class="quiet">{words.report_how}</p>
                <textarea class="field" readonly data-part="report" aria-label=words.report_title></textarea>
            </details>
        </section>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the script asks for by name, so that neither half is changed alone.
    #[test]
    fn the_script_finds_every_part_and_every_text_that_it_asks_for() {
        let script = include_str!("../../../public/measure/page.mjs");
        let html =
            document(LeptosOptions::builder().output_name("tutti").build(), Language::English).to_html();
        let quoted = |before: &str| -> Vec<&str> {
            script.split(before).skip(1).filter_map(|rest| Some(rest.split_once('\'')?.0)).collect()
        };
        let parts = [quoted("part('"), quoted("tell('")].concat();
        assert!(parts.len() > 20, "{parts:?}");
        for name in parts {
            assert!(html.contains(&format!("data-part=\"{name}\"")), "{name}");
        }
        let texts: serde_json::Value = serde_json::from_str(&Words::of(Language::English).told()).unwrap();
        let names = script
            .split("says.")
            .skip(1)
            .map(|rest| rest.chars().take_while(|c| c.is_alphanumeric()).collect::<String>());
        for name in names {
            assert!(texts.get(&name).is_some(), "{name}");
        }
    }

    #[test]
    fn no_text_ends_the_block_that_it_is_in() {
        for language in Language::ALL {
            let told = Words::of(language).told();
            assert!(!told.contains('<'), "{told}");
            assert!(!told.contains("{speaker}") && !told.contains("{in_sync}"), "{told}");
        }
    }
}
