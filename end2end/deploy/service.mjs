// The unit of src/manual/deploy/: systemd's own opinion of it, and what the real server tells a service manager. Needs
// systemd-analyze, and python3 for a datagram socket in the file system, which Node does not have. There is no systemd to
// run it under where tests run.
//
//   node deploy/service.mjs

import assert from 'node:assert/strict';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { once } from 'node:events';
import { musicDir } from '../harness/music.mjs';
import { PROJECT, TUTTI_BIN } from '../harness/places.mjs';

/** Exposure by `systemd-analyze security`, of 10; what it has to be at most. */
const EXPOSURE_MOST = 2;
/** After which time of silence the service would be thought dead. */
const WATCHDOG_US = 1_000_000;
/** Prints each message of the service as a line. */
const LISTENER = `
import os, socket, sys
heard = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
heard.bind(sys.argv[1])
print("listening", flush=True)
while True:
    print(heard.recv(4096).decode().strip().replace("\\n", " "), flush=True)
`;

const scratch = mkdtempSync(join(tmpdir(), 'tutti-service-'));
try {
  await unitIsSound();
  await managerIsTold();
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

async function unitIsSound() {
  // The program of the unit is installed nowhere here; all else is the very file.
  const unit = join(scratch, 'tutti.service');
  const shipped = readFileSync(join(PROJECT, 'src/manual/deploy/tutti.service'), 'utf8');
  writeFileSync(unit, shipped.replace('/opt/tutti/bin/tutti', TUTTI_BIN));
  const verified = spawnSync('systemd-analyze', ['verify', unit], { encoding: 'utf8' });
  assert.equal(verified.status, 0, verified.stderr);
  console.log(`unit: verified${verified.stderr.trim() ? `: ${verified.stderr.trim()}` : ''}`);
  const opinion = execFileSync('systemd-analyze', ['security', '--offline=true', unit], { encoding: 'utf8' });
  const exposure = Number(/Overall exposure level for tutti.service: ([\d.]+)/.exec(opinion)?.[1]);
  assert.ok(exposure <= EXPOSURE_MOST, opinion);
  console.log(`unit: exposure ${exposure} of 10`);
}

async function managerIsTold() {
  const socket = join(scratch, 'notify');
  const manager = spawn('python3', ['-c', LISTENER, socket], { stdio: ['ignore', 'pipe', 'inherit'] });
  const lines = createInterface({ input: manager.stdout })[Symbol.asyncIterator]();
  const next = async () => String((await lines.next()).value);
  assert.equal(await next(), 'listening');
  const args = ['--listen', '127.0.0.1:0', '--data-dir', join(scratch, 'data'), '--music-dir', musicDir()];
  const env = { ...process.env, NOTIFY_SOCKET: socket, WATCHDOG_USEC: String(WATCHDOG_US), RUST_LOG: 'warn' };
  const server = spawn(TUTTI_BIN, args, { stdio: 'ignore', env });
  try {
    assert.match(await next(), /^READY=1 STATUS=serves http/);
    console.log('service: says that it is ready');
    const since = performance.now();
    for (let beat = 0; beat < 4; beat++) assert.equal(await next(), 'WATCHDOG=1');
    const apart = (performance.now() - since) / 4;
    assert.ok(apart < WATCHDOG_US / 1_000, `${apart} ms`);
    console.log(`service: says that it lives, every ${apart.toFixed(0)} ms of ${WATCHDOG_US / 1_000}`);
    const gone = once(server, 'exit');
    server.kill('SIGTERM');
    let said;
    do said = await next();
    while (said === 'WATCHDOG=1');
    assert.match(said, /^STOPPING=1/);
    const [status] = await gone;
    assert.equal(status, 0);
    console.log('service: says that it stops, and ends with 0');
  } finally {
    if (server.exitCode === null) server.kill('SIGKILL');
    manager.kill('SIGKILL');
  }
}
