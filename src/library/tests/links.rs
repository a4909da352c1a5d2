//! Links, against a server on this machine that answers as it is told to. What may be reached is another rule here:
//! that the real one closes every other door, its own table tests.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::additions::LIMITS;
use super::*;
use crate::library::fetch::{Patience, Reach};
use crate::library::intake::{Refusal, Taken};
use crate::library::source::SourceError;

/// Reaches this machine by one of its addresses, 127.0.0.1, and by no other.
const HERE: Reach =
    Reach { address: |address| address == IpAddr::V4(Ipv4Addr::LOCALHOST), port: |port| port > 1_023 };

const IMPATIENT: Patience = Patience {
    connect: Duration::from_millis(500),
    silence: Duration::from_millis(500),
    whole: Duration::from_millis(900),
};

/// A server that gives each path its answer.
async fn serve(answer: impl Fn(&str) -> Answer + Send + Sync + 'static) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let answer = Arc::new(answer);
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            let answer = Arc::clone(&answer);
            tokio::spawn(async move {
                let mut request = Vec::new();
                while !request.ends_with(b"\r\n\r\n") {
                    request.push(socket.read_u8().await.unwrap());
                }
                let request = String::from_utf8(request).unwrap().to_lowercase();
                assert!(!request.contains("cookie") && !request.contains("referer"), "{request}");
                let Answer { head, body, piece, pause } = answer(request.split(' ').nth(1).unwrap());
                socket.write_all(format!("HTTP/1.1 {head}\r\n\r\n").as_bytes()).await.unwrap();
                for piece in body.chunks(piece) {
                    if socket.write_all(piece).await.is_err() {
                        return;
                    }
                    tokio::time::sleep(pause).await;
                }
            });
        }
    });
    address
}

struct Answer {
    head: String,
    body: Vec<u8>,
    piece: usize,
    pause: Duration,
}

fn audio(samples: u32) -> Answer {
    let body = wav(samples);
    let head = format!("200 OK\r\ncontent-type: audio/wav\r\ncontent-length: {}", body.len());
    Answer { head, body, piece: 4_096, pause: Duration::ZERO }
}

fn redirect(to: &str) -> Answer {
    let head = format!("302 Found\r\nlocation: {to}\r\ncontent-length: 0");
    Answer { head, body: Vec::new(), piece: 1, pause: Duration::ZERO }
}

/// Fetches a path of such a server.
async fn fetch(url: &str, house: &House) -> Result<Taken, Refusal> {
    let root = house.folder.path().join("uploads");
    let intake = Intake::open(house.library.clone(), house.store.clone(), &root, LIMITS).unwrap();
    let link = Fetcher::with(HERE, IMPATIENT).link(url)?;
    let taken = intake.take_from(&link).await;
    let left = fs::read_dir(root).unwrap().count();
    assert_eq!(left, 1, "nothing is left but the folder");
    taken
}

#[tokio::test]
async fn a_link_is_a_track_like_any_other() {
    let here = serve(|_| audio(800)).await;
    let house = House::new().await;
    let taken = fetch(&format!("http://{here}/a/Harbour%20L%C3%ACghts%?x=1"), &house).await.unwrap();
    let track = house.store.track(&taken.id).await.unwrap().unwrap();
    assert_eq!((track.info.title.as_str(), track.folder.as_str()), ("Harbour Lìghts%", "Uploads"));
    assert_eq!(fs::read(track.path).unwrap(), wav(800));
    assert!(fetch(&format!("http://{here}/again"), &house).await.unwrap().duplicate);
}

#[tokio::test]
async fn a_link_may_lead_on_five_times() {
    let here = serve(|path| match path.trim_start_matches('/').parse::<u32>() {
        Ok(0) | Err(_) => audio(800),
        Ok(hops) => redirect(&format!("/{}", hops - 1)),
    })
    .await;
    let house = House::new().await;
    assert!(fetch(&format!("http://{here}/5"), &house).await.is_ok());
    let refused = fetch(&format!("http://{here}/6"), &house).await;
    assert!(matches!(refused, Err(Refusal::Source(SourceError::Unreachable(_)))), "{refused:?}");
}

