// Piece 3, "Slow Lanterns": ambient pads in E with a bell melody, ping-pong
// echoes, a heartbeat and wood taps. 22 bars at 62, about 92 seconds.
import { Stereo, biquad, pingPong, reverb, rng } from '../lib/dsp.mjs';
import { bass, bell, hiss, kick, pad, pluck, tap } from '../lib/instruments.mjs';
import { chord, clock, human, melody, midi } from '../lib/score.mjs';

export const meta = {
  file: '03-slow-lanterns.opus', title: 'Slow Lanterns', track: 3, genre: 'Ambient', cover: 'slow-lanterns',
};

const A9 = ['A1', 'A2 E3 G#3 B3 C#4'], EG = ['G#1', 'G#2 E3 G#3 B3 F#4'], FM = ['F#1', 'F#2 C#3 E3 A3 G#4'];
const BS = ['B1', 'B2 F#3 A3 E4'], BM = ['B1', 'B2 F#3 A3 D#4'], CM = ['C#2', 'C#3 G#3 B3 E4'];
const AM = ['A1', 'A2 E3 F#3 C4'], E9 = ['E1', 'E2 B2 F#3 G#3 B3 E4'];
// [chord, bars]
const PLAN = [
  [E9, 2],
  [A9, 2], [EG, 2], [FM, 2], [BS, 1], [BM, 1],
  [CM, 2], [A9, 2], [EG, 1], [FM, 1], [A9, 1], [BS, 1],
  [A9, 1], [AM, 1], [E9, 2],
];
const TUNE = [
  'r:2 B5:1 F#5:1', 'G#5:2 r:2',
  'C#6:1.5 B5:.5 G#5:2', 'E5:1 F#5:1 G#5:2', 'B5:1.5 G#5:.5 E5:2', 'r:1 F#5:1 G#5:1 B5:1',
  'A5:1.5 G#5:.5 E5:2', 'C#5:1 E5:1 G#5:2', 'F#5:3 E5:1', 'D#5:1 F#5:1 B5:2',
  'E6:1.5 D#6:.5 B5:2', 'G#5:1 B5:1 C#6:2', 'C#6:1 B5:1 G#5:1 E5:1', 'F#5:1 G#5:1 B5:2',
  'B5:1.5 C#6:.5 B5:1 G#5:1', 'A5:1 G#5:1 E5:2', 'C#5:1 E5:1 G#5:1 B5:1', 'F#5:3 r:1',
  'E5:1 G#5:1 B5:1 E6:1', 'C6:2 A5:1 F#5:1', 'G#5:2 B5:2', 'E6:4',
];

export function compose(seed) {
  const sr = 48000;
  const r = rng(seed);
  const at = clock({ bpm: 62, lead: 0.3, slowFrom: 80, slow: 0.015 });
  const n = Math.round((at(88) + 4.5) * sr);
  const pads = new Stereo(n, sr), bells = new Stereo(n, sr), low = new Stereo(n, sr), hits = new Stereo(n, sr), harp = new Stereo(n, sr);

  let bar = 0;
  for (const [[root, names], bars] of PLAN) {
    const b0 = bar * 4;
    const len = at(b0 + bars * 4) - at(b0);
    const v = chord(names);
    v.forEach((m, i) => {
      for (const [cents, pan] of [[-6, -0.75], [0, (i % 2 ? 0.2 : -0.2)], [7, 0.75]]) {
        pads.place(at(b0) - (bar ? 0.5 : 0), pad(sr, m, { dur: len, attack: bar ? 1.5 : 2.2, release: 2.2, cents, soft: 1.35, wobble: 0.16, r }), 0.055, pan);
      }
    });
    low.place(at(b0), bass(sr, midi(root) < 30 ? midi(root) + 12 : midi(root), { vel: 0.7, hold: len * 0.95, growl: 0.2, decay: 5 }), 0.26);
    for (let b = bar; b < bar + bars; b++) {
      const f0 = b * 4;
      if (b >= 6 && b < 20) { // heartbeat
        hits.place(at(f0), kick(sr, { vel: 0.8, from: 95, to: 46, decay: 0.2, click: 0.12, r }), 0.36);
        hits.place(at(f0 + 2.5), kick(sr, { vel: 0.5, from: 95, to: 46, decay: 0.18, click: 0.12, r }), 0.34);
      }
      if (b >= 2 && b < 20) { // wood taps that echo away
        hits.place(at(f0 + 1), tap(sr, { vel: 0.7, f: 1180, decay: 0.02, r }), 0.075, -0.4);
        hits.place(at(f0 + 3), tap(sr, { vel: 0.6, f: 930, decay: 0.022, r }), 0.075, 0.4);
      }
      if (b >= 10 && b < 18) {
        for (let i = 0; i < 8; i++) {
          hits.place(at(f0 + i / 2) - 0.02, hiss(sr, { vel: (i % 2 ? 0.8 : 0.45), low: 5000, high: 11000, attack: 0.024, decay: 0.04, r }), 0.014, i % 2 ? 0.5 : -0.5);
        }
      }
      if (b >= 10 && b < 20) { // soft harp ripples, quavers up and down the chord
        const ladder = [...v.slice(1), v[1] + 12, v[2] + 12];
        [0, 1, 2, 3, 4, 3, 2, 1].forEach((k, i) => {
          const h = human(r, 6);
          const m = ladder[k % ladder.length];
          harp.place(at(f0 + i / 2) + h.t, pluck(sr, m, { vel: (i ? 0.5 : 0.66) * h.v, dur: 2.4, bright: 0.55, damp: 0.4, sustain: 3, r }), 0.3, -0.5 + i / 7);
        });
      }
    }
    bar += bars;
  }

  for (const note of melody(TUNE)) {
    const h = human(r, 6);
    const vel = (note.dur >= 2 ? 0.85 : 0.7) * h.v;
    const dur = Math.min(6, 3 + note.dur);
    const pan = ((note.midi - 78) / 14) * 0.5;
    bells.place(at(note.beat) + h.t, bell(sr, note.midi, { vel, dur, glow: 0.8, r }), 0.24, pan - 0.15);
    bells.place(at(note.beat) + h.t + 0.004, bell(sr, note.midi, { vel: vel * 0.7, dur, glow: 0.8, detune: 5, r }), 0.13, pan + 0.3);
  }

  pads.each(() => biquad('low', sr, 2600, 0.6)).each(() => biquad('peak', sr, 280, 0.7, -2));
  // The pads breathe with the heartbeat: a slow swell twice a bar.
  for (let i = 0; i < n; i++) {
    const ph = ((i / sr - 0.3) * 62) / 60 / 4;
    const k = 1 - 0.13 * (0.5 + 0.5 * Math.cos(2 * Math.PI * ph * 2));
    pads.L[i] *= k;
    pads.R[i] *= k;
  }
  const echo = pingPong(new Stereo(n, sr).add(bells, 0.7).add(hits, 0.3).add(harp, 0.4), { time: at(0.75) - at(0), feedback: 0.42, tone: 3000 });
  const send = new Stereo(n, sr).add(pads, 0.5).add(bells, 0.8).add(hits, 0.3).add(harp, 0.6).add(echo, 0.4);
  const mix = new Stereo(n, sr).add(pads, 0.9).add(bells, 1).add(low, 1).add(hits, 1).add(harp, 1).add(echo, 0.28);
  mix.add(reverb(send, { seconds: 4.2, damp: 4200, size: 1.35, predelay: 0.035, drift: 1 }), 0.5);
  return { mix, fade: 4 };
}
