//! The room's behaviour as sentences; time is an argument, so a whole evening takes no time.

mod laws;
mod people;
mod playing;
mod queue;
mod talking;

use std::sync::Arc;

use proptest::prelude::*;

use super::*;
use crate::protocol::snapshot::{Repeat, Status, TrackInfo};
use crate::protocol::{EntryId, QueuePlace, Revision, Role, StreamId, Volume};
use crate::sync::time::Span;

/// A room with a clock, and everything that it said.
struct Stage {
    room: Room,
    now: RoomTime,
    said: Vec<Effect>,
}

const HOST: Actor = Actor::Api(Role::Host);

fn track(name: &str, secs: i64) -> Arc<TrackInfo> {
    Arc::new(TrackInfo {
        track_id: name.parse().unwrap(),
        track_url: format!("/media/{name}/original"),
        renditions: Vec::new(),
        title: name.to_owned(),
        artist: None,
        album: None,
        filename: format!("{name}.flac"),
        duration: MediaTime::from_micros(secs * 1_000_000),
        artwork_url: None,
        gain: None,
        needs_encoder: false,
    })
}

/// What tells this browser from others.
fn identity(browser: &str) -> Identity {
    let mut bytes = [0; 32];
    bytes[..browser.len()].copy_from_slice(browser.as_bytes());
    Identity(bytes)
}

/// A listener's tab of a browser that was never here.
fn request(name: &str, browser: &str) -> JoinRequest {
    JoinRequest {
        fresh_id: name.parse().unwrap(),
        identity: identity(browser),
        role: Role::Listener,
        name: None,
        resume: None,
    }
}

fn member(joined: &Joined) -> Actor {
    Actor::Member(joined.member_id.clone())
}

impl Stage {
    fn new() -> Self {
        let code = RoomCode::from_number(7);
        let now = RoomTime::from_micros(1_800_000_000_000_000);
        let record = RoomRecord::new(code, RoomSettings::default());
        Self { room: Room::restore(record, RoomConfig::default(), now, None), now, said: Vec::new() }
    }

    fn hear(&mut self) {
        while let Some(effect) = self.room.poll_effect() {
            self.said.push(effect);
        }
    }

    fn join(&mut self, name: &str, role: Role) -> Joined {
        self.join_by(name, name, role)
    }

    /// A tab of a browser.
    fn join_by(&mut self, name: &str, browser: &str, role: Role) -> Joined {
        let request = JoinRequest { role, ..request(name, browser) };
        let joined = self.room.handle_join(self.now, request).unwrap();
        self.hear();
        joined
    }

    fn ask(&mut self, actor: &Actor, command: Command) -> Result<Accepted, ErrorCode> {
        let answer = self.room.handle_command(self.now, actor, command);
        self.hear();
        answer
    }

    fn host(&mut self, command: Command) -> Accepted {
        self.ask(&HOST, command).unwrap()
    }

    fn play(&mut self, name: &str, secs: i64) -> Accepted {
        self.host(Command::Play { track: track(name, secs), position: None })
    }

    fn add(&mut self, names: &[&str]) {
        let tracks = names.iter().map(|name| track(name, 60)).collect();
        self.host(Command::QueueAdd { tracks, at: QueuePlace::End });
    }

    /// Lets time pass, and the room wake whenever it asked to.
    fn pass(&mut self, span: Span) {
        let until = self.now + span;
        while let Some(due) = self.room.poll_timeout().filter(|due| *due <= until) {
            self.now = self.now.max(due);
            self.room.handle_timeout(self.now);
            self.hear();
        }
        self.now = until;
    }

    fn broadcasts(&mut self) -> Vec<ServerMessage> {
        std::mem::take(&mut self.said)
            .into_iter()
            .filter_map(|effect| match effect {
                Effect::Broadcast(message) => Some(message),
                _ => None,
            })
            .collect()
    }

    fn playing(&self) -> (Status, Option<String>) {
        let playback = self.room.playback(self.now);
        (playback.status, playback.track.map(|track| track.title.clone()))
    }

    fn restart(&mut self, down: Span) {
        let record = self.room.record();
        let last_alive = self.now;
        self.now += down;
        self.room = Room::restore(record, RoomConfig::default(), self.now, Some(last_alive));
        self.hear();
    }
}
