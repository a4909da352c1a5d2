//! The live session of a room page, as components see it: signals to read, and things to ask for. **The one file
//! where browser and server differ**: on the server nothing is asked and nothing moves; in the browser it stands
//! on `client::Session`. (One other differs a little, for what is sent beside the session: `upload::additions`.)
//! What is asked of the room is in [`ask`], what is set for this device in [`device`], what is seen of its work in
//! [`mod@watch`].

mod ask;
mod device;
mod watch;

use std::sync::Arc;

use leptos::prelude::*;

use self::device::Kept;
use self::watch::Watch;
use crate::listener::trends::Trends;
use crate::listener::view::{Beginning, Connection, LibraryNews, Notice, Reacted, SyncView, View};
use crate::protocol::permissions::may;
use crate::protocol::snapshot::{ChatLine, MemberInfo, Playback, QueueEntry, RoomSettings};
use crate::protocol::{Action, ClientMessage, MemberId, Role, RoomCode, Volume, limits};
use crate::sync::time::{MediaTime, Span};

#[cfg(feature = "hydrate")]
use crate::client::Session;

/// The session of the room page; made once by the page, found by components in context.
#[derive(Clone, Copy)]
pub struct Live {
    code: RoomCode,
    view: RwSignal<View>,
    kept: Kept,
    watch: Watch,
    #[cfg(feature = "hydrate")]
    session: StoredValue<Option<Session>, LocalStorage>,
}

impl Live {
    /// Makes the session of a page and provides it as context. In the browser the socket opens once the page is
    /// hydrated.
    pub fn provide(beginning: Beginning) -> Self {
        let live = Self {
            code: beginning.snapshot.code,
            view: RwSignal::new(View::new(beginning.clone())),
            kept: Kept::default(),
            watch: Watch::default(),
            #[cfg(feature = "hydrate")]
            session: StoredValue::new_local(None),
        };
        #[cfg(feature = "hydrate")]
        live.connect_when_hydrated(beginning);
        provide_context(live);
        live
    }

    /// The session of the page around a component.
    pub fn get() -> Self {
        expect_context()
    }
}

// What is.
impl Live {
    fn part<T: PartialEq + Send + Sync + 'static>(
        self,
        part: impl Fn(&View) -> T + Send + Sync + 'static,
    ) -> Memo<T> {
        Memo::new(move |_| self.view.with(&part))
    }

    /// Like `part`, for what is shared: it is compared by its place first, because most of what comes has not changed.
    fn shared<T: PartialEq + Send + Sync + ?Sized + 'static>(
        self,
        part: impl Fn(&View) -> Arc<T> + Send + Sync + 'static,
    ) -> Memo<Arc<T>> {
        Memo::new_with_compare(
            move |_| self.view.with(&part),
            |old, new| match (old, new) {
                (Some(old), Some(new)) => !Arc::ptr_eq(old, new) && old != new,
                _ => true,
            },
        )
    }

    /// The room.
    pub const fn code(self) -> RoomCode {
        self.code
    }

    /// What the room is called.
    pub fn name(self) -> Memo<Arc<str>> {
        self.shared(|view| view.name.clone())
    }

    /// What the room is set to.
    pub fn settings(self) -> Memo<Arc<RoomSettings>> {
        self.shared(|view| view.settings.clone())
    }

    /// The playback, as last told; for a moving position see [`Live::position`].
    pub fn playback(self) -> Memo<Arc<Playback>> {
        self.shared(|view| view.playback.clone())
    }

    /// What is still to come.
    pub fn queue(self) -> Memo<Arc<Vec<QueueEntry>>> {
        self.shared(|view| view.queue.clone())
    }

    /// What was played, the latest last.
    pub fn history(self) -> Memo<Arc<Vec<QueueEntry>>> {
        self.shared(|view| view.history.clone())
    }

    /// What was said, the latest last.
    pub fn chat(self) -> Memo<Arc<Vec<ChatLine>>> {
        self.shared(|view| view.chat.clone())
    }

    /// The latest reaction.
    pub fn reaction(self) -> Memo<Option<Reacted>> {
        self.part(|view| view.reaction.clone())
    }

    /// The members, as far as they are listed.
    pub fn members(self) -> Memo<Arc<Vec<MemberInfo>>> {
        self.shared(|view| view.members.clone())
    }

    /// How they kept in step lately, for who may see it.
    pub fn trends(self) -> Memo<Arc<Trends>> {
        self.shared(|view| view.trends.clone())
    }

    /// How many members there are.
    pub fn member_count(self) -> Memo<usize> {
        self.part(|view| view.member_count)
    }

    /// Who this tab is.
    pub fn member_id(self) -> Memo<Option<MemberId>> {
        self.part(|view| view.member_id.clone())
    }

    /// What this tab is.
    pub fn role(self) -> Memo<Role> {
        self.part(|view| view.role)
    }

    /// Whether this tab may do something in this room.
    pub fn may(self, action: Action) -> Memo<bool> {
        self.part(move |view| may(view.role, action, &view.settings))
    }

    /// How the socket is.
    pub fn connection(self) -> Memo<Connection> {
        self.part(|view| view.connection)
    }

    /// How well the sound keeps in step.
    pub fn sync(self) -> Memo<SyncView> {
        self.part(|view| view.sync)
    }

    /// Whether the browser refuses to play without a tap.
    pub fn blocked(self) -> Memo<bool> {
        self.part(|view| view.blocked)
    }

    /// Whether the listener paused this device only.
    pub fn silenced(self) -> Memo<bool> {
        self.part(|view| view.silenced)
    }

    /// This device's own volume.
    pub fn own_volume(self) -> Memo<Volume> {
        self.part(|view| view.own_volume)
    }

    /// How much earlier this device plays.
    pub fn output_offset(self) -> Memo<Span> {
        self.part(|view| view.output_offset)
    }

    /// That the library has changed, or is being scanned; `None` until it does.
    pub fn library(self) -> Memo<Option<LibraryNews>> {
        self.part(|view| view.library.clone())
    }

    /// The latest refusal or failure.
    pub fn notice(self) -> Memo<Option<Notice>> {
        self.part(|view| view.notice.clone())
    }

    /// Where the music should be at this moment; not a signal: ask again when you want to draw. On the server, and
    /// until the clock is known, where it was when the playback was told.
    pub fn position(self) -> MediaTime {
        #[cfg(feature = "hydrate")]
        if let Some(position) =
            self.session.with_value(|session| session.as_ref().and_then(Session::expected_position))
        {
            return position;
        }
        self.view.with_untracked(|view| view.playback.position)
    }
}

