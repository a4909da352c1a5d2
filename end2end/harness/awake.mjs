// Keeps the processors awake. A virtual machine that sleeps between two blocks of sound is taken off its host's processor, and
// gets it back when the host likes: on the machine that these tests were written on, four processes that worked for 0.1 ms
// every ms lost a fifth of the time so, and 1 % once it did not sleep any more. Programs for live sound do the same.

import { closeSync, openSync, writeSync } from 'node:fs';

/** Who holds it open says how late a processor may wake: Linux, Documentation/power/pm_qos_interface.rst. */
const LATENCY = '/dev/cpu_dma_latency';
/** µs, as a 32-bit number: none at all, so that who has nothing to do spins. */
const AT_ONCE = new Int32Array([0]);

/**
 * Until it is undone, or this process ends. Where that is not allowed (it wants root), nothing happens: what the host takes
 * is told by stolen.mjs all the same.
 * @returns {() => void} undoes it
 */
export function stayAwake() {
  try {
    const latency = openSync(LATENCY, 'w');
    writeSync(latency, AT_ONCE);
    let held = true;
    return () => {
      if (held) closeSync(latency);
      held = false;
    };
  } catch {
    return () => {};
  }
}

/** As Playwright wants what is done around all tests. */
export default stayAwake;
