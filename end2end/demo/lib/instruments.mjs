// The demo orchestra: every function renders one note or hit as a mono
// Float32Array, about 1.0 at its loudest. `r` is a seeded random source.
import { biquad, hz, run } from './dsp.mjs';

const TAU = 2 * Math.PI;

function norm(x, level = 1) {
  let p = 1e-9;
  for (const v of x) p = Math.max(p, Math.abs(v));
  for (let i = 0; i < x.length; i++) x[i] *= level / p;
  return x;
}

/** Fade the last few milliseconds so that no note ends in a click. */
function close(x, sr, ms = 30) {
  const k = Math.min(x.length, Math.round((sr * ms) / 1000));
  for (let i = 0; i < k; i++) x[x.length - 1 - i] *= i / k;
  return x;
}

/** Plucked string (Karplus-Strong, tuned, with pick position and a wooden body). */
export function pluck(sr, midi, { vel = 0.8, dur = 2.5, bright = 0.5, damp = 0.35, sustain = 3.2, pick = 0.22, r }) {
  const f = hz(midi);
  if (f > 400) damp *= (400 / f) ** 0.8; // keep high strings singing
  const n = Math.round(dur * sr);
  const out = new Float32Array(n);
  const loopDelay = sr / f - damp; // the loop low-pass adds `damp` samples of delay
  const N = Math.floor(loopDelay - 0.3);
  const frac = loopDelay - N;
  const ap = (1 - frac) / (1 + frac);
  const g = 10 ** (-3 / (f * sustain * (f > 500 ? 500 / f : 1) ** 0.4));
  let burst = new Float32Array(N);
  for (let i = 0; i < N; i++) burst[i] = r() * 2 - 1;
  const lp = biquad('low', sr, (600 + 5200 * bright * (0.35 + 0.65 * vel)) * (0.75 + f / 900), 0.6);
  for (let k = 0; k < 2; k++) for (let i = 0; i < N; i++) { const y = lp(burst[i]); if (k) burst[i] = y; }
  const p = Math.max(1, Math.round(N * pick));
  const comb = burst.map((x, i) => x - 0.85 * burst[(i - p + N) % N]);
  let mean = 0;
  for (const x of comb) mean += x / N;
  burst = comb.map((x) => x - mean);
  const line = burst;
  let pos = 0, prev = 0, apx = 0, apy = 0;
  for (let i = 0; i < n; i++) {
    const x = line[pos];
    const y = ((1 - damp) * x + damp * prev) * g;
    prev = x;
    const z = ap * y + apx - ap * apy;
    apx = y;
    apy = z;
    line[pos] = z;
    pos = (pos + 1) % N;
    out[i] = x;
  }
  const b1 = biquad('peak', sr, 118, 1.6, 3);
  const b2 = biquad('peak', sr, 235, 2, 3.5);
  const b3 = biquad('peak', sr, 2600, 0.8, -2.5);
  run(out, (x) => b3(b2(b1(x))));
  for (let i = 0, a = Math.round(0.0015 * sr); i < a; i++) out[i] *= i / a;
  return close(norm(out, vel), sr, 120);
}

/** Sum of decaying sine partials: [ratio, level, decay seconds]. */
function modal(sr, f, dur, partials, { attack = 0.001, tremolo = 0, rate = 5 } = {}) {
  const n = Math.round(dur * sr);
  const out = new Float32Array(n);
  for (const [ratio, level, decay, phase = 0] of partials) {
    const w = (TAU * f * ratio) / sr;
    if (w > Math.PI * 0.8) continue;
    // two-term recurrence: y[i] = 2 c y[i-1] - d² y[i-2], a sine that dies away
    const d = Math.exp(-1 / (decay * sr));
    const c = 2 * d * Math.cos(w);
    let y1 = level * Math.sin(phase - w) / d;
    let y2 = level * Math.sin(phase - 2 * w) / (d * d);
    for (let i = 0; i < n; i++) {
      const y = c * y1 - d * d * y2;
      y2 = y1;
      y1 = y;
      out[i] += y;
    }
  }
  const a = Math.round(attack * sr);
  for (let i = 0; i < a; i++) out[i] *= 0.5 - 0.5 * Math.cos((Math.PI * i) / a);
  if (tremolo) for (let i = 0; i < n; i++) out[i] *= 1 - tremolo * (0.5 - 0.5 * Math.cos((TAU * rate * i) / sr));
  return close(out, sr, 60);
}

