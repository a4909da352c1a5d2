//! `tutti load --come-back`: everybody is in, the server goes away (somebody else sees to that), and everybody comes back
//! at once, as pages do: as the same member of the same browser, after pauses of the same kind. Prints how long the
//! server takes for them, counted from the first connection that it takes again.

use std::fmt;
use std::io::Write;
use std::time::Duration;

use anyhow::{Result, bail};
use futures_util::{SinkExt, StreamExt};
use reqwest::header::{COOKIE, HeaderName, ORIGIN};
use serde::Serialize;
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use tokio::time::{sleep, timeout};
use tokio_tungstenite::tungstenite::Message;

use super::super::socket::{self, Socket};
use super::figures::{Quantiles, Times};
use super::listener::reason;
use super::stopwatch::Stopwatch;
use super::target::{Room, Target};
use super::{COME_IN, ComeBack, LoadArgs, frame, places_for_all};
use crate::listener::back_off::BackOff;

/// How long one attempt may take: as a page gives up.
const ATTEMPT: Duration = Duration::from_secs(6);
/// The pause of those who all come at once, in µs.
const AT_ONCE: u64 = 100_000;
/// How long all may take.
const BACK_WITHIN: Duration = Duration::from_mins(2);

/// How a herd came back.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Herd {
    pub(crate) listeners: u64,
    pub(crate) rooms: u64,
    /// Those that are in their room again.
    pub(crate) back: u64,
    /// Attempts that a server answered, but not with the room.
    pub(crate) failed: u64,
    /// The last one's failure.
    pub(crate) why: Option<String>,
    /// From the first socket that was lost to the first connection that was taken again.
    pub(crate) down_ms: f64,
    /// From that connection until a listener has its room's state.
    pub(crate) served: Option<Quantiles>,
    /// From the first socket that was lost until the last listener is back.
    pub(crate) in_all_ms: f64,
}

/// What happens to a listener, and when, µs.
enum News {
    In,
    Lost(u64),
    /// A server took the connection.
    Taken(u64),
    Failed(String),
    Back(u64),
}

/// Plays it, and prints what came of it. A line says when everybody is in.
///
/// # Errors
/// When the server is not there at first, lets not everybody in, or does not have them all again.
pub(super) async fn run(args: &LoadArgs) -> Result<()> {
    let herd = come_back(args, |all| {
        let mut out = std::io::stdout();
        let _ = writeln!(out, "{all} listeners are in; now the server may go");
        let _ = out.flush();
    })
    .await?;
    if args.json {
        println!("{}", serde_json::to_string(&herd)?);
    } else {
        print!("{herd}");
    }
    if herd.back < herd.listeners {
        bail!("{} are not back", herd.listeners - herd.back);
    }
    Ok(())
}

/// The whole of it. `all_in` is called when the server may go.
///
/// # Errors
/// See [`run`].
pub(crate) async fn come_back(args: &LoadArgs, all_in: impl FnOnce(u64)) -> Result<Herd> {
    let all = places_for_all(args)?;
    let target = Target::find(&args.url, args.yes_this_is_mine).await?;
    let mut rooms = Vec::new();
    for n in 0..args.rooms {
        rooms.push(target.make_room(&format!("Herd {n}"), args.operator.as_ref()).await?);
    }
    let came = with_rooms(args, all, &target, &rooms, all_in).await;
    for room in &rooms {
        target.remove_room(room).await;
    }
    came
}

async fn with_rooms(
    args: &LoadArgs,
    all: u64,
    target: &Target,
    rooms: &[Room],
    all_in: impl FnOnce(u64),
) -> Result<Herd> {
    let watch = Stopwatch::start();
    let (news, mut heard) = unbounded_channel();
    // Dropped, it ends them all.
    let mut herd = tokio::task::JoinSet::new();
    for n in 0..all {
        let room = &rooms[(n % args.rooms) as usize];
        let sheep = Sheep {
            target: target.clone(),
            path: format!("ws/{}", room.code),
            number: n,
            member: None,
            back_off: BackOff::new(n.wrapping_mul(0x9E37_79B9_7F4A_7C15)),
            at_once: args.come_back == Some(ComeBack::AtOnce),
            watch,
            news: news.clone(),
        };
        herd.spawn(sheep.live());
        sleep(Duration::from_secs_f64(1.0 / COME_IN)).await;
    }
    let mut inside = 0;
    while inside < all {
        match timeout(BACK_WITHIN, heard.recv()).await {
            Ok(Some(News::In)) => inside += 1,
            Ok(Some(News::Failed(why))) => bail!("a listener was not let in: {why}"),
            Ok(Some(_)) => bail!("a listener was lost before all were in"),
            Ok(None) | Err(_) => bail!("only {inside} listeners came in"),
        }
    }
    all_in(all);
    let (mut lost, mut taken, mut back) = (None::<u64>, None::<u64>, Vec::new());
    let (mut failed, mut why) = (0, None);
    while (back.len() as u64) < all {
        match timeout(BACK_WITHIN, heard.recv()).await {
            Ok(Some(News::Lost(at))) => lost = Some(lost.map_or(at, |first| first.min(at))),
            Ok(Some(News::Taken(at))) => taken = Some(taken.map_or(at, |first| first.min(at))),
            Ok(Some(News::Back(at))) => back.push(at),
            Ok(Some(News::Failed(what))) => {
                failed += 1;
                why = Some(what);
            }
            Ok(Some(News::In)) => {}
            Ok(None) | Err(_) => break,
        }
    }
    let (lost, taken) = (lost.unwrap_or_default(), taken.unwrap_or_default());
    let mut served = Times::default();
    for at in &back {
        served.record(at.saturating_sub(taken));
    }
    let last = back.iter().copied().max().unwrap_or_default();
    Ok(Herd {
        listeners: all,
        rooms: args.rooms,
        back: back.len() as u64,
        failed,
        why,
        down_ms: taken.saturating_sub(lost) as f64 / 1e3,
        served: served.quantiles(),
        in_all_ms: last.saturating_sub(lost) as f64 / 1e3,
    })
}

