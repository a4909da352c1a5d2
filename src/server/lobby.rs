//! Where rooms are made and shown to people who are not in them; for the API and the pages alike.

use super::caller::Caller;
use super::pin;
use super::random;
use super::secret::Secret;
use super::state::AppState;
use crate::protocol::{ErrorCode, Role, RoomCode, RoomName, RoomRecord, RoomSettings};
use crate::storage::StoreError;
use crate::ui::actions::ListedRoom;

/// Rooms on the home page.
const LISTED: u32 = 50;

/// Codes tried for a new room. With a million rooms, one in a thousand is taken.
const CODES_TRIED: usize = 10;

impl AppState {
    /// Makes a room whose host this session is, and its host token.
    ///
    /// # Errors
    /// [`ErrorCode::BadValue`] for the PIN; [`ErrorCode::RateLimited`], [`ErrorCode::TooManyRooms`].
    pub async fn create_room(
        &self,
        caller: &Caller,
        session: &Secret,
        name: Option<RoomName>,
        pin: Option<String>,
        listed: bool,
    ) -> Result<(RoomCode, Secret), ErrorCode> {
        let pin = pin.as_deref().map(pin::checked).transpose()?;
        // The operator may fill its own server.
        if !self.is_operator(caller) && !self.rates.may_create_room(caller.address) {
            return Err(ErrorCode::RateLimited);
        }
        if self.store.count_rooms().await.map_err(failed)? >= self.max_rooms {
            return Err(ErrorCode::TooManyRooms);
        }
        let pin_hash = match pin {
            Some(pin) => Some(pin::hash(&pin).await?),
            None => None,
        };
        let settings = RoomSettings { name, listed, has_pin: pin_hash.is_some(), ..RoomSettings::default() };
        let token = Secret::random();
        for _ in 0..CODES_TRIED {
            let code = random::room_code();
            let room = RoomRecord::new(code, settings.clone());
            let written =
                self.store.create_room(&room, &token.hash(), pin_hash.as_deref(), self.clock.now()).await;
            match written {
                Ok(()) => {
                    self.store.grant(&session.hash(), code, Role::Host).await.map_err(failed)?;
                    tracing::info!(room = %code, "room created");
                    return Ok((code, token));
                }
                Err(StoreError::Taken) => {}
                Err(error) => return Err(failed(error)),
            }
        }
        Err(ErrorCode::TooManyRooms)
    }

    /// The rooms that want to be found, the last used first.
    ///
    /// # Errors
    /// [`ErrorCode::Unavailable`].
    pub async fn listed_rooms(&self) -> Result<Vec<ListedRoom>, ErrorCode> {
        let mut rooms = Vec::new();
        for room in self.store.listed_rooms(LISTED).await.map_err(failed)? {
            let name = room.name.map_or_else(|| room.code.to_string(), String::from);
            // What plays behind a PIN is nobody's business.
            rooms.push(self.shown(room.code, name, !room.has_pin).await);
        }
        Ok(rooms)
    }

    /// Some of all rooms by their codes, behind this one; for the operator.
    ///
    /// # Errors
    /// [`ErrorCode::Unavailable`].
    pub async fn rooms_behind(
        &self,
        behind: Option<RoomCode>,
        limit: u32,
    ) -> Result<Vec<ListedRoom>, ErrorCode> {
        let mut rooms = Vec::new();
        for room in self.store.rooms_behind(behind, limit).await.map_err(failed)? {
            let name = room.name.map_or_else(|| room.code.to_string(), String::from);
            rooms.push(self.shown(room.code, name, true).await);
        }
        Ok(rooms)
    }

    /// A room that is not in use has nobody in it and plays nothing: those that run are always in use.
    async fn shown(&self, code: RoomCode, name: String, with_title: bool) -> ListedRoom {
        let mut shown = ListedRoom { code, name, member_count: 0, playing: None };
        if let Some(room) = self.rooms.in_use(code)
            && let Ok(snapshot) = room.snapshot().await
        {
            shown.name = snapshot.name;
            shown.member_count = snapshot.member_count;
            let playback = snapshot.playback;
            shown.playing = playback
                .track
                .filter(|_| with_title && playback.status.is_running())
                .map(|track| track.title.clone());
        }
        shown
    }
}

#[expect(clippy::needless_pass_by_value, reason = "it stands in map_err")]
fn failed(error: StoreError) -> ErrorCode {
    tracing::error!(%error, "the database failed");
    ErrorCode::Unavailable
}