/** Soft wooden mallet with a vibraphone's long tail. */
export function mallet(sr, midi, { vel = 0.8, dur = 2.4, hard = 0.5, r }) {
  const f = hz(midi);
  const len = Math.min(1.6, 0.55 * (440 / f) ** 0.5 + 0.25);
  const x = modal(sr, f, dur, [
    [1, 1, len], [1.0018, 0.35, len * 1.1],
    [2.0, 0.06, len * 0.5], [3.98, 0.3 * hard * vel, len * 0.16], [9.6, 0.1 * hard * vel, 0.02],
  ], { attack: 0.0012, tremolo: 0.22, rate: 4.6 });
  const lp = biquad('low', sr, 1400);
  for (let i = 0, k = Math.round(0.012 * sr); i < k; i++) x[i] += lp((r() * 2 - 1) * 0.5 * vel * Math.exp((-5 * i) / k));
  return norm(x, vel);
}

/** Electric piano: one-to-one FM that mellows, and a quick tine on top. */
export function tines(sr, midi, { vel = 0.6, dur = 2, hold = 1.5 }) {
  const f = hz(midi);
  const n = Math.round(dur * sr);
  const out = new Float32Array(n);
  const rel = 0.12;
  for (let i = 0; i < n; i++) {
    const t = i / sr;
    const env = Math.exp(-t / 1.5) * Math.min(1, t / 0.003) * (t > hold ? Math.exp(-(t - hold) / rel) : 1);
    const index = (0.25 + 0.9 * vel) * Math.exp(-t / 0.45);
    const tine = 0.1 * vel * Math.exp(-t / 0.07) * Math.sin(TAU * f * 7 * t);
    out[i] = env * (Math.sin(TAU * f * t + index * Math.sin(TAU * f * t)) + (f * 7 < 6000 ? tine : 0));
  }
  return close(norm(out, vel), sr, 80);
}

/** Glass bell: soft strike, a little inharmonic, slow beating between twin partials. */
export function bell(sr, midi, { vel = 0.8, dur = 5, glow = 1, detune = 0, r }) {
  const f = hz(midi) * 2 ** (detune / 1200);
  const k = (523 / f) ** 0.45;
  const x = modal(sr, f, dur, [
    [0.5, 0.10, 1.6 * k], [1, 1, 1.9 * k * glow], [1.0023, 0.45, 2.1 * k * glow],
    [2.0, 0.28 * vel, 0.9 * k], [2.76, 0.16 * vel, 0.5 * k], [4.07, 0.12 * vel, 0.28 * k],
    [5.42, 0.10 * vel, 0.16 * k], [8.1, 0.05 * vel, 0.05],
  ], { attack: 0.0015 });
  const bp = biquad('band', sr, 3400, 0.8);
  for (let i = 0, m = Math.round(0.008 * sr); i < m; i++) x[i] += bp((r() * 2 - 1) * 0.5 * vel * (1 - i / m));
  return norm(x, vel);
}

