// A sound card for browsers that play nothing without one, as Firefox and WebKitGTK do: the bench's, with a recorder that
// keeps its latency small and whose recording nobody reads.

import { startPulse } from '../audible/pulse.mjs';
import { startRecording } from '../audible/record.mjs';

export interface SoundCard {
  /** What the environment of the browser of a person says, the first of them 0. */
  envOf(person: number): Record<string, string>;
  stop(): Promise<void>;
}

export async function startSoundCard(): Promise<SoundCard> {
  const pulse = await startPulse();
  const recording = await startRecording(pulse);
  return {
    envOf: (person) => pulse.envOfEar(person),
    async stop() {
      await recording.finish();
      recording.discard();
      await pulse.stop();
    },
  };
}
