//! The document around every page, and which page is at which address.

use leptos::prelude::*;
use leptos_meta::{HashedStylesheet, MetaTags, Title, provide_meta_context};
use leptos_router::components::{Route, Router, Routes};
use leptos_router::{ParamSegment, SsrMode, StaticSegment};

use super::home::HomePage;
use super::join_form::JoinPage;
use super::problem::PageNotFound;
use super::room_page::RoomPage;
use super::scripts::Scripts;
use super::words::words;

/// The document: head, styles and scripts, with [`App`] as its body. Used by the server alone.
pub fn shell(options: LeptosOptions) -> impl IntoView {
    view! {
        <!DOCTYPE html>
        <html lang=words().language.tag()>
            <head>
                <meta charset="utf-8" />
                <meta
                    name="viewport"
                    content="width=device-width, initial-scale=1, viewport-fit=cover"
                />
                <meta name="color-scheme" content="light dark" />
                <meta
                    name="theme-color"
                    media="(prefers-color-scheme: light)"
                    content="#f5f0e6"
                />
                <meta
                    name="theme-color"
                    media="(prefers-color-scheme: dark)"
                    content="#15120e"
                />
                <meta name="description" content=words().app.what />
                <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
                <link rel="apple-touch-icon" href="/apple-touch-icon.png" />
                <link rel="manifest" href="/manifest.webmanifest" />
                <HashedStylesheet options=options.clone() id="leptos" />
                <AutoReload options=options.clone() />
                <Scripts options />
                <MetaTags />
            </head>
            <body>
                <App />
                <Broken />
            </body>
        </html>
    }
}

/// What a page says whose script cannot start; shown when [`Scripts`] finds that it could not. Behind the app, so that
/// the browser's half never meets it.
#[component]
fn Broken() -> impl IntoView {
    let says = &words().app;
    view! {
        <div class="broken" role="alert" data-testid="broken">
            <p>{says.broken}</p>
            <a class="button" href="">
                {says.reload}
            </a>
        </div>
    }
}

/// All pages, by address.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    view! {
        <Title text="Tutti" />
        <Router>
            <Routes fallback=|| view! { <PageNotFound /> }>
                <Route path=StaticSegment("") view=HomePage ssr=SsrMode::Async />
                <Route path=StaticSegment("join") view=JoinPage ssr=SsrMode::Async />
                <Route
                    path=(StaticSegment("r"), ParamSegment("code"))
                    view=RoomPage
                    ssr=SsrMode::Async
                />
            </Routes>
        </Router>
    }
}
