// How fast audio is served, beside nginx with the same file, and what that does to the sockets: listeners who seek at
// random in files of 30 MB, while members ping the room's socket. Needs nginx and wrk.
//
//   node bench/serving.mjs [--seconds 10] [--listeners 200]

import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join as joinPath } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { testSignal, writeWav } from '../audible/signal.mjs';
import { markdown } from '../audible/report.mjs';
import { Api, libraryHas } from '../harness/api.mjs';
import { join } from '../harness/member.mjs';
import { startServer } from '../harness/server.mjs';

const { values } = parseArgs({ options: { seconds: { type: 'string', default: '10' }, listeners: { type: 'string', default: '200' } } });
const [seconds, listeners] = [Number(values.seconds), Number(values.listeners)];

/** 30 MB of WAV: 48 kHz, stereo, 16 bits. */
const SONG_SEC = 157;
/** What a browser asks for after a seek before it plays, about. */
const CHUNK_BYTES = 256 * 1024;
/** The server lets a member ping twice a second. */
const MEMBERS = 10;
const PING_EVERY_MS = 500;

const run = promisify(execFile);
const scratch = mkdtempSync(joinPath(tmpdir(), 'tutti-serving-'));
/** @type {(() => unknown)[]} */
const undo = [() => rmSync(scratch, { recursive: true, force: true })];
try {
  await measure();
} finally {
  for (const step of undo) await step();
}

async function measure() {
  const music = joinPath(scratch, 'music');
  mkdirSync(music);
  const song = joinPath(music, 'song.wav');
  writeWav(song, testSignal(SONG_SEC, 5));
  const server = await startServer({ musicDirs: [music] });
  undo.unshift(() => server.stop());
  const { code, hostToken } = await new Api(server.url).createRoom({ name: 'bench' });
  const track = await libraryHas(new Api(server.url).withToken(hostToken), 'song');
  const nginxPort = await startNginx(music);
  // Its loudness is being measured; that would be a second load.
  await new Promise((resolve) => setTimeout(resolve, 8_000));

  const members = await Promise.all(Array.from({ length: MEMBERS }, () => pinger(server.url, code, hostToken)));
  undo.unshift(() => members.forEach((member) => member.leave()));
  const quiet = await rtts(members, seconds);
  const ours = `${server.url}/media/${track.id}/original`;
  const theirs = `http://127.0.0.1:${nginxPort}/song.wav`;
  const size = statSync(song).size;
  /** @type {string[][]} */
  const rows = [];
  /** @type {number[]} */
  let busy = [];
  // In turns, so that a slow moment of the machine does not fall on one of them alone.
  for (let turn = 0; turn < 2; turn++) {
    for (const [name, url, token] of [['tutti', ours, hostToken], ['nginx', theirs, '']]) {
      for (const [what, script] of [['seeks at random', seeking(size, token)], ['the whole file', whole(token)]]) {
        const load = wrk(url, script);
        const pings = rtts(members, seconds);
        const { megabytes, requests, p99 } = await load;
        const heard = await pings;
        if (name === 'tutti' && what === 'seeks at random') busy = busy.concat(heard);
        rows.push([`${name}, ${what}`, String(turn + 1), megabytes, requests, p99, quantile(heard, 0.99)]);
      }
    }
  }
  console.log(markdown(['served by', 'turn', 'MB/s', 'requests/s', 'p99 of an answer', 'p99 of a ping to tutti, ms'], rows, 1, 5));
  console.log(`\nPing of a member: p50 ${quantile(quiet, 0.5)}, p99 ${quantile(quiet, 0.99)} ms in quiet; ${quantile(busy, 0.5)}, ${quantile(busy, 0.99)} ms (most ${quantile(busy, 1)}) while ${listeners} listeners seek.`);
}

/**
 * @param {string} base
 * @param {string} code
 * @param {string} hostToken
 */
