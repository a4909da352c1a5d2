//! `tutti load` against a server of the tests.

use std::time::Duration;

use clap::Parser;
use reqwest::Method;

use super::harness::{ADMIN, TestServer};
use crate::cli::load::figures::Figures;
use crate::cli::load::{LoadArgs, load};

#[derive(Parser)]
struct Line {
    #[command(flatten)]
    args: LoadArgs,
}

async fn loaded(server: &TestServer, words: &str) -> Figures {
    let url = format!("http://{}", server.host());
    let line = ["load", &url].into_iter().chain(words.split_whitespace());
    let args = Line::parse_from(line).args;
    tokio::time::timeout(Duration::from_mins(1), load(&args)).await.unwrap().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_listener_hears_every_command_and_the_rooms_are_gone_afterwards() {
    let server = TestServer::start().await;
    let figures =
        loaded(&server, "--listeners 10 --rooms 2 --seconds 3 --every 0.5 --repeater --chat-every 2").await;
    assert_eq!((figures.joined, figures.listeners), (20, 20));
    assert!(figures.actions >= 10, "{figures}");
    assert_eq!((figures.unanswered, figures.missed), (0, 0), "{figures}");
    assert_eq!(figures.delivery.unwrap().count, figures.actions * 10);
    assert_eq!(figures.repeater_missed, Some(0), "{figures}");
    assert!(figures.repeater_delivery.is_some() && figures.quiet_ping.is_some(), "{figures}");
    assert!(figures.closed.is_empty() && figures.refused.is_empty(), "{figures}");
    assert!(figures.sent >= 20 * 8, "they ping: {figures}");
    let rooms = server.api(Method::GET, "/api/rooms").bearer(ADMIN).json().await;
    assert_eq!(rooms["rooms"].as_array().unwrap().len(), 0);
    println!("{figures}");
}

#[tokio::test(flavor = "multi_thread")]
async fn starts_of_tracks_and_volumes_are_matched_with_their_commands_too() {
    let server = TestServer::start().await;
    for action in ["play", "volume"] {
        let words = format!("--listeners 5 --seconds 2 --every 1 --action {action}");
        let figures = loaded(&server, &words).await;
        assert_eq!((figures.actions, figures.unanswered, figures.missed), (2, 0, 0), "{action}: {figures}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_does_not_fit_in_is_counted_with_the_reason() {
    let server = TestServer::start_with(|config| config.max_members = 4).await;
    let figures = loaded(&server, "--listeners 5 --seconds 1 --every 0.5 --action volume --ramp-up 0").await;
    // Four places: one is the host's. Quiet clients have a room of their own, which they fill.
    assert_eq!(figures.joined, 3, "{figures}");
    assert_eq!(figures.refused.into_iter().collect::<Vec<_>>(), [("4409 Full".to_owned(), 2)]);
    assert_eq!(figures.missed, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_herd_comes_back_to_a_server_that_restarts() {
    let mut server = TestServer::start().await;
    let address = server.running().address;
    let url = format!("http://{address}");
    let args = Line::parse_from(["load", &url, "--listeners", "15", "--rooms", "2", "--come-back"]).args;
    let (all_in, may_go) = tokio::sync::oneshot::channel();
    let herd = tokio::spawn(async move {
        crate::cli::load::herd::come_back(&args, |all| all_in.send(all).unwrap()).await.unwrap()
    });
    assert_eq!(may_go.await.unwrap(), 30);
    server.restart_at(address).await;
    let herd = tokio::time::timeout(Duration::from_mins(1), herd).await.unwrap().unwrap();
    assert_eq!((herd.back, herd.listeners), (30, 30), "{herd}");
    assert_eq!(herd.served.unwrap().count, 30, "{herd}");
}
