//! The pages as the server renders them, around a backend that knows two rooms.

use std::sync::{Arc, LazyLock};

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use leptos::prelude::*;
use leptos_axum::{AxumRouteListing, LeptosRoutes, generate_route_list};
use tower::ServiceExt;

use super::actions::{
    AddingRules, Backend, BoxFuture, Closed, ListedRoom, Listing, Opened, Place, Wanted, Whole,
};
use super::app::{App, shell};
use crate::listener::view::Beginning;
use crate::protocol::snapshot::{
    MemberInfo, Playback, QueueEntry, Repeat, RoomSettings, RoomSnapshot, Status, TrackInfo,
};
use crate::protocol::{EntryId, ErrorCode, MemberName, Revision, Role, RoomCode, RoomName, StreamId, Volume};
use crate::sync::time::{MediaTime, RoomTime, Span};

const HOSTED: &str = "HQST22";
const HEARD: &str = "HEARD2";
const LOCKED: &str = "PNRM22";
const FULL: &str = "FWVWM2";
const PUT_OUT: &str = "PUTXT2";

struct FewRooms;

fn track(number: u32) -> Arc<TrackInfo> {
    let (title, artist) = [
        ("Low Tide", Some("Harbour Ensemble")),
        (
            "A Title That Goes On For Rather Longer Than Anyone Would Have Wished",
            Some("Somebody & the <Others>"),
        ),
        ("Ferry", None),
        ("Nine Lanterns", Some("Ilse Koren")),
        ("Unison", Some("The Second Violins")),
        ("Rain on Tin", Some("Harbour Ensemble")),
    ][number as usize % 6];
    Arc::new(TrackInfo {
        track_id: format!("track-{number}").parse().unwrap(),
        track_url: format!("/media/track-{number}/0"),
        renditions: vec![],
        title: title.to_owned(),
        artist: artist.map(str::to_owned),
        album: artist.map(|_| "Quay".to_owned()),
        filename: format!("{number:02}-track.flac"),
        duration: MediaTime::from_secs_f64(183.0 + f64::from(number)),
        artwork_url: None,
        gain: None,
        needs_encoder: false,
    })
}

fn beginning(code: RoomCode, role: Role) -> Beginning {
    let member = |id: &str, name: &str, role| MemberInfo {
        member_id: id.parse().unwrap(),
        name: MemberName::parse(name).unwrap(),
        role,
        connected: true,
        health: None,
    };
    Beginning {
        role,
        name: None,
        snapshot: RoomSnapshot {
            code,
            name: "Kitchen and garden".to_owned(),
            revision: Revision(3),
            settings: RoomSettings::default(),
            member_count: 3,
            members: vec![
                member("m1", "Ada", Role::Host),
                member("m2", "Quiet Otter", Role::Dj),
                member("m3", "Mira", Role::Listener),
            ],
            playback: Playback {
                status: Status::Playing,
                stream_id: StreamId(1),
                revision: Revision(2),
                track: Some(track(0)),
                queue_entry_id: None,
                start_at: RoomTime::from_ms_f64(1000.0),
                start_position: MediaTime::ZERO,
                position: MediaTime::from_secs_f64(61.5),
                server_timestamp: RoomTime::from_ms_f64(62_500.0),
                volume: Volume::new(0.8).unwrap(),
                repeat: Repeat::Off,
                lead: Span::from_millis(800),
                sync_buffer: Span::from_millis(100),
                upcoming: None,
            },
            queue: (1..5)
                .map(|number| QueueEntry {
                    entry_id: EntryId(u64::from(number)),
                    track: track(number),
                    added_by: Some("Ada".to_owned()),
                })
                .collect(),
            history: vec![],
            chat: vec![],
        },
    }
}

