// The audio thread's half of microphone.mjs: sends on what it hears, in pieces, each with the number of its first sample.

const PIECE = 4_096;

class Ear extends AudioWorkletProcessor {
  #piece = new Float32Array(PIECE);
  #filled = 0;
  #from = 0;

  /** @param {Float32Array[][]} inputs */
  process([input]) {
    const heard = input?.[0];
    if (!heard) return true;
    // The count of the context goes on where the input pauses, so a gap stays a gap.
    if (this.#filled > 0 && this.#from + this.#filled !== currentFrame) this.#filled = 0;
    if (this.#filled === 0) this.#from = currentFrame;
    this.#piece.set(heard, this.#filled);
    this.#filled += heard.length;
    if (this.#filled >= PIECE) {
      this.port.postMessage({ from: this.#from, samples: this.#piece }, [this.#piece.buffer]);
      this.#piece = new Float32Array(PIECE);
      this.#filled = 0;
    }
    return true;
  }
}

registerProcessor('ear', Ear);
