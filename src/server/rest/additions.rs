//! Music that people add: uploads and links, and its removal by the operator. How it is taken in is the library's
//! affair ([`Intake`](crate::library::Intake)); here are who may, how much at once, and what is answered.

use axum::Json;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::http::header::CONTENT_LENGTH;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::extract::{Body, Path, Query};
use super::form::{self, FORM_BYTES, Form};
use super::tracks::{OfTrack, Shown};
use super::{ApiError, body, refusals, schema};
use crate::library::intake::{Hold, Refusal, RemoveError, Taken};
use crate::library::source::SourceError;
use crate::protocol::ErrorCode;
use crate::server::caller::Caller;
use crate::server::state::AppState;
use crate::server::turnstile::Pass;

/// The room by whose setting somebody may add.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Place {
    /// The room in which the caller may add. A host token names its room itself, and the operator needs none.
    #[param(value_type = Option<crate::protocol::RoomCode>, nullable = false)]
    room: Option<String>,
}

/// A link to be added.
#[derive(Debug, Deserialize)]
struct Wanted {
    url: String,
    room: Option<String>,
}

/// What became of the files of a request.
#[derive(Default, Serialize, ToSchema)]
#[schema(as = Additions)]
pub(super) struct Answer {
    #[schema(value_type = Vec<schema::AddedTrack>)]
    tracks: Vec<Added>,
    refused: Vec<Refused>,
}

#[derive(Serialize)]
struct Added {
    #[serde(flatten)]
    track: Shown,
    /// Its content was there already.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    duplicate: bool,
}

/// A file that was not taken.
#[derive(Serialize, ToSchema)]
#[schema(as = RefusedFile)]
struct Refused {
    filename: String,
    code: ErrorCode,
    /// Why, in words.
    detail: String,
    #[serde(skip)]
    error: ApiError,
}

impl Answer {
    /// 201 when something is new, 200 when all of it was there already; nothing taken is what the first refusal is.
    fn into_response(mut self) -> Response {
        let status = match self.refused.first() {
            Some(_) if self.tracks.is_empty() && self.refused.len() == 1 => {
                return self.refused.remove(0).error.into_response();
            }
            Some(first) if self.tracks.is_empty() => first.error.status(),
            _ if self.tracks.iter().all(|added| added.duplicate) => StatusCode::OK,
            _ => StatusCode::CREATED,
        };
        (status, Json(self)).into_response()
    }
}

/// Adds files to the library: parts of a form named `file`, before them perhaps the room as a part named `room`. A
/// file whose content is there already is told and not kept twice, so a retry does no harm.
#[utoipa::path(
    post, path = "/tracks", tag = "library", params(Place),
    request_body(content = schema::Upload, content_type = "multipart/form-data"),
    responses(
        (status = 200, description = "All of it was there already.", body = Answer),
        (status = 201, description = "What is new, and what was refused.", body = Answer),
        refusals::Upload,
    )
)]
pub(super) async fn upload(
    State(state): State<AppState>,
    caller: Caller,
    Query(place): Query<Place>,
    request: Request,
) -> Response {
    let said = request.headers().get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
    match admit(&state, &caller, &place, said.unwrap_or_default()).await {
        Ok(admitted) => match take_all(&state, &caller, admitted, request).await {
            Ok(answer) => answer.into_response(),
            Err(error) => error.into_response(),
        },
        Err(error) => {
            form::forget(request.into_body());
            error.into_response()
        }
    }
}

/// What is decided before anything is read, by who asks and by how many bytes it says that there are.
struct Admitted {
    _pass: Pass,
    hold: Hold,
    /// Whether the caller may; otherwise it has to name its room first.
    may: bool,
}

async fn admit(state: &AppState, caller: &Caller, place: &Place, said: u64) -> Result<Admitted, ApiError> {
    let may = state.may_add(caller, place.room.as_deref()).await?;
    let pass = enter(state, caller)?;
    let most = state.intake.limits().file_bytes;
    if said > most.saturating_add(FORM_BYTES) {
        return Err(refusal(Refusal::TooLarge(most)));
    }
    let hold = state.intake.hold(said.saturating_sub(FORM_BYTES)).await.map_err(refusal)?;
    Ok(Admitted { _pass: pass, hold, may })
}

async fn take_all(
    state: &AppState,
    caller: &Caller,
    mut admitted: Admitted,
    request: Request,
) -> Result<Answer, ApiError> {
    let most = state.intake.limits().file_bytes.saturating_add(FORM_BYTES);
    let mut form = Form::of(request, most).await?;
    let mut answer = Answer::default();
    while let Some(field) = form.next().await? {
        match field.name() {
            Some("room") => {
                let room = form::text_of(field).await?;
                admitted.may = state.may_add(caller, Some(&room)).await?;
            }
            Some("file") if !admitted.may => return Err(room_wanted()),
            Some("file") => {
                let name = field.file_name().unwrap_or_default().to_owned();
                let taken = state.intake.take(&mut admitted.hold, &name, form::bytes_of(field)).await;
                match taken {
                    Ok(taken) => answer.tracks.push(added(state, taken).await?),
                    // Nothing more can be read.
                    Err(refused @ Refusal::Broken(_)) => return Err(refusal(refused)),
                    Err(refused) => {
                        // The rest of this file would have to be read before the next one.
                        let more_follows = matches!(refused, Refusal::NotAudio(_));
                        let error = refusal(refused);
                        let (code, detail) = (error.code(), error.detail().to_owned());
                        answer.refused.push(Refused { filename: name, code, detail, error });
                        if !more_follows {
                            form.forget();
                            break;
                        }
                    }
                }
            }
            _ => return Err(ApiError::new(ErrorCode::BadValue, "The form has a part that is not known.")),
        }
    }
    if answer.tracks.is_empty() && answer.refused.is_empty() {
        return Err(ApiError::new(ErrorCode::BadValue, "The form has no part named “file”."));
    }
    Ok(answer)
}

