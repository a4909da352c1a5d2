// Piece 1, "Window Seat": warm plucked arpeggios in D major, a singing tune on
// a second string, hand drum and shaker. 24 bars at 92, about 70 seconds.
import { Stereo, biquad, pingPong, reverb, rng } from '../lib/dsp.mjs';
import { bass, bell, hiss, kick, pad, pluck, tap } from '../lib/instruments.mjs';
import { chord, clock, human, melody } from '../lib/score.mjs';

export const meta = {
  file: '01-window-seat.mp3', title: 'Window Seat', track: 1, genre: 'Acoustic', cover: 'window-seat',
};

const C = {
  D: chord('D3 A3 C#4 E4 F#4 A4'), D2: chord('D3 A3 D4 F#4 A4 E4'), 'A/C#': chord('C#3 A3 B3 E4 A4 C#4'),
  Bm: chord('B2 F#3 A3 D4 F#4 A4'), G: chord('G2 D3 B3 D4 F#4 A4'), 'D/F#': chord('F#2 D3 A3 D4 E4 A4'),
  G6: chord('G2 D3 B3 E4 G4 B4'), Em: chord('E3 B3 D4 G4 B4 F#4'), Asus: chord('A2 E3 G3 D4 E4 A4'),
  A: chord('A2 E3 A3 C#4 E4 A4'), 'F#m': chord('F#2 C#3 A3 C#4 E4 A4'), Gm: chord('G2 D3 Bb3 D4 E4 G4'),
};
const PLAN = [
  'D', 'G',
  'D', 'A/C#', 'Bm', 'G', 'D/F#', 'G6', 'Em', 'Asus',
  'Bm', 'F#m', 'G', 'D/F#', 'Em', 'A', 'G', 'Asus',
  'D', 'A/C#', 'Bm', 'Gm',
  'D2', 'D2',
];
const TUNE = [
  'A4:.5 D5:.5 F#5:1.5 E5:.5 D5:1', 'E5:2 C#5:.5 D5:.5 A4:1',
  'B4:.5 D5:.5 F#5:1.5 G5:.5 F#5:.5 E5:.5', 'D5:3 r:1',
  'A4:.5 D5:.5 F#5:1.5 A5:.5 F#5:1', 'G5:1.5 F#5:.5 E5:1 D5:1',
  'E5:1 G5:.5 F#5:.5 E5:1 B4:1', 'D5:1.5 E5:.5 C#5:2',
  'F#5:1.5 B5:.5 A5:2', 'A5:.5 F#5:.5 E5:1 C#5:2',
  'D5:1 B5:1 A5:.5 G5:.5 F#5:1', 'A5:1.5 F#5:.5 D5:2',
  'G5:1 F#5:.5 E5:.5 B4:1 E5:1', 'D5:.5 E5:.5 C#5:1 A4:1 B4:.5 C#5:.5',
  'D5:1.5 E5:.5 F#5:1 G5:1', 'E5:3 r:1',
  'A4:.5 D5:.5 F#5:1.5 E5:.5 D5:1', 'E5:2 C#5:.5 D5:.5 A4:1',
  'B4:.5 D5:.5 F#5:1.5 A5:.5 F#5:.5 E5:.5', 'D5:2 Bb4:1 E5:1',
  'F#5:3 r:1',
];

