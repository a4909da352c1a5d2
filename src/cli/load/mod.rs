//! `tutti load`: plays thousands of listeners against a server of one's own, over real sockets and from a process of
//! its own, and prints how long the server takes to tell everybody what somebody did.
//!
//! Latency is from the moment at which a room's host gives a command to the arrival of its broadcast at each listener,
//! by one clock. Which broadcast came of which command, the revision says. Beside the load, quiet clients on a thread
//! of their own measure pings; and with `--repeater` the same listeners hear the same frames from a bare axum
//! repeater, which is the measure: both share the machine with this program, which reads every frame.

mod actor;
pub(crate) mod figures;
mod frame;
pub(crate) mod herd;
mod listener;
mod quiet;
mod repeater;
mod stopwatch;
mod target;

use std::collections::HashMap;
use std::io::{IsTerminal, Write};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use clap::ValueEnum;
use futures_util::future::{join_all, try_join_all};
use tokio::sync::mpsc;
use tokio_util::sync::{CancellationToken, DropGuard};

use self::actor::{Acted, Actor, Plan};
use self::figures::{Figures, Gathered};
use self::listener::{Heard, Speaks};
use self::quiet::Quiet;
use self::repeater::Repeater;
use self::stopwatch::Stopwatch;
use self::target::{Room, Target};
use super::open_files;
use crate::server::Secret;

/// What a listener says unasked, and how often: as a page does (`sync::cadence`, `listener::health`).
struct PageHabits {
    first_burst: u32,
    later_burst: u32,
    spacing: Duration,
    report_every: Duration,
}

const PACE: PageHabits = PageHabits {
    first_burst: 8,
    later_burst: 4,
    spacing: Duration::from_millis(50),
    report_every: Duration::from_secs(20),
};

/// What an operator may choose of it.
#[derive(Clone, Copy, Debug)]
struct Pace {
    ping_every: Duration,
}

/// Listeners that come in a second, unless told otherwise.
const COME_IN: f64 = 250.0;
/// After the last has come in, and after the last action: until all has calmed down.
const SETTLE: Duration = Duration::from_secs(2);
/// More listeners than that have no ports on one address of a machine.
const MOST_LISTENERS: u64 = 25_000;
/// Files of this process beside one socket each listener.
const OTHER_FILES: u64 = 200;

/// What a host does again and again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Action {
    /// Pauses and goes on, in turn.
    #[default]
    Pause,
    /// Starts a track, for which everybody says that it is ready.
    Play,
    /// Sets the room's volume; needs no track.
    Volume,
}

/// How those come back whose server was away.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ComeBack {
    /// Each after pauses of its own, as pages do.
    AsPages,
    /// All at the same instants, ten a second.
    AtOnce,
}

/// What load, and on whom.
#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "\
Examples:
  tutti load http://127.0.0.1:3000                                  100 listeners, 30 s
  tutti load http://127.0.0.1:3000 --listeners 1000 --repeater      beside a bare repeater
  tutti load https://192.168.0.7 --rooms 20 --listeners 50 --chat-every 5 --json

It makes its rooms, and removes them. The server's --max-members bounds the listeners of a room; an address may make 60
rooms at once, and then one every 2 s, unless the operator's token is given (--admin-token); `ulimit -Hn` bounds the
sockets, on both sides. Load and server on one machine share its processors: compare with --repeater, which shares them,
too.")]
pub(crate) struct LoadArgs {
    /// The server, as a browser names it.
    #[arg(value_name = "URL")]
    pub(crate) url: String,
    /// Rooms.
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..=500))]
    pub(crate) rooms: u64,
    /// Listeners of each room.
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = clap::value_parser!(u64).range(1..=20_000))]
    pub(crate) listeners: u64,
    /// How often the host of each room does something, in seconds.
    #[arg(long, value_name = "SECONDS", default_value = "2", value_parser = seconds::<200, 60_000>)]
    pub(crate) every: Duration,
    /// How long, in seconds, once all have come in.
    #[arg(long, value_name = "SECONDS", default_value = "30", value_parser = seconds::<1_000, 3_600_000>)]
    pub(crate) seconds: Duration,
    /// What the host does.
    #[arg(long, value_enum, default_value_t)]
    pub(crate) action: Action,
    /// How often the host of each room writes a line of chat, in seconds. [default: never]
    #[arg(long, value_name = "SECONDS", value_parser = seconds::<2_000, 3_600_000>)]
    pub(crate) chat_every: Option<Duration>,
    /// How often each listener measures its clock, four pings each time, in seconds.
    #[arg(long, value_name = "SECONDS", default_value = "30", value_parser = seconds::<2_500, 3_600_000>)]
    pub(crate) ping_every: Duration,
    /// How long the listeners take to come in, in seconds. [default: 250 a second]
    #[arg(long, value_name = "SECONDS", value_parser = seconds::<0, 3_600_000>)]
    pub(crate) ramp_up: Option<Duration>,
    /// Then have a bare axum repeater tell the same to as many, and print that beside it.
    #[arg(long)]
    pub(crate) repeater: bool,
    /// Instead: all come in and wait until the server is gone, for which you see to; how long they take to come back.
    #[arg(long, value_name = "HOW", value_enum, num_args = 0..=1, default_missing_value = "as-pages")]
    pub(crate) come_back: Option<ComeBack>,
    /// Print JSON, for programs.
    #[arg(long)]
    pub(crate) json: bool,
    /// The operator's, from the settings: no rate holds the rooms up.
    #[arg(skip)]
    operator: Option<Secret>,
    /// The server is mine, though its address is one of the public internet.
    #[arg(long)]
    pub(crate) yes_this_is_mine: bool,
}