/** Warm held tone from a soft wavetable; call it several times, detuned and panned, for a choir. */
export function pad(sr, midi, { dur = 4, attack = 1.2, release = 1.8, cents = 0, soft = 1.5, partials = 12, wobble = 0.1, r }) {
  const f = hz(midi) * 2 ** (cents / 1200);
  const size = 2048;
  const table = new Float32Array(size + 1);
  for (let h = 1; h <= partials && h * f < 7000; h++) {
    const a = h ** -soft * Math.exp(-(h * f) / 3200);
    const ph = r() * TAU;
    for (let i = 0; i <= size; i++) table[i] += a * Math.sin((TAU * h * i) / size + ph);
  }
  norm(table);
  const n = Math.round((dur + release) * sr);
  const out = new Float32Array(n);
  let p = r() * size;
  const lfo = 0.13 + 0.17 * r();
  const lfp = r() * TAU;
  for (let i = 0; i < n; i++) {
    const t = i / sr;
    const up = t < attack ? 0.5 - 0.5 * Math.cos((Math.PI * t) / attack) : 1;
    const dn = t > dur ? 0.5 + 0.5 * Math.cos((Math.PI * (t - dur)) / release) : 1;
    const k = Math.floor(p);
    out[i] = (table[k] + (table[k + 1] - table[k]) * (p - k)) * up * dn * (1 - wobble + wobble * Math.sin(TAU * lfo * t + lfp));
    p += (f * size * (1 + 0.0006 * Math.sin(TAU * lfo * 1.7 * t + lfp))) / sr;
    if (p >= size) p -= size;
  }
  return out;
}

/** Round bass: sine with a warm second and third partial that fade. */
export function bass(sr, midi, { vel = 0.8, hold = 0.8, growl = 0.5, decay = 1.4 }) {
  const f = hz(midi);
  const n = Math.round((hold + 0.15) * sr);
  const out = new Float32Array(n);
  for (let i = 0; i < n; i++) {
    const t = i / sr;
    const env = Math.min(1, t / 0.006) * Math.exp(-t / decay) * (t > hold ? Math.max(0, 1 - (t - hold) / 0.14) : 1);
    const h = growl * Math.exp(-t / 0.25);
    const x = Math.sin(TAU * f * t) + (0.18 + 0.35 * h) * Math.sin(TAU * 2 * f * t) + 0.22 * h * Math.sin(TAU * 3 * f * t);
    out[i] = Math.tanh(x * 1.1) * env;
  }
  return norm(close(out, sr, 20), vel);
}

/** Soft kick or hand-drum thump. */
export function kick(sr, { vel = 0.8, from = 130, to = 48, decay = 0.16, click = 0.15, r }) {
  const n = Math.round(sr * decay * 4);
  const out = new Float32Array(n);
  const lp = biquad('low', sr, 1800);
  let ph = 0;
  for (let i = 0; i < n; i++) {
    const t = i / sr;
    ph += (TAU * (to + (from - to) * Math.exp(-t / 0.028))) / sr;
    out[i] = Math.sin(ph) * Math.exp(-t / decay) * Math.min(1, t / 0.0015) + lp((r() * 2 - 1) * click * Math.exp(-t / 0.006));
  }
  return close(norm(out, vel), sr, 20);
}

/** Rim or wood tap: three short wooden modes. */
export function tap(sr, { vel = 0.6, f = 820, decay = 0.03, r }) {
  const x = modal(sr, f, 0.25, [[1, 1, decay], [1.63, 0.6, decay * 0.7], [2.87, 0.35, decay * 0.4]], { attack: 0.0006 });
  const bp = biquad('band', sr, f * 2.2, 0.9);
  for (let i = 0, k = Math.round(0.01 * sr); i < k; i++) x[i] += bp((r() * 2 - 1) * 0.6 * (1 - i / k));
  return norm(x, vel);
}

/** Shaker, brush and hat: shaped noise between two corners. */
export function hiss(sr, { vel = 0.4, low = 3500, high = 9000, attack = 0.012, decay = 0.05, r }) {
  const n = Math.round(sr * (attack + decay * 5));
  const out = new Float32Array(n);
  const hp = biquad('high', sr, low);
  const lp = biquad('low', sr, high);
  for (let i = 0; i < n; i++) {
    const t = i / sr;
    const env = t < attack ? (t / attack) ** 2 : Math.exp(-(t - attack) / decay);
    out[i] = lp(hp(r() * 2 - 1)) * env;
  }
  return close(norm(out, vel), sr, 10);
}