impl Backend for FewRooms {
    fn create_room(
        &self,
        name: Option<RoomName>,
        _pin: Option<String>,
        _listed: bool,
    ) -> BoxFuture<'_, Result<RoomCode, ErrorCode>> {
        Box::pin(async move {
            match name {
                None => Ok(HOSTED.parse().unwrap()),
                Some(_) => Err(ErrorCode::TooManyRooms),
            }
        })
    }
    fn open_room(&self, code: RoomCode) -> BoxFuture<'_, Opened> {
        Box::pin(async move {
            match code.as_str() {
                HOSTED => Ok(Box::new(beginning(code, Role::Host))),
                HEARD => Ok(Box::new(beginning(code, Role::Listener))),
                LOCKED => Err(Closed::PinWanted),
                FULL => Err(Closed::Full),
                PUT_OUT => Err(Closed::Kicked),
                _ => Err(Closed::NotFound),
            }
        })
    }
    fn enter_pin(&self, _: RoomCode, _: String) -> BoxFuture<'_, Result<(), ErrorCode>> {
        Box::pin(async { Err(ErrorCode::PinWrong) })
    }
    fn browse(&self, _: Wanted) -> BoxFuture<'_, Result<Listing, ErrorCode>> {
        Box::pin(async {
            let mut tracks: Vec<_> = (0..6).map(|number| TrackInfo::clone(&track(number))).collect();
            tracks[5].needs_encoder = true;
            Ok(Listing { tracks, total: 1_000, total_is_least: true, ..Listing::default() })
        })
    }
    fn whole(&self, _: Place) -> BoxFuture<'_, Result<Whole, ErrorCode>> {
        Box::pin(async { Err(ErrorCode::Unavailable) })
    }

    fn adding_rules(&self) -> BoxFuture<'_, AddingRules> {
        Box::pin(async { AddingRules { max_bytes: 1 << 20, links: false } })
    }
    fn listed_rooms(&self) -> BoxFuture<'_, Vec<ListedRoom>> {
        Box::pin(async {
            vec![ListedRoom {
                code: HEARD.parse().unwrap(),
                name: "Listening café".to_owned(),
                member_count: 1,
                playing: Some("Ferry".to_owned()),
            }]
        })
    }
}

struct Answer {
    status: StatusCode,
    location: Option<String>,
    body: String,
}

impl Answer {
    fn has(&self, testid: &str) -> bool {
        self.body.contains(&format!("data-testid=\"{testid}\""))
    }
}

/// Made once: while leptos lists the routes, no page anywhere in the process loads its resources.
static ROUTES: LazyLock<Vec<AxumRouteListing>> = LazyLock::new(|| generate_route_list(App));

async fn ask(request: Request<Body>) -> Answer {
    let options = LeptosOptions::builder().output_name("tutti").build();
    let app = axum::Router::new()
        .leptos_routes_with_context(
            &options,
            ROUTES.clone(),
            || provide_context::<Arc<dyn Backend>>(Arc::new(FewRooms)),
            {
                let options = options.clone();
                move || shell(options.clone())
            },
        )
        .fallback(leptos_axum::file_and_error_handler::<LeptosOptions, _>(shell))
        .with_state(options);
    let response = app.oneshot(request).await.unwrap();
    let status = response.status();
    let location =
        response.headers().get(header::LOCATION).map(|location| location.to_str().unwrap().to_owned());
    let body = axum::body::to_bytes(response.into_body(), 1 << 20).await.unwrap();
    Answer { status, location, body: String::from_utf8(body.to_vec()).unwrap() }
}

async fn get(path: &str) -> Answer {
    ask(Request::get(path).header(header::ACCEPT, "text/html").body(Body::empty()).unwrap()).await
}

/// Sends a form as a browser without script does.
async fn post(path: &str, from: &str, form: &'static str) -> Answer {
    let request = Request::post(path)
        .header(header::ACCEPT, "text/html")
        .header(header::REFERER, format!("http://tutti.test{from}"))
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::from(form))
        .unwrap();
    ask(request).await
}

const CONTROLS: [&str; 6] = ["previous", "play-pause", "next", "stop", "seek", "room-volume"];

#[tokio::test]
async fn the_host_finds_the_controls_and_what_plays() {
    let page = get(&format!("/r/{HOSTED}")).await;
    assert_eq!(page.status, StatusCode::OK);
    for testid in CONTROLS {
        assert!(page.has(testid), "{testid}");
    }
    assert!(page.body.contains(">Low Tide<"));
    assert!(page.body.contains("1:01"));
    assert!(page.body.contains("aria-label=\"Add Ferry to the queue\""));
    assert!(page.has("upload") && !page.has("upload-link"), "links are not allowed here");
}

#[tokio::test]
async fn a_listener_finds_no_controls_that_it_may_not_use() {
    let page = get(&format!("/r/{HEARD}")).await;
    assert_eq!(page.status, StatusCode::OK);
    for testid in CONTROLS {
        assert!(!page.has(testid), "{testid}");
    }
    assert!(!page.body.contains("to the queue\""));
    assert!(!page.has("upload"));
    for testid in ["position", "volume", "resync", "sync-status", "track", "queue-entry", "member"] {
        assert!(page.has(testid), "{testid}");
    }
}

