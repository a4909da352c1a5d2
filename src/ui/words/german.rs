//! Deutsch, mit „du“: wie man es einem Gast in der Küche sagt.

use super::parts::{
    App, Chat, Device, Doors, Ending, Home, Library, Numbers, People, Player, Queue, Room, Settings, Share,
    Sync, Upload,
};
use super::{Language, Plural, Template, Words};
use crate::protocol::{CloseReason, ErrorCode, ReportedState, Role, WhoMay};

pub(super) static GERMAN: Words = Words {
    language: Language::German,
    numbers: Numbers { thousands: '.', decimal: ',' },
    app: App { what: "Alle im Raum hören dieselbe Musik im selben Augenblick." },
    home: Home {},
    doors: Doors { home: "Zur Startseite" },
    room: Room {
        home: "Tutti, zur Startseite",
        invite: "Andere einladen",
        here: Plural("Person hier", "Leute hier"),
        parts: "Teile dieser Seite",
        now: "Läuft",
        people: "Leute",
        chat: "Chat",
        queue: "Als Nächstes",
        library: "Bibliothek",
        playing: Template::new("In diesem Raum läuft „{0}“."),
        silent: "In diesem Raum läuft gerade nichts.",
        unread: Plural("neue Nachricht", "neue Nachrichten"),
        no_script: "Damit du es im Takt mit allen hörst, muss diese Seite die Zeit messen und den Ton steuern, und dafür braucht sie JavaScript.",
    },
    player: Player {
        label: "Läuft gerade",
        nothing: "Noch läuft nichts",
        choose: "Such etwas in der Bibliothek aus.",
        will_start: "Hier geht es los, sobald jemand etwas abspielt.",
        position: "Stelle im Stück",
        transport: "Wiedergabe im Raum",
        play: "Abspielen",
        pause: "Pause",
        previous: "Zurück",
        next: "Weiter",
        stop: "Stopp",
        nothing_to_play: "Noch gibt es nichts zu spielen: Such etwas in der Bibliothek aus",
        nothing_loaded: "Es ist nichts geladen",
        repeat_off: "Wiederholen: aus",
        repeat_all: "Wiederholen: die ganze Warteschlange",
        repeat_one: "Wiederholen: dieses Stück",
        room_volume: "Ganzer Raum",
        room_volume_label: "Lautstärke des ganzen Raums",
        play_now: Template::new("{0} jetzt abspielen"),
    },
    queue: Queue {
        title: "Als Nächstes",
        whole: "Die ganze Warteschlange",
        edit: "Bearbeiten",
        shuffle: "Mischen",
        shuffle_label: "Warteschlange mischen",
        clear: "Leeren",
        clear_label: "Warteschlange leeren",
        empty: "Es wartet nichts.",
        empty_add: "Es wartet nichts. Such etwas in der Bibliothek aus.",
        moved: Template::new("Auf Platz {0} von {1}"),
        added_by: Template::new("von {0}"),
        move_up: Template::new("{0} nach oben"),
        move_down: Template::new("{0} nach unten"),
        remove: Template::new("{0} aus der Warteschlange nehmen"),
        grip: Template::new("{0} verschieben: ziehen oder Pfeiltasten drücken"),
        history: "Schon gespielt",
        again: Template::new("{0} noch einmal hinzufügen"),
    },
    people: People {
        title: "Leute",
        you: "Du",
        away: "gerade weg",
        more: Template::new("und {0} weitere"),
        role,
        may: Template::new("{0}, {1}."),
        controls,
        adds,
        rename: "Deinen Namen ändern",
        your_name: "Dein Name",
        name_refused: Template::new("Ein Name hat 1 bis {0} Zeichen."),
        save: "Speichern",
        sync_all: "Alle abgleichen",
        everyone_resyncs: "Alle gleichen sich neu ab",
        state,
        no_report: "noch unbekannt",
        in_figures: Template::new("{0}, {1} daneben, Umlaufzeit {2}"),
        in_words: Template::new("{0}, Umlaufzeit {1}"),
        manage: Template::new("{0} verwalten"),
        make_dj: "Zum DJ machen",
        make_listener: "Nur noch zuhören lassen",
        hand_over: "Raum übergeben …",
        hand_over_why: Template::new(
            "{0} leitet dann den Raum. Du wirst DJ, und nur der neue Host kann das wieder ändern.",
        ),
        hand_over_now: "Übergeben",
        remove: "Entfernen und aussperren …",
        remove_why: Template::new("{0} hört nichts mehr, und dieser Browser kommt nicht wieder in den Raum."),
        remove_now: "Entfernen und aussperren",
        back: "Zurück",
    },
    chat: Chat {
        title: "Chat",
        unread: Template::new("{0} neu"),
        empty: "Noch hat niemand etwas gesagt. Sag Hallo.",
        missed: "Neue Nachrichten",
        field: "Nachricht an alle",
        hint: "Sag etwas",
        send: "Senden",
        count: Template::new("{0} von {1} Zeichen"),
        not_sent: "Nicht gesendet: Der Raum hat nicht geantwortet",
        react: "Reagieren",
        reactions: ["Herz", "Feuer", "Applaus", "Lachen", "Feiern", "Tanzen"],
    },
    settings: Settings {
        title: "Raum einstellen",
        close: "Schließen",
        name: "Name",
        name_refused: Template::new("Der Name eines Raums hat höchstens {0} Zeichen."),
        name_saved: "Name gespeichert",
        pin: "PIN",
        has_pin: "Wer hereinkommt, wird danach gefragt.",
        has_no_pin: "Keine: Der Code oder der Link genügt.",
        new_pin: "Neue PIN",
        pin_length: Template::new("{0} bis {1} Zeichen"),
        pin_refused: Template::new("Eine PIN hat {0} bis {1} Zeichen."),
        set_pin: "PIN setzen",
        change_pin: "Ändern",
        remove_pin: "Entfernen",
        pin_set: "PIN gesetzt",
        pin_changed: "PIN geändert",
        pin_removed: "PIN entfernt",
        listed: "Diesen Raum auf der Startseite zeigen",
        listed_now: "Steht jetzt auf der Startseite",
        unlisted_now: "Steht nicht mehr auf der Startseite",
        who_controls: "Wer die Musik steuert",
        who_adds: "Wer Musik hinzufügen darf",
        who: ["Nur der Host", "Host und DJs", "Alle"],
        who_saved: "Gespeichert, wer was darf",
        loudness: "Lautstärke",
        loudnesses: ["Alle Titel gleich laut", "Alle Alben gleich laut", "Wie die Dateien sind"],
        loudness_saved: "Lautstärke gespeichert",
    },
    sync: Sync {
        numbers_label: "Zahlen zeigen",
        resync: "Neu abgleichen",
        advised: "Dieses Gerät ist weit aus dem Takt. Gleich es neu ab.",
        everyone: "Alle neu abgleichen",
        drift: "Abweichung",
        offset: "Uhrenversatz",
        rtt: "Hin und zurück",
        idle: "Nichts abzugleichen",
        syncing: "Stimmt sich ein …",
        in_sync: "Im Takt",
        correcting: "Holt auf …",
        out_of_sync: "Aus dem Takt",
        buffering: "Wartet auf Ton …",
        silenced: "Auf diesem Gerät angehalten",
        paused: "Angehalten",
        reconnecting: "Verbindet sich neu …",
        blocked: "Zum Starten tippen",
    },
    device: Device {
        label: "Dieses Gerät",
        mute: "Dieses Gerät stumm schalten",
        volume: "Lautstärke dieses Geräts",
        volume_is: Template::new("Dieses Gerät: {0}"),
        pause: "Auf diesem Gerät anhalten",
        play: "Auf diesem Gerät weiterspielen",
        speaker: "Lautsprecher",
        earlier: Template::new("{0} ms früher"),
        later: Template::new("{0} ms später"),
        on_time: "Wie es ist",
        offset_label: "Auf diesem Gerät früher spielen, für Lautsprecher, die nachhinken",
        offset_why: "Bluetooth-Lautsprecher und Fernseher klingen später. Wähl, was nahe kommt, und stell es dann nach Gehör ein.",
        presets: "Lautsprecher",
        own_speaker: "Eingebaut oder mit Kabel",
        bluetooth: "Bluetooth",
        bluetooth_quick: "Bluetooth, schnell",
        television: "Fernseher",
        preset_name: "Unter einem Namen merken",
        preset_example: "Küchenlautsprecher",
        preset_keep: "Merken",
        preset_forget: Template::new("{0} vergessen"),
        by_ear: "Nach Gehör …",
        by_ear_title: "Nach Gehör",
        by_ear_how: "Jedes Gerät, auf dem das offen ist, klickt einmal in der Sekunde, alle im selben Augenblick. Stell zwei nebeneinander und lass eines, wie es ist. Verschieb das andere, bis aus zwei Klicks einer wird.",
        done: "Fertig",
        by_ear_room: "Der Raum spielt weiter. Die Musik kommt wieder, wenn du fertig bist.",
        by_ear_keys: "Pfeiltasten verschieben um 1 ms, mit Umschalt um 10 ms.",
        shift: "Wie viel früher oder später",
        shortcuts: "Tastenkürzel",
        shortcuts_on: "Diese Tasten in diesem Browser benutzen",
        key_space: "Leertaste",
        does_room: "Den Raum spielen lassen oder anhalten",
        does_device: "Auf diesem Gerät anhalten oder weiterspielen",
        does_back: "5 Sekunden zurück",
        does_forward: "5 Sekunden vor",
        does_louder: "Dieses Gerät lauter",
        does_quieter: "Dieses Gerät leiser",
        does_search: "Die Bibliothek durchsuchen",
        does_help: "Diese Tastenkürzel",
    },
    share: Share {},
    library: Library {
        tracks: Plural("Titel", "Titel"),
        comes_next: Template::new("„{0}“ kommt als Nächstes"),
    },
    upload: Upload {},
    errors,
    closed,
};

