//! The page `/measure` in English.

use super::words::{Refusals, Told, Warnings, Words};
use crate::ui::words::Language;

/// All of it.
pub const ENGLISH: Words = Words {
    language: Language::English,
    title: "How far apart do two devices sound?",
    what: "Two devices, the microphone of this computer and ten minutes: then you know it to a fraction of a \
           millisecond, and by how much to set which device. Nothing of what the microphone hears leaves this page.",
    no_script: "This page needs JavaScript.",
    room_title: "A room with clicks",
    room_how: "Two clicks a second, in a pattern by which this page knows them. They play in a room of their own, like \
               any other track.",
    make: "Make a room with clicks",
    download: "Only the track",
    room_alone: "This address works on this computer only. On the devices, open this server by the address that it has \
                 in your network, and enter the code, the last six characters.",
    room_qr: "QR code of the room’s address",
    again: "Play from the beginning",
    delete: "Delete this room",
    devices_title: "Two devices",
    devices_how: [
        "Open the room on both, and let both play for a minute, until each says “{in_sync}”.",
        "Put them side by side in front of the microphone, 30 to 50 cm away, both equally far: 34 cm are 1 ms.",
        "Half volume is enough. The room should be quiet, and both devices stay where they are.",
        "One at a time is heard. Turn the other all the way down with its own volume buttons; do not pause it, or it has to \
         start anew.",
        "What the devices sound through, such as a Bluetooth speaker, counts: measure what you will listen to.",
    ],
    turns_title: "Listen in turns",
    turns_how: "Device 1, device 2, device 1, device 2, ten seconds each. Take more turns for a surer answer: six are good.",
    open_microphone: "Use the microphone",
    level: "Level of the microphone",
    listen_to_1: "Listen to device 1",
    listen_to_2: "Listen to device 2",
    progress: "This turn",
    forget: "Forget all turns",
    recording_title: "Take a recording instead",
    recording_how: "Where a browser gives no microphone, record with anything that records: device 1 for ten seconds, at least \
                    three seconds of silence, device 2, silence, device 1, silence, device 2. All in one file.",
    result_title: "Result",
    figure: "Figure",
    device_1: "Device 1",
    device_2: "Device 2",
    used: "Clicks that count",
    thrown_away: "Thrown away",
    half_within: "Half are within ±",
    most_within: "95 % are within ±",
    report_title: "Report",
    report_how: "All figures, for whoever wants to know. Say as well which devices, systems and browsers they were, and what \
                 they sounded through.",
    told: Told {
        room_name: "Clicks",
        making: "Making the clicks…",
        sending: "Sending them to the server: 23 MB…",
        made: "The room plays the clicks. Open it on both devices:",
        deleted: "The room is gone.",
        no_room: "No room was made: {0} Take only the track, make a room by hand, add it there, and let it repeat.",
        no_answer: "The server does not answer.",
        insecure: "Browsers give the microphone to pages that came by https, or from this very computer, and this one did not. \
                   Open it by https, or take a recording instead, below.",
        no_microphone: "There is no microphone.",
        not_allowed: "The browser does not let this page have the microphone. Allow it beside the address, and try again.",
        open: "The microphone is open.",
        meddled: "The microphone is open, but this browser filters what it hears for voices. Another browser may be better.",
        level_low: "Hardly anything is heard. Turn the device up, or put it nearer.",
        level_good: "The level is good.",
        level_high: "Too loud. Turn the device down, or put it farther away.",
        listening: "Listening to device {0}: {1} s",
        first_turn: "Let device {0} sound alone, turn device {1} all the way down, and press.",
        next_turn: "Now let device {0} sound alone, turn device {1} all the way down, and press.",
        reading: "Reading the recording…",
        recording_turns: "Turns in the recording: {0}.",
        recording_empty: "There are no clicks of ours in this recording.",
        recording_bad: "This browser cannot read that file.",
        device: "Device {0}",
        clicks: "{0} of {1} clicks",
        quiet: "was hardly heard",
        noisy: "was lost in noise",
        unclear: "did not play our clicks, or not alone",
        refusals: Refusals {
            quiet: "Device {0} was hardly heard, so nothing can be said. Turn it up or put it nearer, and listen to it again.",
            noisy: "There was too much noise to hear device {0}, so nothing can be said. Make it quieter around, and listen to \
                    it again.",
            unclear: "What was heard of device {0} does not fit our clicks, so nothing can be said. Is it in the room with \
                      the clicks, and the other one turned down?",
            turns: "At least two turns of each device are needed, and they have to agree. Listen to device {0} again.",
            gaps: "A piece of the recording is missing, so nothing can be said: this computer was too busy. Close other programs, \
                   forget all turns and begin anew.",
        },
        is_later: "Device 2 sounds {0} ms later than device 1",
        is_earlier: "Device 2 sounds {0} ms earlier than device 1",
        together: "The two sound together: {0} ms apart",
        error: "± {0} ms, one standard error. Holds for equal distances: each cm that one is farther away makes it 0.03 ms later.",
        make_earlier: "On device 2, tap “{in_sync}” and, under “{speaker}”, make it {0} ms earlier than it is set now. Then \
                       measure again: it should be near 0.",
        make_later: "On device 2, tap “{in_sync}” and, under “{speaker}”, make it {0} ms later than it is set now. Then \
                     measure again: it should be near 0.",
        leave_it: "Nothing is to be set.",
        clock_fast: "The microphone’s clock runs {0} ppm fast against the clicks. That is taken out.",
        clock_slow: "The microphone’s clock runs {0} ppm slow against the clicks. That is taken out.",
        warnings: Warnings {
            clips: "It was too loud for the microphone at times. Turn the devices down for a surer answer.",
            two_at_once: "Two devices seem to have sounded at once, or there is a strong echo. Turn the other one all the way down.",
            scattered: "Many clicks are far off the others. Something disturbed the sound, or the recording.",
            unsteady: "Turns of the same device differ by more than 3 ms: it is not steady, it was corrected meanwhile, or \
                       a turn was given to the wrong device. More turns tell.",
            clock: "The microphone’s clock is farther off than clocks are, so this is not to be trusted. Measure again.",
            too_far: "That is more than a device can be set by. Is one of them not in step at all?",
        },
    },
};
