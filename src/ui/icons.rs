//! The icons: drawn for Tutti on a 24 × 24 grid, always beside or inside something that has a name.

use leptos::prelude::*;

/// One icon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Icon {
    /// Start.
    Play,
    /// Stand still.
    Pause,
    /// The track before.
    Previous,
    /// The track after.
    Next,
    /// Back to the start, and still.
    Stop,
    /// Over again.
    Repeat,
    /// This one over again.
    RepeatOne,
    /// In another order.
    Shuffle,
    /// Audible.
    Volume,
    /// Not audible.
    Muted,
    /// Measure anew.
    Resync,
    /// One more.
    Add,
    /// Earlier in the queue.
    Up,
    /// Later in the queue.
    Down,
    /// Take away.
    Remove,
    /// Look for.
    Search,
    /// People.
    People,
    /// A link to give away.
    Share,
    /// Off it goes.
    Send,
    /// Another name.
    Edit,
    /// A list of what comes.
    Queue,
    /// A shelf of music.
    Library,
    /// What sounds.
    Note,
    /// Before all that waits.
    PlayNext,
    /// A folder.
    Folder,
    /// Further in.
    Into,
    /// Something said.
    Chat,
    /// Take hold of it to move it.
    Grip,
    /// What was.
    History,
    /// Settings.
    Settings,
    /// What else can be done.
    More,
}

