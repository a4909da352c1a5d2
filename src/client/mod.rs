//! IO around [`listener`](crate::listener) in the browser: socket, elements, clock, timer, life cycle of the page, and
//! what is kept between visits. It carries out what the listener decides and tells it what happened; it decides
//! nothing itself.

mod console;
mod download;
mod elements;
mod keeper;
mod keepsake;
mod life_cycle;
mod made_sound;
mod media_session;
mod now;
mod pixels;
mod session;
mod socket;
pub mod upload;
mod wake_lock;
mod watch;

pub use download::download;
pub use pixels::pixels_of;
pub use session::Session;
