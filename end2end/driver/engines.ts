// What an engine is held to, beside what every engine is: one table, for the drivers and the flows.

export type EngineName = 'chromium' | 'firefox' | 'webkit';

interface Engine {
  /**
   * How far from the room it may rest for a while, in ms: where a rate cannot be bent, or not to that side, nothing nearer
   * is worth the gap that one more seek makes (`FAR_OUT_OF_REACH` and `SMALL_LANDING` in src/sync/drift/plan.rs). The page
   * says `correcting` then, and means it. 0: only `in-sync` will do.
   */
  restsWithinMs: number;
  /** Flows that its driver cannot play, by their sentences, and why. */
  cannot: Record<string, string>;
}

export const ENGINES: Record<EngineName, Engine> = {
  chromium: { restsWithinMs: 0, cannot: {} },
  firefox: { restsWithinMs: 12, cannot: {} },
  webkit: { restsWithinMs: 25, cannot: {} },
};