impl Icon {
    const fn path(self) -> &'static str {
        match self {
            Self::Play => "M8 5.2v13.6c0 .8.9 1.3 1.6.8l10-6.8a1 1 0 0 0 0-1.6l-10-6.8C8.9 3.9 8 4.4 8 5.2z",
            Self::Pause => {
                "M7.5 4.5h2a1 1 0 0 1 1 1v13a1 1 0 0 1-1 1h-2a1 1 0 0 1-1-1v-13a1 1 0 0 1 1-1zm7 0h2a1 1 0 0 1 1 1v13a1 1 0 0 1-1 1h-2a1 1 0 0 1-1-1v-13a1 1 0 0 1 1-1z"
            }
            Self::Previous => {
                "M18.5 6v12c0 .8-.9 1.2-1.5.8L8.5 12.8V18a1 1 0 0 1-2 0V6a1 1 0 0 1 2 0v5.2L17 5.2c.6-.4 1.5 0 1.5.8z"
            }
            Self::Next => {
                "M5.5 6v12c0 .8.9 1.2 1.5.8l8.5-6V18a1 1 0 0 0 2 0V6a1 1 0 0 0-2 0v5.2L7 5.2c-.6-.4-1.5 0-1.5.8z"
            }
            Self::Stop => {
                "M7.5 6h9A1.5 1.5 0 0 1 18 7.5v9a1.5 1.5 0 0 1-1.5 1.5h-9A1.5 1.5 0 0 1 6 16.5v-9A1.5 1.5 0 0 1 7.5 6z"
            }
            Self::Repeat => {
                "M4.5 11.5V10A3.5 3.5 0 0 1 8 6.5h11m0 0-3-3m3 3-3 3m3.5 3V14a3.5 3.5 0 0 1-3.5 3.5H5m0 0 3 3m-3-3 3-3"
            }
            Self::RepeatOne => {
                "M4.5 11.5V10A3.5 3.5 0 0 1 8 6.5h11m0 0-3-3m3 3-3 3m3.5 3V14a3.5 3.5 0 0 1-3.5 3.5H5m0 0 3 3m-3-3 3-3m3.2-3.8 1.6-1v4.6"
            }
            Self::Shuffle => {
                "M4 7h2.5c1.5 0 2.7.7 3.5 2l3.5 6c.8 1.3 2 2 3.5 2h3m0 0-2.5-2.5M20 17l-2.5 2.5M4 17h2.5c1.3 0 2.4-.5 3.2-1.5M20 7h-3c-1.3 0-2.4.5-3.2 1.5M20 7l-2.5-2.5M20 7l-2.5 2.5"
            }
            Self::Volume => {
                "M4.5 9.5v5h3.2l4.3 4v-13l-4.3 4zM15.5 9a4.2 4.2 0 0 1 0 6m2.5-8.5a7.8 7.8 0 0 1 0 11"
            }
            Self::Muted => "M4.5 9.5v5h3.2l4.3 4v-13l-4.3 4zM15.5 9.5l5 5m0-5-5 5",
            Self::Resync => {
                "M19.5 12a7.5 7.5 0 0 1-13.2 4.9M4.5 12a7.5 7.5 0 0 1 13.2-4.9M18 3.5v4h-4M6 20.5v-4h4"
            }
            Self::Add => "M12 5v14m-7-7h14",
            Self::Up => "m6 14.5 6-6 6 6",
            Self::Down => "m6 9.5 6 6 6-6",
            Self::Remove => "m6.5 6.5 11 11m0-11-11 11",
            Self::Search => "M10.5 4.5a6 6 0 1 1 0 12 6 6 0 0 1 0-12zm4.4 10.4 5.1 5.1",
            Self::People => {
                "M9 4.5a3.5 3.5 0 1 1 0 7 3.5 3.5 0 0 1 0-7zM2.5 19.5c0-3.3 2.9-5.5 6.5-5.5s6.5 2.2 6.5 5.5M16 5a3.5 3.5 0 0 1 0 6.5m2 3c2.2.8 3.5 2.7 3.5 5"
            }
            Self::Share => {
                "M9.5 14.5 14.5 9.5M11 6.5l1.7-1.7a4.6 4.6 0 0 1 6.5 6.5L17.5 13M13 17.5l-1.7 1.7a4.6 4.6 0 0 1-6.5-6.5L6.5 11"
            }
            Self::Send => "m20 4-9.5 9.5M20 4l-6 16-3.5-6.5L4 10z",
            Self::Edit => "m5 19 .8-3.8L16 5l3 3L8.8 18.2zM13.5 7.5l3 3",
            Self::Queue => "M4 6.5h16M4 11.5h10M4 16.5h7m5-2.5v5.5l4.5-2.75z",
            Self::Library => "M5 4.5v15M9.5 4.5v15M13.5 5.5l5 13.5M4 19.5h7",
            Self::PlayNext => "M4 18h16M4 13h8.5M4 8h6M17.5 13.5V5m-3.3 3.3L17.5 5l3.3 3.3",
            Self::Folder => {
                "M3.5 7A1.5 1.5 0 0 1 5 5.5h4.3l2 2.3H19a1.5 1.5 0 0 1 1.5 1.5V17a1.5 1.5 0 0 1-1.5 1.5H5A1.5 1.5 0 0 1 3.5 17z"
            }
            Self::Into => "m9.5 6 6 6-6 6",
            Self::Chat => {
                "M6 4.5h12A2.5 2.5 0 0 1 20.5 7v7a2.5 2.5 0 0 1-2.5 2.5h-6.5L7 20v-3.5H6A2.5 2.5 0 0 1 3.5 14V7A2.5 2.5 0 0 1 6 4.5zM8 9h8m-8 3.5h5"
            }
            Self::Grip => "M5 9.5h14M5 14.5h14",
            Self::History => "M4.5 12a7.5 7.5 0 1 0 2.4-5.5M4.5 4v4h4M12 8v4.3l3 1.8",
            Self::Settings => {
                "M4 7.5h9m5 0h2M4 16.5h2m5 0h9M13 7.5a2.5 2.5 0 1 0 5 0 2.5 2.5 0 1 0-5 0zM6 16.5a2.5 2.5 0 1 0 5 0 2.5 2.5 0 1 0-5 0z"
            }
            Self::More => "M5.5 12h.01M12 12h.01M18.5 12h.01",
            Self::Note => {
                "M9.5 17.5V6l9-2v11.5M9.5 17.5a2.5 2.5 0 1 1-5 0 2.5 2.5 0 0 1 5 0zm9-2a2.5 2.5 0 1 1-5 0 2.5 2.5 0 0 1 5 0z"
            }
        }
    }

    const fn class(self) -> &'static str {
        match self {
            Self::Play | Self::Pause | Self::Previous | Self::Next | Self::Stop => "icon icon-solid",
            _ => "icon",
        }
    }

    /// Draws it; it says nothing to a screen reader.
    pub fn draw(self) -> impl IntoView {
        view! {
            <svg class=self.class() viewBox="0 0 24 24" aria-hidden="true" focusable="false">
                <path d=self.path() />
            </svg>
        }
    }
}