#[tokio::test]
async fn the_library_comes_with_the_page_and_says_what_cannot_be_played() {
    let page = get(&format!("/r/{HOSTED}")).await;
    for testid in ["way-all", "way-artists", "way-albums", "way-folders", "way-new", "library-search"] {
        assert!(page.has(testid), "{testid}");
    }
    assert!(page.body.contains("1,000+ tracks"));
    assert!(page.body.contains("aria-label=\"Play next: Nine Lanterns\""));
    assert!(page.body.contains("Cannot be played: this server has no encoder for it."));
    assert!(!page.body.contains("aria-label=\"Add Rain on Tin to the queue\""));
    assert!(!page.body.contains("aria-label=\"Play Rain on Tin\""));
}

#[tokio::test]
async fn the_sounding_elements_are_in_every_room_page() {
    for code in [HOSTED, HEARD] {
        let page = get(&format!("/r/{code}")).await;
        for deck in ["a", "b"] {
            assert_eq!(page.body.matches(&format!("data-deck=\"{deck}\"")).count(), 1);
        }
    }
}

#[tokio::test]
async fn no_page_has_a_style_attribute_that_the_policy_would_block() {
    for path in ["/", "/join?code=x", "/r/ZZZZZZ", "/r/HQST22", "/r/HEARD2", "/r/PNRM22", "/nowhere"] {
        assert!(!get(path).await.body.contains(" style="), "{path}");
    }
}

#[tokio::test]
async fn what_people_typed_is_text_and_nothing_else() {
    let page = get(&format!("/r/{HOSTED}")).await;
    assert!(page.body.contains("the &lt;Others&gt;"));
    assert!(!page.body.contains("the <Others>"));
}

#[tokio::test]
async fn an_unknown_room_and_an_unknown_page_are_404_with_a_way_out() {
    for path in ["/r/ZZZZZZ", "/r/nonsense", "/nowhere"] {
        let page = get(path).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{path}");
        assert!(page.body.contains("href=\"/\""), "{path}");
    }
}

#[tokio::test]
async fn a_code_is_taken_as_people_type_it() {
    let page = get("/join?code=hea+rd2").await;
    assert_eq!(page.status, StatusCode::FOUND);
    assert_eq!(page.location.as_deref(), Some("/r/HEARD2"));
}

#[tokio::test]
async fn a_bad_code_is_told_and_the_page_stays_usable() {
    let page = get("/join?code=hello").await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.body.contains("That is not a room code"));
    assert!(page.body.contains("value=\"hello\""));
    assert!(page.has("join") && page.has("create-room"));
}

#[tokio::test]
async fn a_room_with_a_pin_asks_for_it() {
    let page = get(&format!("/r/{LOCKED}")).await;
    assert!(page.has("pin") && page.has("enter-pin"));
    assert!(!page.has("queue-entry"));
}

#[tokio::test]
async fn a_full_room_can_be_tried_again_and_who_was_put_out_finds_only_the_way_home() {
    let full = get(&format!("/r/{FULL}")).await;
    assert!(full.body.contains("This room is full"));
    assert!(full.body.contains(&format!("href=\"/r/{FULL}\"")));
    let put_out = get(&format!("/r/{PUT_OUT}")).await;
    assert!(put_out.body.contains("You were removed from this room"));
    assert!(!put_out.body.contains(&format!("href=\"/r/{PUT_OUT}\"")));
    for page in [full, put_out] {
        assert!(page.body.contains("href=\"/\""));
        assert!(!page.has("member") && !page.has("queue-entry"));
    }
}

#[tokio::test]
async fn a_room_is_created_without_script() {
    let answer = post("/fn/create-room", "/", "name=").await;
    assert_eq!(answer.status, StatusCode::FOUND);
    assert_eq!(answer.location.as_deref(), Some("/r/HQST22"));
}

#[tokio::test]
async fn a_refusal_is_told_without_script() {
    let refused = post("/fn/create-room", "/", "name=One+more").await;
    assert_eq!(refused.status, StatusCode::FOUND);
    let back = refused.location.unwrap();
    let page = get(back.trim_start_matches("http://tutti.test")).await;
    assert!(page.body.contains("This server has no space for another room just now."), "{back}");
}