/// Seconds with a fraction, within bounds in ms.
fn seconds<const LEAST: u64, const MOST: u64>(text: &str) -> Result<Duration, String> {
    let bounds = Duration::from_millis(LEAST)..=Duration::from_millis(MOST);
    text.parse::<f64>()
        .ok()
        .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok())
        .filter(|length| bounds.contains(length))
        .ok_or_else(|| {
            format!("it is {} to {} seconds", bounds.start().as_secs_f64(), bounds.end().as_secs_f64())
        })
}

/// Loads, and prints what came of it.
pub(super) async fn run(mut args: LoadArgs, operator: Option<Secret>) -> Result<()> {
    args.operator = operator;
    if args.come_back.is_some() {
        return herd::run(&args).await;
    }
    let figures = load(&args).await?;
    if args.json {
        println!("{}", serde_json::to_string_pretty(&figures)?);
    } else {
        print!("{figures}");
    }
    if figures.delivery.is_none() {
        bail!("nothing was measured");
    }
    Ok(())
}

/// The whole test; its rooms are gone afterwards, also when it is interrupted.
///
/// # Errors
/// When the server is not there, not near, or makes no rooms; when a host or a quiet client is sent away.
pub(crate) async fn load(args: &LoadArgs) -> Result<Figures> {
    let all = places_for_all(args)?;
    let target = Target::find(&args.url, args.yes_this_is_mine).await?;
    let mut rooms = Vec::new();
    let loaded = tokio::select! {
        loaded = against_server(args, &target, &mut rooms) => loaded,
        _ = tokio::signal::ctrl_c() => Err(anyhow::anyhow!("interrupted")),
    };
    for room in &rooms {
        target.remove_room(room).await;
    }
    let (gathered, quiet, sample) = loaded?;
    let repeated = match sample.filter(|_| args.repeater) {
        Some(sample) => {
            tokio::time::sleep(SETTLE).await;
            Some(against_repeater(args, &sample).await?)
        }
        None => None,
    };
    let size = (args.rooms, all, args.seconds.as_secs_f64());
    Ok(Figures::of(size, &gathered, repeated.as_ref(), &quiet))
}

/// How many listeners there are, if this machine has the ports and this process the files for them.
///
/// # Errors
/// When it has not.
fn places_for_all(args: &LoadArgs) -> Result<u64> {
    let all = args.rooms * args.listeners;
    if all > MOST_LISTENERS {
        bail!("{all} listeners are more than the {MOST_LISTENERS} that one machine has ports for");
    }
    if let Some(files) = open_files::raise()
        && files < all + OTHER_FILES
    {
        bail!(
            "this process may have {files} sockets open, and needs {}: raise ulimit -Hn",
            all + OTHER_FILES
        );
    }
    Ok(all)
}

/// Against the server that is meant.
async fn against_server(
    args: &LoadArgs,
    target: &Target,
    rooms: &mut Vec<Room>,
) -> Result<(Gathered, figures::Times, Option<String>)> {
    // One more, for those who only ping.
    for n in 0..=args.rooms {
        rooms.push(target.make_room(&format!("Load {n}"), args.operator.as_ref()).await?);
    }
    let (quiet_room, loaded) = rooms.split_last().context("there is a room at least")?;
    let track = target.a_track(quiet_room).await?;
    if track.is_none() && args.action != Action::Volume {
        tell("the library is empty: hosts set the volume instead");
    }
    let watch = Stopwatch::start();
    let quiet = Quiet::start(target.clone(), quiet_room, watch)?;
    let actors = loaded.iter().map(|room| Actor::come_in(target, room, track.clone(), args.action));
    let mut actors = try_join_all(actors).await.context("a host cannot come in")?;
    let codes: Vec<_> = loaded.iter().map(|room| room.code.clone()).collect();
    let speaks = Speaks::Tutti(Pace { ping_every: args.ping_every });
    let crowd = tokio::select! {
        crowd = Crowd::come_in(args, target, &codes, speaks, watch) => crowd,
        gone = try_join_all(actors.iter_mut().map(Actor::wait)) => {
            return Err(gone.err().context("a host is there at least")?);
        }
    };
    quiet.count(true);
    let acting = actors.into_iter().enumerate().map(|(n, actor)| actor.act(plan(args, n as u64), watch));
    let acted = try_join_all(acting).await;
    quiet.count(false);
    tokio::time::sleep(SETTLE).await;
    let heard = crowd.leave().await;
    let quiet = quiet.end().await?;
    let acted = acted?;
    let sample = acted.iter().find_map(|acted| acted.sample.clone());
    Ok((gather(args, &acted, heard), quiet, sample))
}

