// The microphone as it is, with nothing done to what it hears, and the last stretch of it. Used by page.mjs.

/** What browsers do for voices spoils clicks. */
const AS_IT_IS = { echoCancellation: false, noiseSuppression: false, autoGainControl: false, channelCount: 1 };

/** Longer than a turn. s */
const KEPT_SEC = 30;
/** What the browser takes in ahead of us: a page that is busy loses nothing. Pieces of some 10 ms */
const WAITING = 500;
/** Time stamps of pieces wander a little; by more than this, pieces are missing. s */
const MISSING_SEC = 0.02;

export class Microphone {
  /** @type {{ from: number, samples: Float32Array }[]} */
  #pieces = [];
  #stream;

  /**
   * @param {MediaStream} stream
   * @param {number} rateHz
   */
  constructor(stream, rateHz) {
    this.#stream = stream;
    this.rateHz = rateHz;
    /** How loud the last piece was at most, from 0 to 1. */
    this.peak = 0;
    /** Called for every piece. */
    this.onPiece = () => {};
  }

  /**
   * Asks for the microphone, within a click.
   * @throws {DOMException} as `getUserMedia` does
   */
  static async open() {
    const stream = await navigator.mediaDevices.getUserMedia({ audio: AS_IT_IS });
    return 'MediaStreamTrackProcessor' in window ? Microphone.#straight(stream) : Microphone.#byWebAudio(stream);
  }

  /**
   * What the microphone hands over, as it comes: nothing that has to keep time with a speaker stands between.
   * @param {MediaStream} stream
   */
  static async #straight(stream) {
    // @ts-expect-error: Chromium's, and not among the types yet.
    const reader = new MediaStreamTrackProcessor({ track: stream.getAudioTracks()[0], maxBufferSize: WAITING }).readable.getReader();
    const { value: first } = await reader.read();
    const microphone = new Microphone(stream, first.sampleRate);
    const beganSec = first.timestamp / 1e6;
    let from = 0;
    const take = (/** @type {any} */ heard) => {
      const samples = new Float32Array(heard.numberOfFrames);
      heard.copyTo(samples, { planeIndex: 0, format: 'f32-planar' });
      const due = Math.round((heard.timestamp / 1e6 - beganSec) * microphone.rateHz);
      if (due - from > MISSING_SEC * microphone.rateHz) from = due;
      heard.close();
      microphone.#take({ from, samples });
      from += samples.length;
    };
    take(first);
    void (async () => {
      for (let piece = await reader.read(); !piece.done; piece = await reader.read()) take(piece.value);
    })();
    return microphone;
  }

  /**
   * The way of the other browsers: the audio thread, which hands on what it hears.
   * @param {MediaStream} stream
   */
  static async #byWebAudio(stream) {
    const context = new AudioContext({ latencyHint: 'playback' });
    await context.resume();
    await context.audioWorklet.addModule(new URL('ear.mjs', import.meta.url));
    const ear = new AudioWorkletNode(context, 'ear', { numberOfInputs: 1, numberOfOutputs: 1, channelCount: 1, channelCountMode: 'explicit' });
    const microphone = new Microphone(stream, context.sampleRate);
    ear.port.onmessage = ({ data }) => microphone.#take(data);
    context.createMediaStreamSource(stream).connect(ear);
    // Some browsers run only what leads to the speaker; it gives nothing.
    ear.connect(context.destination);
    return microphone;
  }

  /** Whether the browser does something for voices all the same. */
  get isMeddledWith() {
    const is = this.#stream.getAudioTracks()[0]?.getSettings() ?? {};
    return Boolean(is.echoCancellation || is.noiseSuppression || is.autoGainControl);
  }

  /** The end of what was heard, on the microphone's own clock. s */
  get nowSec() {
    const last = this.#pieces.at(-1);
    return last ? (last.from + last.samples.length) / this.rateHz : 0;
  }

  /**
   * What was heard from then on; what is missing is silence.
   * @param {number} fromSec
   * @param {number} forSec
   */
  stretch(fromSec, forSec) {
    const begin = Math.round(fromSec * this.rateHz);
    const samples = new Float32Array(Math.round(forSec * this.rateHz));
    for (const { from, samples: piece } of this.#pieces) {
      const at = from - begin;
      if (at + piece.length <= 0 || at >= samples.length) continue;
      samples.set(piece.subarray(Math.max(0, -at), samples.length - at), Math.max(0, at));
    }
    return { samples, beginSec: begin / this.rateHz };
  }

  /** @param {{ from: number, samples: Float32Array }} piece */
  #take(piece) {
    this.#pieces.push(piece);
    while (this.#pieces[0].from < piece.from - KEPT_SEC * this.rateHz) this.#pieces.shift();
    this.peak = piece.samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
    this.onPiece();
  }
}