async function pinger(base, code, hostToken) {
  /** @type {number[]} */
  const heardMs = [];
  const member = await join(base, code, hostToken, (message) => {
    if (message.t === 'TIME_PONG') heardMs.push(performance.now() - message.clientNowMs);
  });
  let pingId = 0;
  const timer = setInterval(() => member.send({ t: 'TIME_PING', clientNowMs: performance.now(), pingId: pingId++ }), PING_EVERY_MS);
  return {
    take: () => heardMs.splice(0),
    leave: () => {
      clearInterval(timer);
      member.leave();
    },
  };
}

/**
 * What the members' pings took meanwhile, in ms.
 * @param {Awaited<ReturnType<typeof pinger>>[]} members
 * @param {number} seconds
 */
async function rtts(members, seconds) {
  members.forEach((member) => member.take());
  await new Promise((resolve) => setTimeout(resolve, seconds * 1_000));
  return members.flatMap((member) => member.take());
}

/** @param {string} root the folder that it serves */
async function startNginx(root) {
  const port = 20_000 + Math.floor(Math.random() * 20_000);
  const config = joinPath(scratch, 'nginx.conf');
  const lines = [
    // As who is root: others may not read the scratch folder. For who is not, nginx passes over it.
    'user root; daemon off; worker_processes 2; error_log stderr crit;', `pid ${scratch}/nginx.pid;`, 'events { worker_connections 1024; }',
    'http { sendfile on; tcp_nopush on; tcp_nodelay on; access_log off; default_type audio/wav; keepalive_requests 1000000;',
    ...['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${scratch}/${name};`),
    `server { listen 127.0.0.1:${port}; root ${root}; } }`,
  ];
  writeFileSync(config, lines.join('\n'));
  const nginx = spawn('nginx', ['-c', config, '-p', scratch], { stdio: ['ignore', 'ignore', 'inherit'] });
  undo.unshift(async () => {
    const gone = once(nginx, 'exit');
    nginx.kill('SIGTERM');
    await gone;
  });
  for (const giveUpAt = performance.now() + 5_000; performance.now() < giveUpAt; ) {
    const up = await fetch(`http://127.0.0.1:${port}/`).then(() => true, () => false);
    if (up) return port;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('nginx does not answer');
}

/** @param {string} url @param {string} script */
async function wrk(url, script) {
  const path = joinPath(scratch, 'load.lua');
  writeFileSync(path, script);
  const { stdout } = await run('wrk', ['-t', '1', '-c', String(listeners), '-d', `${seconds}s`, '--latency', '--timeout', '30s', '-s', path, url]);
  const field = (/** @type {RegExp} */ pattern) => pattern.exec(stdout)?.[1] ?? '–';
  const errors = /Non-2xx[^\n]*|Socket errors[^\n]*/.exec(stdout)?.[0];
  if (errors) throw new Error(`${url}: ${errors}`);
  const transfer = field(/Transfer\/sec:\s+(\S+)/);
  const unit = { GB: 1024, MB: 1, KB: 1 / 1024 }[transfer.slice(-2)] ?? NaN;
  return { megabytes: (parseFloat(transfer) * unit).toFixed(0), requests: field(/Requests\/sec:\s+(\S+)/), p99: field(/99%\s+(\S+)/) };
}

/** @param {number} size @param {string} token */
function seeking(size, token) {
  return `math.randomseed(7)
request = function()
  local from = math.random(0, ${size - CHUNK_BYTES})
  return wrk.format("GET", nil, { ["Range"] = string.format("bytes=%d-%d", from, from + ${CHUNK_BYTES - 1}), ["Authorization"] = "Bearer ${token}" })
end`;
}

/** @param {string} token */
function whole(token) {
  return `request = function() return wrk.format("GET", nil, { ["Authorization"] = "Bearer ${token}" }) end`;
}

/** @param {number[]} values @param {number} share */
function quantile(values, share) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted.length === 0 ? '–' : sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))].toFixed(2);
}
