// What an engine is held to, beside what every engine is: one table, for the drivers and the flows.

export type EngineName = 'chromium' | 'firefox' | 'webkit';

interface Engine {
  /**
   * How far from the room it may rest, in ms, without more being promised: where a rate cannot be bent, nothing nearer is
   * worth the gap that a seek makes (`seek_beyond` in src/sync/engine.rs). The page says `correcting` then, and means it.
   * 0: only `in-sync` will do.
   */
  restsWithinMs: number;
  /** Flows that its driver cannot play, by their sentences, and why. */
  cannot: Record<string, string>;
}

export const ENGINES: Record<EngineName, Engine> = {
  chromium: { restsWithinMs: 0, cannot: {} },
  firefox: { restsWithinMs: 25, cannot: {} },
  webkit: { restsWithinMs: 25, cannot: {} },
};
