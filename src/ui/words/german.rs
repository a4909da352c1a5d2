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
    app: App {
        what: "Alle im Raum hören dieselbe Musik im selben Augenblick.",
        home_title: "Tutti: dieselbe Musik im selben Augenblick",
        broken: "Diese Seite konnte nicht starten. Lade sie neu. Wenn das nicht hilft, ist dein Browser vielleicht zu \
                 alt: Tutti braucht einen aus den letzten drei, vier Jahren.",
        reload: "Neu laden",
        try_again: "Noch einmal versuchen",
        close: "Schließen",
    },
    home: Home {
        line: "Dieselbe Musik, im selben Augenblick.",
        what: "Auf jedem Handy, Laptop und Lautsprecher im Raum. Stell zwei nebeneinander, und du hörst nur einen.",
        join: "In einen Raum gehen",
        code: "Code des Raums",
        join_button: "Rein",
        no_code: "Das ist kein Raumcode. Er hat sechs Buchstaben oder Ziffern, etwa K7M 2QX; 0, O, 1, I und L kommen \
                  nie vor.",
        open: "Einen Raum öffnen",
        name: "Name",
        optional: "(wenn du magst)",
        name_example: "Küche und Garten",
        more: "PIN und offene Tür",
        pin: "PIN",
        pin_hint: "4 bis 12 Zeichen. Wer hereinwill, muss sie kennen.",
        listed: "Auf dieser Seite zeigen",
        listed_hint: "Dann findet man den Raum hier auch ohne Link.",
        open_button: "Raum öffnen",
        rooms: "Räume mit offener Tür",
        people: Plural("Person", "Leute"),
        nobody: "Noch niemand da",
        how: "So geht’s",
        steps: [
            (
                "Öffne einen Raum",
                "Er hat einen Link, einen Code zum Zurufen und einen QR-Code zum Hochhalten.",
            ),
            ("Hol die anderen herein", "In jedem Browser. Niemand braucht eine App oder ein Konto."),
            ("Spiel etwas", "Es beginnt überall zugleich und bleibt zusammen."),
        ],
    },
    doors: Doors {
        home: "Zur Startseite",
        pin_title: "Dieser Raum will eine PIN",
        pin_text: ("Wer den Raum ", " geöffnet hat, kann sie dir sagen."),
        pin: "PIN",
        come_in: "Eintreten",
        no_page: Ending {
            title: "Diese Seite gibt es nicht",
            text: "Vielleicht ist die Adresse vertippt, oder die Seite ist umgezogen.",
        },
        no_room: Ending {
            title: "Diesen Raum gibt es nicht",
            text: "Vielleicht ist der Code vertippt, oder der Raum wurde gelöscht. Frag, wer dich eingeladen hat, und \
                   versuch es noch einmal.",
        },
        failed: Ending {
            title: "Der Raum lässt sich gerade nicht zeigen",
            text: "Der Server ist beschäftigt oder startet gerade. Dein Raum und seine Musik sind nicht verloren.",
        },
        tap: "Tippen und hören",
        tap_why: "Dein Browser will einmal angetippt werden, bevor er einen Ton macht.",
        tap_playing: Template::new(
            "Es läuft „{0}“. Dein Browser will einmal angetippt werden, bevor er einen Ton macht.",
        ),
        your_name: "Dein Name in diesem Raum",
        bad_name: "Dieser Name geht nicht. Nimm Buchstaben und Ziffern.",
        enter_pin: "PIN eingeben",
        reconnecting: "Die Verbindung wird gesucht…",
        music_goes_on: "Die Verbindung wird gesucht… die Musik läuft weiter.",
        no_answer: "Der Server antwortet nicht. Es wird weiter versucht…",
    },
    room: Room {},
    player: Player {},
    queue: Queue {},
    people: People {},
    chat: Chat {},
    settings: Settings {},
    sync: Sync {},
    device: Device {},
    share: Share {
        title: "Einladen",
        spelt: Template::new("Raumcode {0}"),
        link: "Link zu diesem Raum",
        copy: "Link kopieren",
        copied: "Link kopiert",
        by_hand: "Kopiere den markierten Link von Hand: Dieser Browser lässt es die Seite nicht tun",
        show_qr: "QR-Code zeigen",
        qr: Template::new("QR-Code von {0}"),
        scan: "Halte deine Kamera hierher",
        or_type: "oder öffne diese Adresse",
        alone: "Diese Adresse geht nur auf diesem Rechner. Öffne Tutti unter der Adresse, unter der die anderen diesen \
                Rechner erreichen, etwa http://192.168.1.20:3000. Dann führen Link und QR-Code sie hierher.",
    },
    library: Library {
        title: "Sammlung",
        ways: "Wege durch die Sammlung",
        all: "Alles",
        artists_way: "Künstler",
        albums_way: "Alben",
        folders_way: "Ordner",
        new: "Neu",
        way_back: "Der Weg zurück",
        search: "Sammlung durchsuchen",
        clear_search: "Suche leeren",
        search_tracks: "Titel, Künstler, Album oder Datei",
        search_artists: "Name eines Künstlers",
        search_albums: "Album oder Künstler",
        search_artist: "Bei diesem Künstler suchen",
        search_album: "In diesem Album suchen",
        search_folders: "In allen Ordnern suchen",
        search_folder: "In diesem Ordner suchen",
        tracks: Plural("Titel", "Titel"),
        tracks_or_more: Template::new("über {0} Titel"),
        artists: Plural("Künstler", "Künstler"),
        albums: Plural("Album", "Alben"),
        folders: Plural("Ordner", "Ordner"),
        files: Plural("Datei", "Dateien"),
        track_list: "Titel",
        scanning: Template::new("Wird eingelesen… {0}"),
        looking: "Wird gesucht…",
        unreadable: "Die Sammlung lässt sich gerade nicht lesen.",
        empty: "Die Sammlung ist leer. Wer diesen Server betreibt, kann ihm einen Musikordner zeigen.",
        no_folder: "Es gibt noch keinen Ordner.",
        nothing_left: "Hier ist nichts mehr.",
        nothing_found: Template::new("Nichts gefunden zu „{0}“."),
        show_more: "Mehr zeigen",
        needs_encoder: "Nicht abspielbar: Diesem Server fehlt der Encoder dafür.",
        play: Template::new("{0} spielen"),
        play_next: "Als Nächstes spielen",
        play_next_of: Template::new("Als Nächstes spielen: {0}"),
        add: "In die Warteschlange",
        add_of: Template::new("{0} in die Warteschlange"),
        comes_next: Template::new("„{0}“ kommt als Nächstes"),
        added: Template::new("„{0}“ kommt in die Warteschlange"),
        whole: "Alles davon",
        whole_play: "Alles spielen",
        whole_next: ("Als Nächstes", ": alles davon"),
        whole_add: ("Anhängen", ": alles davon in die Warteschlange"),
        nothing_playable: "Davon lässt sich hier nichts abspielen.",
        playing: Template::new("Es läuft: {0}"),
        come_next: Plural("Titel kommt als Nächstes", "Titel kommen als Nächstes"),
        go_into_queue: Plural("Titel kommt in die Warteschlange", "Titel kommen in die Warteschlange"),
        only_first: Template::new("In die Warteschlange passen nur die ersten {0} von {1}"),
    },
    upload: Upload {
        add: "Musik hinzufügen",
        drop_hint: "Oder zieh Dateien irgendwo auf diese Seite.",
        drop: "Loslassen, um sie in die Sammlung zu legen",
        list: "Was du hinzufügst",
        link: "Link zu einer Audiodatei",
        link_example: "https://… eine Audiodatei",
        add_link: "Link hinzufügen",
        sending: Template::new("{0} wird gesendet"),
        cancel: Template::new("{0} abbrechen"),
        take_off: Template::new("{0} von dieser Liste nehmen"),
        play_next: "Als Nächstes spielen",
        add_to_queue: "In die Warteschlange",
        waiting: "Wartet",
        checking: "Der Server sieht sie sich an…",
        done: Template::new("In der Sammlung als „{0}“"),
        duplicate: Template::new("War schon in der Sammlung, als „{0}“"),
        summary: Template::new("Musik hinzufügen: {0} unterwegs, {1} fertig, {2} abgelehnt"),
        too_large: Template::new("Sie ist größer als {0} MB."),
        broken: "Die Verbindung ist abgerissen. Versuch es noch einmal.",
        refused: Template::new("Der Server hat sie abgelehnt ({0})."),
    },
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
