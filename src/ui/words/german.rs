//! Deutsch, mit „du“: wie man es einem Gast in der Küche sagt.

use super::parts::{
    App, Chat, Device, Doors, Ending, Home, Library, Numbers, People, Player, Queue, Room, Settings, Share,
    Sync, Upload,
};
use super::{Language, Plural, Template, Words};
use crate::protocol::{CloseReason, ErrorCode};

pub(super) static GERMAN: Words = Words {
    language: Language::German,
    numbers: Numbers { thousands: '.', decimal: ',' },
    app: App { what: "Alle im Raum hören dieselbe Musik im selben Augenblick." },
    home: Home {},
    doors: Doors { home: "Zur Startseite" },
    room: Room {},
    player: Player {},
    queue: Queue {},
    people: People {},
    chat: Chat {},
    settings: Settings {},
    sync: Sync {},
    device: Device {},
    share: Share {},
    library: Library {
        tracks: Plural("Titel", "Titel"),
        comes_next: Template::new("„{0}“ kommt als Nächstes"),
    },
    upload: Upload {},
    errors,
    closed,
};

const fn errors(code: ErrorCode) -> &'static str {
    match code {
        ErrorCode::BadMessage => "Das hat der Server nicht verstanden.",
        ErrorCode::BadValue => "Das passt so nicht. Schau noch einmal auf deine Eingabe.",
        ErrorCode::Unauthorized => "Komm erst in den Raum.",
        ErrorCode::Forbidden => "Das darfst du in diesem Raum nicht.",
        ErrorCode::NoSuchRoom => "Diesen Raum gibt es nicht.",
        ErrorCode::NoSuchTrack => "Diesen Titel gibt es nicht mehr.",
        ErrorCode::NeedsEncoder => {
            "Diese Datei kann kein Browser abspielen, und auf dem Server fehlt ffmpeg, um sie umzuwandeln."
        }
        ErrorCode::NoSuchEntry => "Das steht nicht mehr in der Warteschlange.",
        ErrorCode::NoSuchMember => "Wer das war, ist nicht mehr da.",
        ErrorCode::NothingLoaded => "Es läuft gerade nichts.",
        ErrorCode::NothingNext => "Danach kommt nichts mehr.",
        ErrorCode::QueueFull => "Die Warteschlange ist voll.",
        ErrorCode::RoomFull => "Der Raum ist voll.",
        ErrorCode::TooManyRooms => "Auf diesem Server ist gerade kein Platz für einen weiteren Raum.",
        ErrorCode::RateLimited => "Das war viel auf einmal. Warte einen Moment.",
        ErrorCode::PinWrong => "Das ist nicht die PIN.",
        ErrorCode::TooLarge => "Diese Datei ist zu groß.",
        ErrorCode::NotAudio => "In dieser Datei ist keine Musik, die sich abspielen lässt.",
        ErrorCode::StorageFull => "Auf dem Server ist kein Platz mehr für weitere Musik.",
        ErrorCode::ReadOnly => "Dieser Titel liegt in einem Ordner, den der Server nie ändert.",
        ErrorCode::NotFetched => "Der Server konnte diesen Link nicht abrufen.",
        ErrorCode::NotSupported => "Das kann dieser Server nicht.",
        ErrorCode::Unavailable => "Das hat der Server gerade nicht geschafft. Versuch es noch einmal.",
        ErrorCode::Unknown => "Da ist etwas schiefgegangen.",
    }
}

const fn closed(reason: CloseReason) -> Ending {
    let (title, text) = match reason {
        CloseReason::Kicked => (
            "Du wurdest aus diesem Raum entfernt",
            "Wer den Raum leitet, hat dieses Gerät herausgenommen. Die Musik geht ohne dich weiter.",
        ),
        CloseReason::NoRoom => {
            ("Diesen Raum gibt es nicht mehr", "Er wurde gelöscht, oder es war lange niemand mehr da.")
        }
        CloseReason::Full => (
            "Dieser Raum ist voll",
            "Mehr Leute passen nicht hinein. Versuch es wieder, wenn jemand gegangen ist.",
        ),
        CloseReason::Version => (
            "Tutti wurde aktualisiert",
            "Diese Seite und der Server haben verschiedene Versionen. Lade sie neu, dann geht es weiter.",
        ),
        CloseReason::Pin => (
            "Dieser Raum will eine PIN",
            "Die PIN wurde gesetzt oder geändert. Komm mit der neuen wieder herein.",
        ),
        CloseReason::Policy => (
            "Der Server hat aufgelegt",
            "Diese Seite hat etwas gesendet, das der Server nicht verstanden hat. Lade sie neu, dann geht es weiter.",
        ),
        CloseReason::Restart | CloseReason::TooSlow => {
            ("Die Verbindung ist weg", "Lade die Seite neu, um zurückzukommen.")
        }
    };
    Ending { title, text }
}
