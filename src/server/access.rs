//! What somebody who asks may (manual/protocol.md, "Rights"). Rooms decide by role what may be done in them; here a caller
//! gets its role, and what lies outside of rooms its yes or no. Nothing given: 401; not enough: 403.

use std::sync::Arc;

use super::caller::Caller;
use super::pin;
use super::rest::ApiError;
use super::rooms::RoomHandle;
use super::state::AppState;
use crate::protocol::permissions::may;
use crate::protocol::{Action, ErrorCode, MemberName, Role, RoomCode};
use crate::room::Identity;
use crate::storage::{SecretHash, Standing, StoreError};

impl AppState {
    /// What a caller is to a room that exists, before it comes in.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn standing(&self, caller: &Caller, code: RoomCode) -> Result<Standing, StoreError> {
        if let Some(bearer) = &caller.bearer
            && self.is_host_token(code, &bearer.hash()).await?
        {
            return Ok(Standing { role: Some(Role::Host), ..Standing::default() });
        }
        match &caller.session {
            Some(session) => self.store.standing(&session.hash(), code).await,
            None => Ok(Standing::default()),
        }
    }

    /// What a caller is called that is inside of a room just now, or was a moment ago.
    pub async fn name_inside(&self, caller: &Caller, code: RoomCode) -> Option<MemberName> {
        let identity = Identity(caller.session.as_ref()?.hash());
        self.rooms.in_use(code)?.name_of(identity).await
    }

    /// The role of a caller in a room that exists; `None` when it is nobody there. Who came in before the PIN was
    /// changed is still somebody for as long as it is inside.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn role_of(&self, caller: &Caller, code: RoomCode) -> Result<Option<Role>, StoreError> {
        let standing = self.standing(caller, code).await?;
        if standing.pin_wanted && self.name_inside(caller, code).await.is_none() {
            return Ok(None);
        }
        Ok(standing.role)
    }

    /// Whether this token makes its holder host of the room: the room's own, or the operator's.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn is_host_token(&self, code: RoomCode, hash: &SecretHash) -> Result<bool, StoreError> {
        Ok(*hash == self.admin_hash || self.store.host_token_matches(code, hash).await?)
    }

    /// The room and the role of a caller who is somebody in it.
    ///
    /// # Errors
    /// 404, 401 or 403.
    pub async fn member(&self, caller: &Caller, code: &str) -> Result<(Arc<RoomHandle>, Role), ApiError> {
        let room = self.room(code).await?;
        match self.role_of(caller, room.code()).await? {
            Some(role) => Ok((room, role)),
            None => Err(refused(caller)),
        }
    }

    /// Refuses a role that may not do this in the room. The room would refuse it too; asked here, it is refused
    /// before what it sent is looked at.
    ///
    /// # Errors
    /// 403.
    pub async fn must(&self, room: &RoomHandle, role: Role, action: Action) -> Result<(), ApiError> {
        if may(role, action, &room.snapshot().await?.settings) {
            Ok(())
        } else {
            Err(ErrorCode::Forbidden.into())
        }
    }

    /// The room whose state a caller may see: anybody's, unless it has a PIN, or the caller was put out of it.
    ///
    /// # Errors
    /// 404, 401 or 403.
    pub async fn visible_room(&self, caller: &Caller, code: &str) -> Result<Arc<RoomHandle>, ApiError> {
        let room = self.room(code).await?;
        let has_pin = self.store.pin_hash(room.code()).await?.is_some();
        if self.standing(caller, room.code()).await?.kicked
            || has_pin && self.role_of(caller, room.code()).await?.is_none()
        {
            return Err(refused(caller));
        }
        Ok(room)
    }

    /// The room of a code as somebody typed it.
    ///
    /// # Errors
    /// 404; 503 when the database fails.
    pub async fn room(&self, code: &str) -> Result<Arc<RoomHandle>, ApiError> {
        let code = code.parse().map_err(|_| ApiError::from(ErrorCode::NoSuchRoom))?;
        Ok(self.rooms.open(code).await?)
    }

    /// Whether a caller is a member of any room, which is enough for the library and the audio.
    ///
    /// # Errors
    /// 401 or 403.
    pub async fn must_be_member_anywhere(&self, caller: &Caller) -> Result<(), ApiError> {
        if let Some(bearer) = &caller.bearer {
            let hash = bearer.hash();
            if hash == self.admin_hash || self.store.room_of_host_token(&hash).await?.is_some() {
                return Ok(());
            }
        }
        if let Some(session) = &caller.session
            && self.store.is_anywhere(&session.hash()).await?
        {
            return Ok(());
        }
        Err(refused(caller))
    }

    /// Whether a caller may add music by the setting of this room; a host's token names its room itself, and the
    /// operator needs none. `false` for a member of some room who names none: it has to, first.
    ///
    /// # Errors
    /// 404, 401 or 403.
    pub async fn may_add(&self, caller: &Caller, room: Option<&str>) -> Result<bool, ApiError> {
        if self.is_operator(caller) {
            return Ok(true);
        }
        if let Some(room) = room {
            let (room, role) = self.member(caller, room).await?;
            self.must(&room, role, Action::Add).await?;
            return Ok(true);
        }
        if let Some(bearer) = &caller.bearer
            && self.store.room_of_host_token(&bearer.hash()).await?.is_some()
        {
            return Ok(true);
        }
        self.must_be_member_anywhere(caller).await?;
        Ok(false)
    }

    /// Whether a caller is the operator.
    pub fn is_operator(&self, caller: &Caller) -> bool {
        caller.bearer.as_ref().is_some_and(|bearer| bearer.hash() == self.admin_hash)
    }

    /// Refuses everybody but the operator.
    ///
    /// # Errors
    /// 401 or 403.
    pub fn must_be_operator(&self, caller: &Caller) -> Result<(), ApiError> {
        if self.is_operator(caller) { Ok(()) } else { Err(refused(caller)) }
    }

    /// Whether this opens a room's door: it has no PIN, or this is the PIN.
    ///
    /// # Errors
    /// [`ErrorCode::PinWrong`]; [`ErrorCode::RateLimited`] for who tries too often; [`ErrorCode::NoSuchRoom`].
    pub async fn pin_opens(
        &self,
        caller: &Caller,
        code: RoomCode,
        pin: Option<&str>,
    ) -> Result<(), ErrorCode> {
        let kept = match self.store.pin_hash(code).await {
            Ok(None) => return Ok(()),
            Ok(Some(kept)) => kept,
            Err(StoreError::NotFound) => return Err(ErrorCode::NoSuchRoom),
            Err(error) => {
                tracing::error!(room = %code, %error, "a PIN could not be looked up");
                return Err(ErrorCode::Unavailable);
            }
        };
        let pin = pin.ok_or(ErrorCode::PinWrong)?;
        if !self.rates.may_try_pin(caller.address, code) {
            return Err(ErrorCode::RateLimited);
        }
        if pin::matches(pin, kept).await { Ok(()) } else { Err(ErrorCode::PinWrong) }
    }
}

fn refused(caller: &Caller) -> ApiError {
    if caller.is_anonymous() { ErrorCode::Unauthorized.into() } else { ErrorCode::Forbidden.into() }
}
