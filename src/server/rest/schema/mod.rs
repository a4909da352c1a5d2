//! The forms of the protocol for the description of the API. The pure floors know nothing of OpenAPI, so what they say
//! with serde is said here once more; that both say the same, the tests of the server check with every answer
//! (`tests/harness/contract.rs`).

mod forms;
mod values;
mod wanted;

pub(super) use forms::{AddedTrack, LibraryTrack};
pub(super) use wanted::{
    AddToQueue, NewLink, NewPlace, NewRepeat, NewRole, NewRoom, NewSettings, NewVolume, Play, Seek, Upload,
};