/// Fetches a direct link to audio and adds it to the library, where the operator allows links. What is there already
/// is told and not kept twice, so a retry does no harm.
#[utoipa::path(
    post, path = "/tracks/links", tag = "library", params(Place), request_body = schema::NewLink,
    responses(
        (status = 200, description = "It was there already.", body = Answer),
        (status = 201, description = "It is new.", body = Answer),
        refusals::Link,
    )
)]
pub(super) async fn link(
    State(state): State<AppState>,
    caller: Caller,
    Query(place): Query<Place>,
    Body(body): Body,
) -> Result<Response, ApiError> {
    let may = state.may_add(&caller, place.room.as_deref()).await?;
    let Some(fetcher) = &state.fetcher else {
        return Err(ApiError::new(
            ErrorCode::NotSupported,
            "The operator of this server does not allow links.",
        ));
    };
    let wanted: Wanted = body::form(&body)?;
    let may = match wanted.room {
        Some(room) => state.may_add(&caller, Some(&room)).await?,
        None => may,
    };
    if !may {
        return Err(room_wanted());
    }
    let _pass = enter(&state, &caller)?;
    let link = fetcher.link(&wanted.url).map_err(|error| refusal(error.into()))?;
    let taken = state.intake.take_from(&link).await.map_err(refusal)?;
    let answer = Answer { tracks: vec![added(&state, taken).await?], refused: Vec::new() };
    Ok(answer.into_response())
}

/// Removes what was added, with its file; rooms that name the track keep it, as missing. Files of music folders are
/// never changed. For the operator.
#[utoipa::path(
    delete, path = "/tracks/{id}", tag = "library", security(("bearer" = [])), params(OfTrack),
    responses((status = 204, description = "The track is gone."), refusals::TrackRemoval)
)]
pub(super) async fn remove(
    State(state): State<AppState>,
    caller: Caller,
    Path(OfTrack { id }): Path<OfTrack>,
) -> Result<StatusCode, ApiError> {
    state.must_be_operator(&caller)?;
    let id = id.parse().map_err(|_| ErrorCode::NoSuchTrack)?;
    let track = state.store.track(&id).await?.ok_or(ErrorCode::NoSuchTrack)?;
    match state.intake.remove(&track).await {
        Ok(()) => {
            tracing::info!(track = %id, "a track is removed");
            Ok(StatusCode::NO_CONTENT)
        }
        Err(RemoveError::NotOurs) => Err(ApiError::new(
            ErrorCode::ReadOnly,
            "This track lies in a music folder, and the server never writes there. Delete the file, and scan.",
        )),
        Err(RemoveError::Store(error)) => Err(error.into()),
        Err(RemoveError::Io(error)) => {
            tracing::error!(track = %id, %error, "the file of a track could not be removed");
            Err(ErrorCode::Unavailable.into())
        }
    }
}

fn enter(state: &AppState, caller: &Caller) -> Result<Pass, ApiError> {
    state.turnstile.enter(caller.address).ok_or_else(|| {
        ApiError::new(
            ErrorCode::RateLimited,
            "Too much is being added at once; wait until some of it is done.",
        )
    })
}

fn room_wanted() -> ApiError {
    ApiError::new(ErrorCode::BadValue, "Name the room in which you may add, before the first file.")
}

async fn added(state: &AppState, taken: Taken) -> Result<Added, ApiError> {
    let track = state.track(taken.id.as_str()).await?;
    Ok(Added { track: track.into(), duplicate: taken.duplicate })
}

/// What a refusal is to a program, and a sentence for people.
fn refusal(refusal: Refusal) -> ApiError {
    let code = match &refusal {
        Refusal::TooLarge(_) => ErrorCode::TooLarge,
        Refusal::Full => ErrorCode::StorageFull,
        Refusal::NotAudio(_) | Refusal::Source(SourceError::NotAudio(_)) => ErrorCode::NotAudio,
        Refusal::Broken(_) => ErrorCode::BadMessage,
        Refusal::Source(SourceError::NotAllowed(_)) => ErrorCode::BadValue,
        Refusal::Source(_) => ErrorCode::NotFetched,
        Refusal::Failed(why) => {
            tracing::error!(why, "an addition could not be kept");
            return ErrorCode::Unavailable.into();
        }
    };
    let why = refusal.to_string();
    let mut letters = why.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
    ApiError::new(code, format!("{first}{}.", letters.as_str()))
}
