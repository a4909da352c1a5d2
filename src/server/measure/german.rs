//! The page `/measure` in German.

use super::words::{Refusals, Told, Warnings, Words};
use crate::ui::words::Language;

/// All of it.
pub const GERMAN: Words = Words {
    language: Language::German,
    title: "Wie weit klingen zwei Geräte auseinander?",
    what: "Zwei Geräte, das Mikrofon dieses Rechners und zehn Minuten: Dann weißt du es auf den Bruchteil einer Millisekunde, \
           und um wie viel welches Gerät zu verstellen ist. Nichts von dem, was das Mikrofon hört, verlässt diese Seite.",
    no_script: "Diese Seite braucht JavaScript.",
    room_title: "Ein Raum mit Klicks",
    room_how: "Zwei Klicks in der Sekunde, in einem Muster, an dem diese Seite sie erkennt. Sie spielen in einem eigenen \
               Raum, wie jedes andere Stück.",
    make: "Raum mit Klicks öffnen",
    download: "Nur das Stück",
    room_alone: "Diese Adresse geht nur auf diesem Rechner. Öffne auf den Geräten diesen Server unter der Adresse, die er in \
                 deinem Netz hat, und gib den Code ein, die letzten sechs Zeichen.",
    room_qr: "QR-Code der Adresse des Raums",
    again: "Von vorn spielen",
    delete: "Diesen Raum löschen",
    devices_title: "Zwei Geräte",
    devices_how: [
        "Öffne den Raum auf beiden und lass beide eine Minute spielen, bis jedes „{in_sync}“ sagt.",
        "Stell sie nebeneinander vor das Mikrofon, 30 bis 50 cm entfernt, beide gleich weit: 34 cm sind 1 ms.",
        "Halbe Lautstärke genügt. Der Raum sollte still sein, und beide Geräte bleiben, wo sie sind.",
        "Gehört wird immer nur eines. Dreh das andere mit seinen eigenen Lautstärketasten ganz leise; halt es nicht an, sonst \
         muss es neu beginnen.",
        "Es zählt, worüber die Geräte klingen, etwa ein Bluetooth-Lautsprecher: Miss, was du hören wirst.",
    ],
    turns_title: "Abwechselnd zuhören",
    turns_how: "Gerät 1, Gerät 2, Gerät 1, Gerät 2, je zehn Sekunden. Mehr Durchgänge machen die Antwort sicherer: Sechs sind gut.",
    open_microphone: "Mikrofon benutzen",
    level: "Pegel des Mikrofons",
    listen_to_1: "Gerät 1 zuhören",
    listen_to_2: "Gerät 2 zuhören",
    progress: "Dieser Durchgang",
    forget: "Alle Durchgänge vergessen",
    recording_title: "Stattdessen eine Aufnahme nehmen",
    recording_how: "Wo ein Browser kein Mikrofon hergibt, nimm mit irgendetwas auf: zehn Sekunden Gerät 1, mindestens drei \
                    Sekunden Stille, Gerät 2, Stille, Gerät 1, Stille, Gerät 2. Alles in einer Datei.",
    result_title: "Ergebnis",
    figure: "Größe",
    device_1: "Gerät 1",
    device_2: "Gerät 2",
    used: "Klicks, die zählen",
    thrown_away: "Verworfen",
    half_within: "Die Hälfte liegt in ±",
    most_within: "95 % liegen in ±",
    report_title: "Bericht",
    report_how: "Alle Zahlen, für alle, die es wissen wollen. Sag auch dazu, welche Geräte, Systeme und Browser es waren, und \
                 worüber sie klangen.",
    told: Told {
        room_name: "Klicks",
        making: "Die Klicks entstehen …",
        sending: "Sie gehen an den Server: 23 MB …",
        made: "Der Raum spielt die Klicks. Öffne ihn auf beiden Geräten:",
        deleted: "Den Raum gibt es nicht mehr.",
        no_room: "Es wurde kein Raum: {0} Nimm nur das Stück, öffne selbst einen Raum, füg es dort hinzu und lass es wiederholen.",
        no_answer: "Der Server antwortet nicht.",
        insecure: "Browser geben das Mikrofon nur Seiten, die über https kamen oder von eben diesem Rechner, und diese kam nicht so. \
                   Öffne sie über https, oder nimm stattdessen eine Aufnahme, unten.",
        no_microphone: "Es gibt kein Mikrofon.",
        not_allowed: "Der Browser gibt dieser Seite das Mikrofon nicht. Erlaube es neben der Adresse, und versuch es noch einmal.",
        open: "Das Mikrofon ist offen.",
        meddled: "Das Mikrofon ist offen, aber dieser Browser filtert, was es hört, für Stimmen. Ein anderer ist vielleicht besser.",
        level_low: "Es ist kaum etwas zu hören. Mach das Gerät lauter oder stell es näher.",
        level_good: "Der Pegel ist gut.",
        level_high: "Zu laut. Mach das Gerät leiser oder stell es weiter weg.",
        listening: "Hört Gerät {0} zu: {1} s",
        first_turn: "Lass Gerät {0} allein klingen, dreh Gerät {1} ganz leise, und drück.",
        next_turn: "Lass jetzt Gerät {0} allein klingen, dreh Gerät {1} ganz leise, und drück.",
        reading: "Liest die Aufnahme …",
        recording_turns: "Durchgänge in der Aufnahme: {0}.",
        recording_empty: "In dieser Aufnahme sind keine Klicks von uns.",
        recording_bad: "Diese Datei kann der Browser nicht lesen.",
        device: "Gerät {0}",
        clicks: "{0} von {1} Klicks",
        quiet: "war kaum zu hören",
        noisy: "ging im Lärm unter",
        unclear: "spielte nicht unsere Klicks, oder nicht allein",
        refusals: Refusals {
            quiet: "Gerät {0} war kaum zu hören, also lässt sich nichts sagen. Mach es lauter oder stell es näher, und hör ihm \
                    noch einmal zu.",
            noisy: "Es war zu laut ringsum, um Gerät {0} zu hören, also lässt sich nichts sagen. Mach es stiller, und hör ihm noch \
                    einmal zu.",
            unclear: "Was von Gerät {0} zu hören war, passt nicht zu unseren Klicks, also lässt sich nichts sagen. Ist es im Raum \
                      mit den Klicks, und das andere ganz leise?",
            turns: "Es braucht mindestens zwei Durchgänge von jedem Gerät, und sie müssen zusammenpassen. Hör Gerät {0} noch einmal zu.",
            gaps: "Ein Stück der Aufnahme fehlt, also lässt sich nichts sagen: Dieser Rechner hatte zu viel zu tun. Schließ andere \
                   Programme, vergiss alle Durchgänge und fang neu an.",
        },
        is_later: "Gerät 2 klingt {0} ms später als Gerät 1",
        is_earlier: "Gerät 2 klingt {0} ms früher als Gerät 1",
        together: "Die beiden klingen zusammen: {0} ms auseinander",
        error: "± {0} ms, ein Standardfehler. Gilt bei gleichen Abständen: Jeder cm, den eines weiter weg ist, macht es 0,03 ms später.",
        make_earlier: "Tipp auf Gerät 2 auf „{in_sync}“ und stell es unter „{speaker}“ um {0} ms früher als jetzt. Dann miss \
                       noch einmal: Es sollte nahe 0 sein.",
        make_later: "Tipp auf Gerät 2 auf „{in_sync}“ und stell es unter „{speaker}“ um {0} ms später als jetzt. Dann miss \
                     noch einmal: Es sollte nahe 0 sein.",
        leave_it: "Es ist nichts zu stellen.",
        clock_fast: "Die Uhr des Mikrofons geht gegen die Klicks um {0} ppm vor. Das ist herausgerechnet.",
        clock_slow: "Die Uhr des Mikrofons geht gegen die Klicks um {0} ppm nach. Das ist herausgerechnet.",
        warnings: Warnings {
            clips: "Es war dem Mikrofon zeitweise zu laut. Mach die Geräte leiser, dann wird die Antwort sicherer.",
            two_at_once: "Anscheinend klangen zwei Geräte zugleich, oder es hallt stark. Dreh das andere ganz leise.",
            scattered: "Viele Klicks liegen weit neben den anderen. Etwas hat den Klang oder die Aufnahme gestört.",
            unsteady: "Durchgänge desselben Geräts liegen mehr als 3 ms auseinander: Es ist nicht ruhig, es wurde währenddessen \
                       korrigiert, oder ein Durchgang war der des anderen. Mehr Durchgänge zeigen es.",
            clock: "Die Uhr des Mikrofons geht so falsch wie keine Uhr, also ist dem nicht zu trauen. Miss noch einmal.",
            too_far: "Das ist mehr, als sich ein Gerät verstellen lässt. Ist eines vielleicht gar nicht im Takt?",
        },
    },
};