// What is asked of this device. What a person sets is shown at once: just before a start the session shows nothing, and
// the next step, or the next press of a button that changes to and fro, goes from what is shown.
impl Live {
    /// *Tap to start*: unlocks both elements. To be called from a click.
    pub fn tap(self) {
        #[cfg(feature = "hydrate")]
        self.with_session(Session::tap);
    }

    /// A fresh clock burst, then straight to the position.
    pub fn resync(self) {
        #[cfg(feature = "hydrate")]
        self.with_session(Session::resync);
    }

    /// This device's own volume.
    pub fn set_own_volume(self, volume: Volume) {
        self.view.update(|view| view.own_volume = volume);
        #[cfg(feature = "hydrate")]
        self.with_session(|session| session.set_own_volume(volume));
    }

    /// How much earlier this device plays; at most half a second either way.
    pub fn set_output_offset(self, offset: Span) {
        let offset = offset.clamp(-limits::OUTPUT_OFFSET, limits::OUTPUT_OFFSET);
        self.view.update(|view| view.output_offset = offset);
        #[cfg(feature = "hydrate")]
        self.with_session(|session| session.set_output_offset(offset));
    }

    /// Pauses this device only, or lets it join again.
    pub fn set_silenced(self, silenced: bool) {
        self.view.update(|view| view.silenced = silenced);
        #[cfg(feature = "hydrate")]
        self.with_session(|session| session.set_silenced(silenced));
    }

    #[cfg_attr(
        not(feature = "hydrate"),
        expect(clippy::unused_self, reason = "on the server nobody is asked")
    )]
    fn send(self, message: ClientMessage) {
        #[cfg(feature = "hydrate")]
        self.with_session(|session| session.ask(message));
        #[cfg(not(feature = "hydrate"))]
        drop(message);
    }

    #[cfg(feature = "hydrate")]
    fn with_session(self, act: impl FnOnce(&Session)) {
        // The session is taken out of the store first: what it shows in turn may read the store again.
        let session = self.session.with_value(Clone::clone);
        if let Some(session) = session {
            act(&session);
        }
    }

    #[cfg(feature = "hydrate")]
    fn connect_when_hydrated(self, beginning: Beginning) {
        Effect::new(move |_| {
            let view = self.view;
            let session = Session::start(beginning.clone(), move |shown| view.set(shown.clone()));
            self.kept.presets.set(session.presets());
            self.kept.shortcuts.set(session.has_shortcuts());
            session.on_beat(move || self.note_beat());
            self.session.set_value(Some(session));
        });
        on_cleanup(move || {
            if let Some(session) = self.session.try_update_value(Option::take).flatten() {
                session.leave();
            }
        });
    }
}