const fn role(role: Role) -> &'static str {
    match role {
        Role::Host => "Host",
        Role::Dj => "DJ",
        Role::Listener => "Hört zu",
    }
}

const fn controls(who: WhoMay) -> &'static str {
    match who {
        WhoMay::Host => "Nur der Host steuert die Musik",
        WhoMay::Djs => "Host und DJs steuern die Musik",
        WhoMay::Everyone => "Alle steuern die Musik",
    }
}

const fn adds(who: WhoMay) -> &'static str {
    match who {
        WhoMay::Host => "nur der Host darf hinzufügen",
        WhoMay::Djs => "Host und DJs dürfen hinzufügen",
        WhoMay::Everyone => "alle dürfen hinzufügen",
    }
}

const fn state(state: ReportedState) -> &'static str {
    match state {
        ReportedState::Idle => "nichts läuft",
        ReportedState::Syncing => "stimmt sich ein",
        ReportedState::InSync => "im Takt",
        ReportedState::Correcting => "holt auf",
        ReportedState::OutOfSync => "aus dem Takt",
        ReportedState::Buffering => "wartet auf Ton",
        ReportedState::Paused => "pausiert",
        ReportedState::Reconnecting => "verbindet neu",
        ReportedState::Blocked => "wartet auf Tippen",
    }
}

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
