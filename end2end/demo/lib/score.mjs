// A tiny music notation: note names to MIDI numbers, melodies written as
// "A4:.5 D5:1 r:2" (note:beats, r is a rest), and small human unevenness.

const STEP = { C: 0, D: 2, E: 4, F: 5, G: 7, A: 9, B: 11 };

export function midi(name) {
  const m = /^([A-G])([#b]?)(-?\d)$/.exec(name);
  if (!m) throw new Error(`not a note: ${name}`);
  return STEP[m[1]] + (m[2] === '#' ? 1 : m[2] === 'b' ? -1 : 0) + 12 * (Number(m[3]) + 1);
}

export const chord = (names) => names.split(/\s+/).map(midi);

/** Parse bars of melody; every bar must be exactly `beats` long, so a slip shows at once. */
export function melody(bars, beats = 4, start = 0) {
  const out = [];
  bars.forEach((bar, b) => {
    let at = 0;
    for (const w of bar.trim().split(/\s+/)) {
      const [name, len = '1'] = w.split(':');
      const dur = Number(len);
      if (name !== 'r') out.push({ beat: start + b * beats + at, dur, midi: midi(name) });
      at += dur;
    }
    if (Math.abs(at - beats) > 1e-6) throw new Error(`bar ${b + 1} has ${at} beats: ${bar}`);
  });
  return out;
}

/** Beats to seconds, with optional swing of the off-beat quavers and a slowing end. */
export function clock({ bpm, lead = 0.15, swing = 0.5, slowFrom = Infinity, slow = 0 }) {
  return (beat) => {
    const whole = Math.floor(beat);
    const fr = beat - whole;
    const sw = fr < 0.5 ? (fr / 0.5) * swing : swing + ((fr - 0.5) / 0.5) * (1 - swing);
    const b = whole + sw;
    const late = Math.max(0, b - slowFrom);
    return lead + ((b + slow * late * late) * 60) / bpm;
  };
}

/** Small timing and loudness unevenness, as a player would have. */
export const human = (r, ms = 5) => ({ t: (r() - 0.5) * 2 * ms / 1000, v: 0.9 + 0.2 * r() });
