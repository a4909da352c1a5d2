// Signal helpers for the demo music: seeded noise, stereo buffers, filters,
// echo, reverb, loudness measure, limiter and a WAV writer. Plain Node, no I/O.

/** Seeded random numbers in [0, 1) (mulberry32): the same seed gives the same music. */
export function rng(seed) {
  let a = seed >>> 0;
  return () => {
    a = (a + 0x6d2b79f5) >>> 0;
    let t = a;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

export const db = (d) => 10 ** (d / 20);
export const hz = (midi) => 440 * 2 ** ((midi - 69) / 12);

/** A stereo buffer with an equal-power "place this sound here" operation. */
export class Stereo {
  constructor(n, sr) {
    this.n = n;
    this.sr = sr;
    this.L = new Float32Array(n);
    this.R = new Float32Array(n);
  }

  /** Add a mono sound at time t (seconds); pan runs from -1 (left) to 1 (right). */
  place(t, mono, gain = 1, pan = 0) {
    const start = Math.round(t * this.sr);
    const angle = ((pan + 1) * Math.PI) / 4;
    const gl = gain * Math.cos(angle);
    const gr = gain * Math.sin(angle);
    const from = Math.max(0, -start);
    const to = Math.min(mono.length, this.n - start);
    for (let i = from; i < to; i++) {
      this.L[start + i] += mono[i] * gl;
      this.R[start + i] += mono[i] * gr;
    }
  }

  add(other, gain = 1) {
    for (let i = 0; i < this.n; i++) {
      this.L[i] += other.L[i] * gain;
      this.R[i] += other.R[i] * gain;
    }
    return this;
  }

  each(make) {
    const l = make();
    const r = make();
    for (let i = 0; i < this.n; i++) {
      this.L[i] = l(this.L[i]);
      this.R[i] = r(this.R[i]);
    }
    return this;
  }

  copy() {
    const c = new Stereo(this.n, this.sr);
    c.L.set(this.L);
    c.R.set(this.R);
    return c;
  }
}

/** Biquad filters after the "Audio EQ cookbook"; returns a sample-by-sample function. */
export function biquad(kind, sr, f, q = 0.7071, gainDb = 0) {
  const w = (2 * Math.PI * Math.min(f, sr * 0.49)) / sr;
  const c = Math.cos(w);
  const al = Math.sin(w) / (2 * q);
  const A = 10 ** (gainDb / 40);
  let b0, b1, b2, a0 = 1 + al, a1 = -2 * c, a2 = 1 - al;
  if (kind === 'low') [b0, b1, b2] = [(1 - c) / 2, 1 - c, (1 - c) / 2];
  else if (kind === 'high') [b0, b1, b2] = [(1 + c) / 2, -(1 + c), (1 + c) / 2];
  else if (kind === 'band') [b0, b1, b2] = [al, 0, -al];
  else if (kind === 'peak') {
    [b0, b1, b2] = [1 + al * A, -2 * c, 1 - al * A];
    a0 = 1 + al / A;
    a2 = 1 - al / A;
  } else if (kind === 'shelf') { // high shelf
    const s = 2 * Math.sqrt(A) * al;
    b0 = A * (A + 1 + (A - 1) * c + s);
    b1 = -2 * A * (A - 1 + (A + 1) * c);
    b2 = A * (A + 1 + (A - 1) * c - s);
    a0 = A + 1 - (A - 1) * c + s;
    a1 = 2 * (A - 1 - (A + 1) * c);
    a2 = A + 1 - (A - 1) * c - s;
  } else throw new Error(`unknown filter ${kind}`);
  return raw(b0 / a0, b1 / a0, b2 / a0, a1 / a0, a2 / a0);
}

function raw(b0, b1, b2, a1, a2) {
  let s1 = 0, s2 = 0;
  return (x) => {
    const y = b0 * x + s1;
    s1 = b1 * x - a1 * y + s2;
    s2 = b2 * x - a2 * y;
    return y;
  };
}

/** Filter a mono array in place. */
export function run(x, f) {
  for (let i = 0; i < x.length; i++) x[i] = f(x[i]);
  return x;
}

/** Ping-pong echo: wet signal only, darker at every repeat. */
export function pingPong(src, { time, feedback = 0.4, tone = 2600 }) {
  const out = new Stereo(src.n, src.sr);
  const d = Math.round(time * src.sr);
  const lpL = biquad('low', src.sr, tone);
  const lpR = biquad('low', src.sr, tone);
  for (let i = d; i < src.n; i++) {
    const j = i - d;
    out.L[i] = lpL((src.L[j] + src.R[j]) * 0.6 + out.R[j] * feedback);
    out.R[i] = lpR(out.L[j] * feedback);
  }
  // the right side answers the left one beat-fraction later, at a similar level
  for (let i = 0; i < src.n; i++) out.R[i] *= 0.8 / Math.max(feedback, 0.3);
  return out;
}

/** Eight-line feedback delay network, wet signal only: a soft, wide room or hall. */
export function reverb(src, { seconds = 2.2, damp = 4200, predelay = 0.02, size = 1, drift = 0.6 }) {
  const { n, sr } = src;
  const out = new Stereo(n, sr);
  const ms = [31.71, 37.11, 41.17, 46.33, 53.91, 59.77, 67.13, 73.69].map((m) => m * size);
  const len = ms.map((m) => Math.round((m / 1000) * sr));
  const lines = len.map((l) => new Float32Array(l + 64));
  const gain = len.map((l) => 10 ** ((-3 * l) / sr / seconds));
  const a = Math.exp((-2 * Math.PI * damp) / sr);
  const lp = new Float64Array(8);
  const v = new Float64Array(8);
  const pos = new Int32Array(8);
  const pre = Math.round(predelay * sr);
  // Four short all-pass diffusers a side smear the attack before it enters the lines.
  const diff = (times) => {
    const st = times.map((t) => ({ b: new Float32Array(Math.round((t / 1000) * sr)), p: 0 }));
    return (x) => {
      for (const s of st) {
        const d = s.b[s.p];
        const y = d - 0.6 * x;
        s.b[s.p] = x + 0.6 * y;
        s.p = (s.p + 1) % s.b.length;
        x = y;
      }
      return x;
    };
  };
  const dl = diff([4.77, 7.31, 11.13, 13.97]);
  const dr = diff([5.03, 6.89, 10.61, 14.51]);
  const hl = biquad('high', sr, 160);
  const hr = biquad('high', sr, 160);
  for (let i = 0; i < n; i++) {
    const j = i - pre;
    const inL = j >= 0 ? dl(hl(src.L[j])) : 0;
    const inR = j >= 0 ? dr(hr(src.R[j])) : 0;
    for (let k = 0; k < 8; k++) {
      // slow drift of the read point keeps the tail from ringing on one pitch
      const m = 20 + drift * 8 * Math.sin((2 * Math.PI * i * (0.11 + 0.037 * k)) / sr + k);
      const L = lines[k].length;
      let r = pos[k] - len[k] + m;
      while (r < 0) r += L;
      const r0 = Math.floor(r);
      const fr = r - r0;
      const s = lines[k][r0 % L] * (1 - fr) + lines[k][(r0 + 1) % L] * fr;
      lp[k] = s + a * (lp[k] - s);
      v[k] = lp[k] * gain[k];
    }
    // Hadamard mix
    for (let h = 1; h < 8; h *= 2) {
      for (let k = 0; k < 8; k += 2 * h) {
        for (let q = k; q < k + h; q++) {
          const x = v[q], y = v[q + h];
          v[q] = x + y;
          v[q + h] = x - y;
        }
      }
    }
    const sc = 1 / Math.sqrt(8);
    for (let k = 0; k < 8; k++) {
      lines[k][pos[k]] = v[k] * sc + (k % 2 ? inR : inL);
      pos[k] = (pos[k] + 1) % lines[k].length;
    }
    out.L[i] = (lp[0] + lp[2] - lp[4] + lp[6]) * 0.35;
    out.R[i] = (lp[1] - lp[3] + lp[5] + lp[7]) * 0.35;
  }
  return out;
}

/** Integrated loudness (ITU-R BS.1770-4, gated) in LUFS. */
export function loudness({ L, R, n, sr }) {
  const kw = () => {
    let K = Math.tan((Math.PI * 1681.974450955533) / sr), Q = 0.7071752369554196;
    const Vh = 10 ** (3.999843853973347 / 20), Vb = Vh ** 0.4996667741545416;
    let a0 = 1 + K / Q + K * K;
    const sh = raw((Vh + (Vb * K) / Q + K * K) / a0, (2 * (K * K - Vh)) / a0,
      (Vh - (Vb * K) / Q + K * K) / a0, (2 * (K * K - 1)) / a0, (1 - K / Q + K * K) / a0);
    K = Math.tan((Math.PI * 38.13547087602444) / sr);
    Q = 0.5003270373238773;
    a0 = 1 + K / Q + K * K;
    const hp = raw(1, -2, 1, (2 * (K * K - 1)) / a0, (1 - K / Q + K * K) / a0);
    return (x) => hp(sh(x));
  };
  const hop = Math.round(sr * 0.1);
  const steps = [];
  const fl = kw(), fr = kw();
  let acc = 0;
  for (let i = 0; i < n; i++) {
    const l = fl(L[i]), r = fr(R[i]);
    acc += l * l + r * r;
    if ((i + 1) % hop === 0) {
      steps.push(acc / hop);
      acc = 0;
    }
  }
  const blocks = [];
  for (let i = 3; i < steps.length; i++) blocks.push((steps[i] + steps[i - 1] + steps[i - 2] + steps[i - 3]) / 4);
  const lufs = (p) => -0.691 + 10 * Math.log10(p);
  const mean = (b) => b.reduce((s, p) => s + p, 0) / b.length;
  const abs = blocks.filter((p) => p > 0 && lufs(p) > -70);
  const rel = lufs(mean(abs)) - 10;
  return lufs(mean(abs.filter((p) => lufs(p) > rel)));
}

/** Look-ahead limiter; no sample leaves it above the ceiling. In place. */
export function limit(s, ceilingDb, release = 0.12) {
  const { n, sr, L, R } = s;
  const top = db(ceilingDb);
  const W = Math.round(sr * 0.004);
  const rel = 1 - Math.exp(-1 / (release * sr));
  const g = new Float32Array(n);
  let last = 1;
  for (let i = 0; i < n; i++) {
    const p = Math.max(Math.abs(L[i]), Math.abs(R[i]));
    last = Math.min(p > top ? top / p : 1, last + (1 - last) * rel);
    g[i] = last;
  }
  // least gain over the next W samples, then a W-long average: a smooth early dip
  const low = new Float32Array(n);
  const q = new Int32Array(n);
  let head = 0, tail = 0;
  for (let i = n - 1; i >= 0; i--) {
    while (tail > head && g[q[tail - 1]] >= g[i]) tail--;
    q[tail++] = i;
    while (q[head] > i + W) head++;
    low[i] = g[q[head]];
  }
  let sum = W;
  const win = new Float32Array(W).fill(1);
  for (let i = 0; i < n; i++) {
    sum += low[i] - win[i % W];
    win[i % W] = low[i];
    const k = Math.min(1, sum / W);
    L[i] *= k;
    R[i] *= k;
  }
  return s;
}

/** Master a mix: rumble filter, gentle saturation, fade, -16 LUFS, ceiling. */
export function master(mix, { lufs = -16, ceiling = -2, fade = 3, top = 0 }) {
  const { n, sr } = mix;
  mix.each(() => biquad('high', sr, 32));
  if (top) mix.each(() => biquad('low', sr, top, 0.6)).each(() => biquad('low', sr, top * 1.3, 0.7));
  let k = db(lufs - 2 - loudness(mix));
  mix.each(() => (x) => { // soft knee on the strongest peaks only
    const y = x * k, a = Math.abs(y);
    return a < 0.5 ? y : Math.sign(y) * (0.5 + 0.5 * Math.tanh((a - 0.5) / 0.5));
  });
  for (let i = 0; i < n; i++) {
    const left = (n - 1 - i) / sr;
    const a = left < fade ? Math.sin((Math.PI / 2) * (left / fade)) ** 2 : 1;
    const b = Math.min(1, i / (0.004 * sr));
    mix.L[i] *= a * b;
    mix.R[i] *= a * b;
  }
  for (let pass = 0; pass < 4; pass++) {
    k = db(lufs - loudness(mix));
    mix.each(() => (x) => x * k);
    limit(mix, ceiling);
  }
  return mix;
}

/** 16-bit WAV file, without dither (its noise would cost FLAC bits). */
export function wav({ L, R, n, sr }) {
  const b = Buffer.alloc(44 + n * 4);
  b.write('RIFF', 0);
  b.writeUInt32LE(36 + n * 4, 4);
  b.write('WAVEfmt ', 8);
  b.writeUInt32LE(16, 16);
  b.writeUInt16LE(1, 20);
  b.writeUInt16LE(2, 22);
  b.writeUInt32LE(sr, 24);
  b.writeUInt32LE(sr * 4, 28);
  b.writeUInt16LE(4, 32);
  b.writeUInt16LE(16, 34);
  b.write('data', 36);
  b.writeUInt32LE(n * 4, 40);
  for (let i = 0; i < n; i++) {
    b.writeInt16LE(Math.round(L[i] * 32767), 44 + i * 4);
    b.writeInt16LE(Math.round(R[i] * 32767), 46 + i * 4);
  }
  return b;
}