#[tokio::test]
async fn no_link_leads_to_a_closed_address_by_itself_by_name_or_by_redirect() {
    let here = serve(|path| {
        let port = path.trim_start_matches("/to-").to_owned();
        match path {
            "/scheme" => redirect("file:///etc/passwd"),
            "/word" => redirect("http://user:word@127.0.0.1/"),
            "/port" => redirect("http://127.0.0.1:80/"),
            _ => redirect(&format!("http://127.0.0.2:{port}/")),
        }
    })
    .await;
    let house = House::new().await;
    let port = here.port();
    for url in [
        format!("http://127.0.0.2:{port}/"),
        format!("http://2130706434:{port}/"),
        format!("http://0x7f.2:{port}/"),
        format!("http://[::1]:{port}/"),
        format!("http://[::ffff:127.0.0.1]:{port}/"),
        format!("http://user:word@{here}/"),
        "http://127.0.0.1:80/".to_owned(),
        "ftp://127.0.0.1:3000/a".to_owned(),
        "file:///etc/passwd".to_owned(),
        "/etc/passwd".to_owned(),
        format!("http://{here}/to-{port}"),
        format!("http://{here}/scheme"),
        format!("http://{here}/word"),
        format!("http://{here}/port"),
    ] {
        let refused = fetch_or_refuse(&url, &house).await;
        assert!(matches!(refused, Err(Refusal::Source(SourceError::NotAllowed(_)))), "{url}: {refused:?}");
    }
    // A name that means nothing but closed addresses.
    let nowhere = Fetcher::with(Reach { address: |_| false, ..HERE }, IMPATIENT);
    let link = nowhere.link(&format!("http://localhost:{port}/")).unwrap();
    let refused = crate::library::source::Source::open(&link).await.err();
    assert!(matches!(refused, Some(SourceError::NotAllowed(_))), "{refused:?}");
}

/// A link may be refused before anything is opened.
async fn fetch_or_refuse(url: &str, house: &House) -> Result<Taken, Refusal> {
    Fetcher::with(HERE, IMPATIENT).link(url)?;
    fetch(url, house).await
}

#[tokio::test]
async fn what_is_too_large_too_slow_or_no_audio_is_refused() {
    let here = serve(|path| match path {
        "/large" => audio(200_000),
        "/endless" => Answer { head: "200 OK\r\ncontent-type: audio/wav".to_owned(), ..audio(200_000) },
        "/slow" => Answer { piece: 500, pause: Duration::from_millis(100), ..audio(50_000) },
        "/silent" => Answer { piece: 500, pause: Duration::from_mins(1), ..audio(50_000) },
        "/short" => Answer { body: wav(100), ..audio(800) },
        "/page" => Answer { head: "200 OK\r\ncontent-type: text/html".to_owned(), ..audio(800) },
        "/untyped" => Answer { head: "200 OK".to_owned(), ..audio(800) },
        "/gone" => Answer { head: "404 Not Found".to_owned(), ..audio(800) },
        "/text" => Answer { body: b"no music at all ".repeat(53)[..844].to_vec(), ..audio(800) },
        _ => panic!("{path}"),
    })
    .await;
    let house = House::new().await;
    for (path, expected) in [
        ("large", "TooLarge"),
        ("endless", "TooLarge"),
        ("slow", "Source(Unreachable"),
        ("silent", "Source(Unreachable"),
        ("short", "Source(Unreachable"),
        ("page", "Source(NotAudio"),
        ("untyped", "Source(NotAudio"),
        ("gone", "Source(Unreachable"),
        ("text", "NotAudio"),
    ] {
        let refused = format!("{:?}", fetch(&format!("http://{here}/{path}"), &house).await.unwrap_err());
        assert!(refused.starts_with(expected), "{path}: {refused}");
    }
}