/// One of the herd.
struct Sheep {
    target: Target,
    path: String,
    number: u64,
    /// Who it is, once it was told.
    member: Option<String>,
    back_off: BackOff,
    at_once: bool,
    watch: Stopwatch,
    news: UnboundedSender<News>,
}

impl Sheep {
    async fn live(mut self) {
        let mut been_in = false;
        loop {
            match timeout(ATTEMPT, self.come_in(been_in)).await {
                Ok(Ok(socket)) => {
                    self.tell(if been_in { News::Back(self.watch.micros()) } else { News::In });
                    been_in = true;
                    self.back_off.reset();
                    stay(socket).await;
                    self.tell(News::Lost(self.watch.micros()));
                }
                Ok(Err(Some(why))) => self.tell(News::Failed(why)),
                // Nobody is there: that is what is waited for.
                Ok(Err(None)) => {}
                Err(_) => self.tell(News::Failed("an attempt took longer than 6 s".to_owned())),
            }
            let pause = if self.at_once {
                // All at the same instants.
                Duration::from_micros(AT_ONCE - self.watch.micros() % AT_ONCE)
            } else {
                Duration::from_micros(self.back_off.pause().micros().unsigned_abs())
            };
            sleep(pause).await;
        }
    }

    /// The error: what a server said that is there.
    async fn come_in(&mut self, again: bool) -> Result<Socket, Option<String>> {
        // Letters and digits, as the server's own: a browser that comes back.
        let session = format!("tutti_session=herd{}", self.number);
        let origin = self.target.base.origin().ascii_serialization();
        let headers: [(HeaderName, &str); 2] = [(ORIGIN, &origin), (COOKIE, &session)];
        let opened = socket::open_with(&self.target.client, &self.target.base, &self.path, &headers).await;
        let mut socket = opened.map_err(|error| match error {
            socket::OpenError::Unreachable(_) => None,
            error => Some(error.to_string()),
        })?;
        if again {
            self.tell(News::Taken(self.watch.micros()));
        }
        let resume = self.member.as_ref().map(|id| format!(r#","resume":"{id}""#)).unwrap_or_default();
        let hello = format!(
            r#"{{"t":"HELLO","name":"Listener {}","page":{}{resume}}}"#,
            self.number,
            self.number + 1
        );
        socket.send(Message::text(hello)).await.map_err(|error| Some(error.to_string()))?;
        loop {
            match socket.next().await {
                Some(Ok(Message::Text(text))) => match frame::name(&text) {
                    "WELCOME" => self.member = frame::word(&text, "memberId").map(str::to_owned),
                    "ROOM_STATE" => return Ok(socket),
                    _ => {}
                },
                Some(Ok(Message::Close(close))) => {
                    return Err(Some(reason(close.map(|close| close.code.into()))));
                }
                Some(Ok(_)) => {}
                Some(Err(error)) => return Err(Some(error.to_string())),
                None => return Err(Some(reason(None))),
            }
        }
    }

    fn tell(&self, news: News) {
        // Nobody listens any more when it is over.
        let _ = self.news.send(news);
    }
}

/// Reads until the server is gone.
async fn stay(mut socket: Socket) {
    while let Some(Ok(frame)) = socket.next().await {
        if frame.is_close() {
            break;
        }
    }
}

impl fmt::Display for Herd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{} of {} listeners in {} rooms are back {:.0} ms after the first was lost; the server was away for {:.0} ms; \
             {} attempts failed",
            self.back, self.listeners, self.rooms, self.in_all_ms, self.down_ms, self.failed
        )?;
        if let Some(why) = &self.why {
            writeln!(f, "the last because of: {why}")?;
        }
        if let Some(Quantiles { count, p50_ms, p90_ms, p99_ms, max_ms }) = self.served {
            writeln!(f, "\n{:<34}{:>9}{:>9}{:>9}{:>9}{:>9}", "ms", "count", "p50", "p90", "p99", "max")?;
            writeln!(
                f,
                "{:<34}{count:>9}{p50_ms:>9.0}{p90_ms:>9.0}{p99_ms:>9.0}{max_ms:>9.0}",
                "from the first connection taken"
            )?;
        }
        Ok(())
    }
}
