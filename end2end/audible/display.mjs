// A screen that nobody sees, for browsers that have to believe in one: only there is a tab behind another really hidden.

import { spawn } from 'node:child_process';
import { once } from 'node:events';

const START_LIMIT_MS = 5_000;

/** @typedef {{ env: Record<string, string>, stop: () => Promise<void> }} Display */

/** @returns {Promise<Display>} */
export async function startDisplay() {
  const server = spawn('Xvfb', ['-displayfd', '3', '-screen', '0', '1000x800x24', '-nolisten', 'tcp'], { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] });
  const exitHook = () => server.kill('SIGKILL');
  process.once('exit', exitHook);
  const failed = once(server, 'error').then(([error]) => Promise.reject(new Error('no Xvfb', { cause: error })));
  const [number] = await Promise.race([once(/** @type {import('node:stream').Readable} */ (server.stdio[3]), 'data', { signal: AbortSignal.timeout(START_LIMIT_MS) }), failed]);
  return {
    env: { DISPLAY: `:${String(number).trim()}` },
    async stop() {
      process.removeListener('exit', exitHook);
      if (server.exitCode !== null || server.signalCode !== null) return;
      const gone = once(server, 'exit');
      server.kill('SIGTERM');
      await gone;
    },
  };
}
