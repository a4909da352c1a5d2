// Piece 2, "Low Tide": a lo-fi mallet groove in F, swung, with electric piano,
// round bass, soft kick, rim and brushed hat. 12 bars at 78, about 40 seconds.
import { Stereo, biquad, reverb, rng } from '../lib/dsp.mjs';
import { bass, hiss, kick, mallet, tap, tines } from '../lib/instruments.mjs';
import { chord, clock, human, melody, midi } from '../lib/score.mjs';

export const meta = {
  file: '02-low-tide.flac', title: 'Low Tide', track: 2, genre: 'Lo-Fi', cover: 'low-tide',
};

// [bass, chord, beats] a chord; two chords in some bars.
const PLAN = [
  [['Bb1', 'D3 F3 A3 C4', 4]],
  [['C2', 'E3 Bb3 D4 A4', 4]],
  [['F1', 'E3 G3 A3 C4', 4]],
  [['E2', 'D3 G3 B3 D4', 2], ['A1', 'C#3 G3 Bb3 E4', 2]],
  [['D2', 'C3 F3 A3 E4', 4]],
  [['C2', 'Bb2 Eb3 G3 D4', 2], ['F1', 'A2 Eb3 G3 D4', 2]],
  [['Bb1', 'D3 F3 A3 C4', 4]],
  [['A1', 'C3 E3 G3 B3', 2], ['D2', 'C3 F#3 A3 Eb4', 2]],
  [['G1', 'Bb2 F3 A3 D4', 4]],
  [['C2', 'Bb2 F3 A3 D4', 4]],
  [['Bb1', 'D3 F3 A3 C4', 2], ['Bb1', 'Db3 F3 G3 C4', 2]],
  [['F1', 'E3 G3 A3 C4', 4]],
];
const TUNE = [
  'r:2 r:.5 C5:.5 D5:.5 F5:.5', 'D5:1.5 C5:.5 A4:.5 G4:.5 Bb4:1',
  'r:.5 C5:.5 A4:.5 C5:.5 E5:1 G5:.5 E5:.5', 'D5:1.5 B4:.5 C#5:1 E5:.5 Bb4:.5',
  'A4:1.5 F4:.5 A4:.5 C5:.5 E5:1', 'Eb5:1 D5:.5 C5:.5 A4:1.5 r:.5',
  'r:.5 D5:.5 F5:.5 A5:.5 G5:.5 F5:.5 D5:1', 'E5:1 C5:.5 A4:.5 C5:1 Eb5:.5 C5:.5',
  'D5:1.5 Bb4:.5 F4:.5 A4:.5 Bb4:1', 'D5:.5 C5:.5 A4:.5 G4:.5 C5:1 D5:.5 E5:.5',
  'F5:1 D5:.5 A4:.5 G4:1 Bb4:.5 Db5:.5', 'C5:.5 A4:.5 E5:.5 G5:2.5',
];

export function compose(seed) {
  const sr = 44100;
  const r = rng(seed);
  const at = clock({ bpm: 78, swing: 0.6, slowFrom: 43, slow: 0.02 });
  const n = Math.round((at(48) + 2.4) * sr);
  const keys = new Stereo(n, sr), lead = new Stereo(n, sr), low = new Stereo(n, sr), drums = new Stereo(n, sr);

  PLAN.forEach((bar, b) => {
    let beat = b * 4;
    const last = b === 11;
    for (const [root, names, len] of bar) {
      // Chord on the beat, then a short push before the next one.
      const hits = last ? [[0, 5, 0.6]] : len === 4 ? [[0, 1.4, 0.6], [1.5, 0.9, 0.42], [3.5, 0.4, 0.36]] : [[0, 1.3, 0.58], [1.5, 0.4, 0.36]];
      for (const [off, hold, vel] of hits) {
        chord(names).forEach((m, k) => {
          const h = human(r, 4);
          const sec = at(beat + off + hold) - at(beat + off);
          keys.place(at(beat + off) + h.t + k * 0.009 * (last ? 6 : 1), tines(sr, m, { vel: vel * h.v, dur: sec + 0.6, hold: sec }), 0.15, -0.3 + 0.2 * k);
        });
      }
      const m = midi(root);
      low.place(at(beat), bass(sr, m < 31 ? m + 12 : m, { vel: 0.85, hold: last ? 2.4 : len === 4 ? 0.95 : 0.8, growl: 0.35 }), 0.42);
      if (len === 4 && !last) {
        low.place(at(beat + 1.5), bass(sr, m < 31 ? m + 12 : m, { vel: 0.6, hold: 0.3, growl: 0.3 }), 0.4);
        low.place(at(beat + 2.5), bass(sr, (m < 31 ? m + 12 : m) + 7, { vel: 0.7, hold: 0.55, growl: 0.3 }), 0.36);
      }
      beat += len;
    }
    if (last) { drums.place(at(44), kick(sr, { vel: 0.8, r }), 0.5); return; }
    const b0 = b * 4;
    if (b >= 1) {
      for (const [k, v] of [[0, 0.9], [1.5, 0.5], [2.5, 0.8], ...(b % 4 === 1 ? [[3.5, 0.5]] : [])]) {
        drums.place(at(b0 + k), kick(sr, { vel: v, from: 120, to: 50, decay: 0.14, click: 0.2, r }), 0.52);
      }
    }
    for (const k of [1, 3]) { // dusty back-beat: wood and a short brush together, a touch late
      drums.place(at(b0 + k) + 0.012, tap(sr, { vel: 0.8, f: 520, decay: 0.026, r }), 0.15, 0.1);
      if (b >= 2) drums.place(at(b0 + k) + 0.01, hiss(sr, { vel: 0.8, low: 900, high: 3000, attack: 0.002, decay: 0.04, r }), 0.055, 0.1);
    }
    if (b >= 2) {
      for (let i = 0; i < 8; i++) {
        const h = human(r, 3);
        drums.place(at(b0 + i / 2) + h.t, hiss(sr, { vel: (i % 2 ? 0.9 : 0.55) * h.v, low: 2800, high: 5200, attack: 0.001, decay: 0.014, r }), 0.028, -0.15);
      }
    }
  });

  for (const note of melody(TUNE)) {
    const h = human(r, 5);
    const off = note.beat % 1 !== 0;
    lead.place(at(note.beat) + h.t, mallet(sr, note.midi, { vel: (off ? 0.66 : 0.82) * h.v, dur: 1 + note.dur * 0.7, hard: 0.7, r }), 0.4, -0.08);
  }
  lead.place(at(47), mallet(sr, midi('C6'), { vel: 0.5, dur: 2, hard: 0.4, r }), 0.34, 0.2);

  const send = new Stereo(n, sr).add(keys, 0.5).add(lead, 0.7).add(drums, 0.2);
  const mix = new Stereo(n, sr).add(keys, 1).add(lead, 1).add(low, 1).add(drums, 1);
  mix.add(reverb(send, { seconds: 1.1, damp: 2200, size: 0.7, predelay: 0.012 }), 0.3);
  mix.each(() => biquad('peak', sr, 300, 0.8, 1));
  // The old-cassette top end is the sound, and it is also what keeps the FLAC small.
  return { mix, fade: 2, top: 5800 };
}