export function compose(seed) {
  const sr = 44100;
  const r = rng(seed);
  const at = clock({ bpm: 92, slowFrom: 84, slow: 0.02 });
  const n = Math.round((at(96) + 4.2) * sr);
  const guitar = new Stereo(n, sr), lead = new Stereo(n, sr), low = new Stereo(n, sr);
  const drums = new Stereo(n, sr), air = new Stereo(n, sr);

  PLAN.forEach((name, bar) => {
    const v = C[name];
    const b0 = bar * 4;
    const lift = bar >= 10 && bar < 18;
    const last = bar >= 22;
    // Eight quavers a bar; semiquavers in the lifted middle part.
    const shape = last ? (bar === 22 ? [0, 1, 2, 3, 4, 5, 3, 4] : [])
      : lift ? [0, 2, 3, 4, 1, 5, 4, 3, 0, 2, 3, 5, 1, 4, 3, 2]
        : bar % 2 ? [0, 2, 3, 5, 1, 4, 3, 2] : [0, 2, 3, 4, 5, 4, 3, 2];
    shape.forEach((k, i) => {
      const beat = b0 + (i * 4) / shape.length;
      const h = human(r, 6);
      const accent = i === 0 ? 0.85 : i % (shape.length / 4) === 0 ? 0.62 : 0.5;
      const x = pluck(sr, v[k], {
        vel: accent * h.v * (lift ? 0.84 : 1), dur: last ? 5 : 2.6, sustain: k === 0 ? 4 : 3, bright: 0.42, damp: 0.42, pick: 0.27, r,
      });
      guitar.place(at(beat) + h.t, x, 0.5, -0.55 + 0.2 * k);
    });
    if (bar === 23) { // last rolled chord
      chord('D3 A3 D4 F#4 A4 E5').forEach((m, k) => {
        const x = pluck(sr, m, { vel: 0.72 - 0.03 * k, dur: 5.5, sustain: 5, bright: 0.36, damp: 0.42, r });
        guitar.place(at(b0) + 0.055 * k, x, 0.5, -0.5 + 0.2 * k);
      });
    }
    // Bass: root on one, a lighter answer before the turn of the bar.
    if (bar >= 2) {
      const root = v[0] >= 48 ? v[0] - 12 : v[0];
      low.place(at(b0), bass(sr, root, { vel: 0.8, hold: last ? 2.6 : 1.25, growl: 0.5 }), 0.34);
      if (!last) {
        low.place(at(b0 + 2.5), bass(sr, root, { vel: 0.55, hold: 0.35, growl: 0.4 }), 0.32);
        low.place(at(b0 + 3), bass(sr, root + 7, { vel: 0.6, hold: 0.6, growl: 0.4 }), 0.3);
      }
    }
    // Hand drum, shaker, and a wood tap on two and four in the middle.
    if (bar >= 4 && bar < 22) {
      [[0, 0.8], [1.5, 0.4], [2.5, 0.6]].forEach(([b, g]) => {
        const h = human(r, 4);
        drums.place(at(b0 + b) + h.t, kick(sr, { vel: g * h.v, from: 150, to: 62, decay: 0.11, click: 0.25, r }), 0.36);
      });
      for (let i = 0; i < 8; i++) {
        const h = human(r, 4);
        drums.place(at(b0 + i / 2) + h.t - 0.012, hiss(sr, { vel: (i % 2 ? 0.9 : 0.5) * h.v, low: 4200, high: 8500, attack: 0.016, decay: 0.032, r }), 0.032, 0.35);
      }
    }
    if (lift) [1, 3].forEach((b) => drums.place(at(b0 + b), tap(sr, { vel: 0.7, f: 640, decay: 0.024, r }), 0.1, -0.25));
    // A breath of strings under the middle and the end.
    if (bar >= 10) {
      const len = at(b0 + 4) - at(b0);
      for (const [i, m] of v.slice(1, 5).entries()) {
        for (const side of [-1, 1]) {
          air.place(at(b0) - 0.25, pad(sr, m, { dur: len, attack: 0.9, release: 1.1, cents: side * 5, soft: 1.9, r }), 0.026, side * (0.3 + 0.12 * i));
        }
      }
    }
  });

  for (const note of melody(TUNE, 4, 8)) {
    const h = human(r, 5);
    const lift = note.beat >= 40 && note.beat < 72;
    const x = pluck(sr, note.midi, { vel: (note.dur > 1 ? 0.9 : 0.74) * h.v, dur: 1.2 + note.dur * 0.75, sustain: 6, bright: 0.62, damp: 0.28, pick: 0.16, r });
    lead.place(at(note.beat) + h.t, x, 0.6, 0.12);
    if (lift && note.dur >= 1) { // a music-box glint an octave up on the long notes
      lead.place(at(note.beat), bell(sr, note.midi + 12, { vel: 0.5, dur: 2, r }), 0.075, 0.45);
    }
  }
  lead.place(at(92) + 0.4, bell(sr, 86, { vel: 0.6, dur: 4, r }), 0.1, 0.3);

  lead.each(() => biquad('peak', sr, 900, 0.9, 1.5));
  const send = new Stereo(n, sr).add(guitar, 0.5).add(lead, 0.7).add(drums, 0.25).add(air, 0.8);
  const mix = new Stereo(n, sr).add(guitar, 0.95).add(lead, 0.92).add(low, 1).add(drums, 1).add(air, 1);
  mix.add(pingPong(lead, { time: at(0.75) - at(0), feedback: 0.3 }), 0.12);
  mix.add(reverb(send, { seconds: 1.9, damp: 4800, size: 0.9 }), 0.42);
  return { mix, fade: 2.6 };
}
