// The Fourier transform of a block of complex numbers, in place. Used by hearing.mjs.

export class Spectrum {
  #cos;
  #sin;
  #turned;

  /** @param {number} size a power of two */
  constructor(size) {
    this.size = size;
    this.#cos = Float64Array.from({ length: size / 2 }, (_, i) => Math.cos((2 * Math.PI * i) / size));
    this.#sin = Float64Array.from({ length: size / 2 }, (_, i) => Math.sin((2 * Math.PI * i) / size));
    this.#turned = new Uint32Array(size);
    for (let i = 1; i < size; i++) this.#turned[i] = (this.#turned[i >> 1] >> 1) | (i & 1 ? size >> 1 : 0);
  }

  /**
   * From samples to frequencies: Cooley and Tukey's way, the shortest that there is.
   * @param {Float64Array} re
   * @param {Float64Array} im
   */
  forward(re, im) {
    const { size } = this;
    for (let i = 0; i < size; i++) {
      const j = this.#turned[i];
      if (j <= i) continue;
      [re[i], re[j]] = [re[j], re[i]];
      [im[i], im[j]] = [im[j], im[i]];
    }
    for (let half = 1; half < size; half *= 2) {
      const step = size / (2 * half);
      for (let from = 0; from < size; from += 2 * half) {
        for (let k = 0, i = from, j = from + half; k < half; k++, i++, j++) {
          const c = this.#cos[k * step];
          const s = this.#sin[k * step];
          const x = re[j] * c + im[j] * s;
          const y = im[j] * c - re[j] * s;
          re[j] = re[i] - x;
          im[j] = im[i] - y;
          re[i] += x;
          im[i] += y;
        }
      }
    }
  }

  /**
   * And back.
   * @param {Float64Array} re
   * @param {Float64Array} im
   */
  inverse(re, im) {
    this.forward(im, re);
    for (let i = 0; i < this.size; i++) {
      re[i] /= this.size;
      im[i] /= this.size;
    }
  }
}