/// Against a repeater, which is told what the server said.
async fn against_repeater(args: &LoadArgs, sample: &str) -> Result<Gathered> {
    let repeater = Repeater::start().await?;
    let target = Target::find(&repeater.base, false).await?;
    let watch = Stopwatch::start();
    let codes: Vec<_> = (0..args.rooms).map(|n| format!("room{n}")).collect();
    let crowd = Crowd::come_in(args, &target, &codes, Speaks::Nothing, watch).await;
    let acting = codes.iter().enumerate().map(|(n, code)| {
        let (target, plan) = (target.clone(), plan(args, n as u64));
        async move { actor::repeat(&target, code, sample, plan, watch).await }
    });
    let acted = try_join_all(acting).await?;
    tokio::time::sleep(SETTLE).await;
    let heard = crowd.leave().await;
    Ok(gather(args, &acted, heard))
}

/// What the host of the `n`th room does; rooms take turns.
fn plan(args: &LoadArgs, n: u64) -> Plan {
    let turn = u32::try_from(n).unwrap_or(u32::MAX);
    let rooms = u32::try_from(args.rooms).unwrap_or(u32::MAX);
    Plan {
        every: args.every,
        chat_every: args.chat_every,
        length: args.seconds,
        begin_after: args.every / rooms * turn,
    }
}

/// All listeners of all rooms.
struct Crowd {
    listeners: Vec<tokio::task::JoinHandle<Heard>>,
    /// Dropped, it stops them.
    stop: DropGuard,
}

impl Crowd {
    /// They come in one after the other, evenly; returns when all have, or could not.
    async fn come_in(
        args: &LoadArgs,
        target: &Target,
        codes: &[String],
        speaks: Speaks,
        watch: Stopwatch,
    ) -> Self {
        let all = args.listeners * codes.len() as u64;
        let ramp_up = args.ramp_up.unwrap_or_else(|| Duration::from_secs_f64(all as f64 / COME_IN));
        let stop = CancellationToken::new();
        let (inside, mut came_in) = mpsc::unbounded_channel();
        let mut listeners = Vec::new();
        let mut ticks = tokio::time::interval(
            (ramp_up / u32::try_from(all).unwrap_or(u32::MAX)).max(Duration::from_micros(1)),
        );
        for n in 0..all {
            ticks.tick().await;
            // By turns, so that all rooms fill at once.
            let code = codes[(n % codes.len() as u64) as usize].clone();
            let (target, inside, stop) = (target.clone(), inside.clone(), stop.clone());
            listeners.push(tokio::spawn(listener::listen(
                target,
                code,
                format!("Listener {n}"),
                speaks,
                watch,
                inside,
                stop,
            )));
            if n % 500 == 499 {
                tell(&format!("{} of {all} listeners are on their way", n + 1));
            }
        }
        drop(inside);
        for _ in 0..all {
            came_in.recv().await;
        }
        tokio::time::sleep(SETTLE).await;
        Self { listeners, stop: stop.drop_guard() }
    }

    /// They leave, and tell what they heard.
    async fn leave(self) -> Vec<Heard> {
        drop(self.stop);
        join_all(self.listeners).await.into_iter().filter_map(Result::ok).collect()
    }
}

/// Finds to each broadcast that was heard the command that it came of.
fn gather(args: &LoadArgs, acted: &[Acted], heard: Vec<Heard>) -> Gathered {
    let mut gathered = Gathered::default();
    for acted in acted {
        gathered.actions += acted.commands.len() as u64;
        gathered.unanswered += acted.unanswered;
    }
    let rooms = usize::try_from(args.rooms).unwrap_or(usize::MAX);
    for (n, heard) in heard.into_iter().enumerate() {
        gathered.messages += heard.messages;
        gathered.bytes += heard.bytes;
        gathered.sent += heard.sent;
        if let Some(why) = heard.refused {
            *gathered.refused.entry(why).or_default() += 1;
            continue;
        }
        gathered.joined += 1;
        gathered.connect.record(heard.connect.unwrap_or_default());
        if let Some(why) = heard.closed {
            *gathered.closed.entry(why).or_default() += 1;
        }
        let Some(acted) = acted.get(n % rooms) else { continue };
        gathered.expected += acted.commands.len() as u64;
        let first: HashMap<u64, u64> = heard.told.into_iter().rev().collect();
        for (revision, sent) in &acted.commands {
            if let Some(at) = first.get(revision) {
                gathered.delivery.record(at.saturating_sub(*sent));
            }
        }
    }
    gathered
}

/// A word on the way, where somebody looks.
fn tell(what: &str) {
    let mut stderr = std::io::stderr();
    if stderr.is_terminal() {
        let _ = writeln!(stderr, "{what}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_seconds_within_their_bounds() {
        assert_eq!(seconds::<200, 60_000>("0.2").unwrap(), Duration::from_millis(200));
        for bad in ["0.1", "61", "-1", "NaN", "soon", ""] {
            assert_eq!(seconds::<200, 60_000>(bad).unwrap_err(), "it is 0.2 to 60 seconds", "{bad}");
        }
    }
}
