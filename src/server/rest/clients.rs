//! The people of a room: who is there, what they may, and who has to go.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::extract::{Body, Path};
use super::playback::Taken;
use super::rooms::OfRoom;
use super::{ApiError, body, refusals, schema};
use crate::protocol::permissions::may;
use crate::protocol::{Action, ChatLine, ClientMessage, ErrorCode, MemberId, MemberInfo, Role};
use crate::room::Actor;
use crate::server::caller::Caller;
use crate::server::rooms::RoomHandle;
use crate::server::state::AppState;

/// A member of a room.
#[derive(Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Path)]
pub(super) struct OfMember {
    /// The code of the room.
    #[param(value_type = crate::protocol::RoomCode)]
    code: String,
    /// One browser tab in it.
    #[param(value_type = MemberId)]
    member_id: String,
}

impl OfMember {
    /// What is no id is no member either.
    fn id(&self) -> Result<MemberId, ApiError> {
        self.member_id.parse().map_err(|_| ErrorCode::NoSuchMember.into())
    }
}

/// Who is in a room, or may come back at once. How well each keeps in step is told to DJs and hosts.
#[utoipa::path(
    get, path = "/rooms/{code}/clients", tag = "people", params(OfRoom),
    responses((status = 200, description = "The members.", body = Vec<MemberInfo>), refusals::Room)
)]
pub(super) async fn list(
    State(state): State<AppState>,
    caller: Caller,
    Path(OfRoom { code }): Path<OfRoom>,
) -> Result<Json<Vec<MemberInfo>>, ApiError> {
    let (room, role) = state.member(&caller, &code).await?;
    Ok(Json(seen_by(role, &room).await?))
}

/// One member.
#[utoipa::path(
    get, path = "/rooms/{code}/clients/{memberId}", tag = "people", params(OfMember),
    responses((status = 200, description = "The member.", body = MemberInfo), refusals::Member)
)]
pub(super) async fn show(
    State(state): State<AppState>,
    caller: Caller,
    Path(of): Path<OfMember>,
) -> Result<Json<MemberInfo>, ApiError> {
    let (room, role) = state.member(&caller, &of.code).await?;
    Ok(Json(one_seen_by(role, &room, &of.id()?).await?))
}

/// Makes a member a host, a DJ or a listener, with all tabs of its browser and for later, too. To hand a room over,
/// make somebody else host, then the one before less. For hosts.
#[utoipa::path(
    patch, path = "/rooms/{code}/clients/{memberId}", tag = "people", params(OfMember),
    request_body = schema::NewRole,
    responses((status = 200, description = "The member after it.", body = MemberInfo), refusals::MemberRole)
)]
pub(super) async fn set_role(
    State(state): State<AppState>,
    caller: Caller,
    Path(of): Path<OfMember>,
    Body(body): Body,
) -> Result<Json<MemberInfo>, ApiError> {
    let (room, role) = state.member(&caller, &of.code).await?;
    state.must(&room, role, Action::Administer).await?;
    let id = of.id()?;
    let mut fields = body::object(&body)?;
    fields.insert("memberId".to_owned(), id.as_str().into());
    let message = body::named("SET_ROLE", fields)?;
    room.request(Actor::Api(role), message).await?;
    Ok(Json(one_seen_by(role, &room, &id).await?))
}

/// Puts a member out, with all tabs of its browser, which stays out of this room. A program without a cookie may come
/// back. For hosts.
#[utoipa::path(
    delete, path = "/rooms/{code}/clients/{memberId}", tag = "people", params(OfMember),
    responses((status = 204, description = "The member is out."), refusals::Member)
)]
pub(super) async fn kick(
    State(state): State<AppState>,
    caller: Caller,
    Path(of): Path<OfMember>,
) -> Result<StatusCode, ApiError> {
    let (room, role) = state.member(&caller, &of.code).await?;
    state.must(&room, role, Action::Administer).await?;
    room.request(Actor::Api(role), ClientMessage::Kick { member_id: of.id()? }).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Who may come back.
#[derive(Serialize, ToSchema)]
pub(super) struct Pardoned {
    /// Browsers that had been put out.
    pardoned: u64,
}

/// Lets everybody come back who was put out of the room. For hosts.
#[utoipa::path(
    delete, path = "/rooms/{code}/kicked", tag = "people", params(OfRoom),
    responses((status = 200, description = "Nobody is kept out any more.", body = Pardoned), refusals::Room)
)]
pub(super) async fn pardon(
    State(state): State<AppState>,
    caller: Caller,
    Path(OfRoom { code }): Path<OfRoom>,
) -> Result<Json<Pardoned>, ApiError> {
    let (room, role) = state.member(&caller, &code).await?;
    state.must(&room, role, Action::Administer).await?;
    Ok(Json(Pardoned { pardoned: room.pardon().await? }))
}

/// Lets every member measure anew and go straight to where the music is. For hosts.
#[utoipa::path(
    post, path = "/rooms/{code}/sync-all", tag = "people", params(OfRoom),
    responses((status = 202, description = "All are told.", body = Taken), refusals::Room)
)]
pub(super) async fn sync_all(
    State(state): State<AppState>,
    caller: Caller,
    Path(OfRoom { code }): Path<OfRoom>,
) -> Result<(StatusCode, Json<Taken>), ApiError> {
    let (room, role) = state.member(&caller, &code).await?;
    state.must(&room, role, Action::SyncAll).await?;
    let accepted = room.request(Actor::Api(role), ClientMessage::HostSyncAll).await?;
    Ok((StatusCode::ACCEPTED, Json(accepted.into())))
}

/// What was said in a room.
#[derive(Serialize, ToSchema)]
pub(super) struct Chat {
    /// The latest last.
    #[schema(max_items = 100)]
    chat: Vec<ChatLine>,
}

/// The latest lines of the chat, which a server keeps while it runs. To say something one has to be a member: over the
/// room's socket.
#[utoipa::path(
    get, path = "/rooms/{code}/chat", tag = "people", security((), ("session" = []), ("bearer" = [])), params(OfRoom),
    responses((status = 200, description = "The lines.", body = Chat), refusals::Room)
)]
pub(super) async fn chat(
    State(state): State<AppState>,
    caller: Caller,
    Path(OfRoom { code }): Path<OfRoom>,
) -> Result<Json<Chat>, ApiError> {
    let chat = state.visible_room(&caller, &code).await?.snapshot().await?.chat;
    Ok(Json(Chat { chat }))
}

/// The members, as this role may see them.
async fn seen_by(role: Role, room: &RoomHandle) -> Result<Vec<MemberInfo>, ApiError> {
    let settings = room.snapshot().await?.settings;
    let mut clients = room.clients().await?;
    if !may(role, Action::SeeHealth, &settings) {
        for client in &mut clients {
            client.health = None;
        }
    }
    Ok(clients)
}

async fn one_seen_by(role: Role, room: &RoomHandle, id: &MemberId) -> Result<MemberInfo, ApiError> {
    let found = seen_by(role, room).await?.into_iter().find(|member| member.member_id == *id);
    found.ok_or_else(|| ErrorCode::NoSuchMember.into())
}
