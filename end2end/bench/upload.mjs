// How fast a large file is taken in, and whether it costs memory: 300 MB of WAV, streamed in one request to the real
// server; prints seconds, MB/s and the server's peak memory before and after. Linux only: it reads /proc.
//
//   node bench/upload.mjs [megabytes]

import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Api } from '../harness/api.mjs';
import { startServer } from '../harness/server.mjs';
import { header } from '../harness/wav.mjs';

const MB = 1e6;
const RATE_HZ = 44_100;
const CHANNELS = 2;
const CHUNK_BYTES = 256 * 1024;

const megabytes = Number(process.argv[2] ?? 300);
const frames = Math.floor((megabytes * MB) / (2 * CHANNELS));
const bytes = frames * 2 * CHANNELS;

const music = mkdtempSync(join(tmpdir(), 'tutti-bench-'));
mkdirSync(music, { recursive: true });
const server = await startServer({ musicDirs: [music] });
try {
  const { hostToken } = await new Api(server.url).createRoom();
  const before = peakMb(server.pid);
  const startedAt = performance.now();
  const answer = await send(hostToken);
  const seconds = (performance.now() - startedAt) / 1_000;
  const after = peakMb(server.pid);
  if (answer.status !== 201) throw new Error(`${answer.status}: ${answer.body}`);
  console.log(`${megabytes} MB in ${seconds.toFixed(2)} s: ${(megabytes / seconds).toFixed(0)} MB/s`);
  console.log(`peak memory of the server: ${before.toFixed(1)} MB before, ${after.toFixed(1)} MB after`);
} finally {
  await server.stop();
  rmSync(music, { recursive: true, force: true });
}

/** @param {string} token */
async function send(token) {
  const head = Buffer.from('--x\r\nContent-Disposition: form-data; name="file"; filename="Bench.wav"\r\n\r\n');
  const tail = Buffer.from('\r\n--x--\r\n');
  const wav = Buffer.alloc(44);
  header(wav, frames, RATE_HZ, CHANNELS);
  const asked = request(`${server.url}/api/tracks`, {
    method: 'POST',
    headers: {
      Authorization: `Bearer ${token}`,
      'Content-Type': 'multipart/form-data; boundary=x',
      'Content-Length': head.length + wav.length + bytes + tail.length,
    },
  });
  const answered = once(asked, 'response');
  asked.write(head);
  asked.write(wav);
  // Noise, because a disk may store zeros for nothing.
  const noise = Buffer.alloc(CHUNK_BYTES);
  for (let i = 0; i < noise.length; i++) noise[i] = (i * 2_654_435_761) >>> 24;
  for (let left = bytes; left > 0; left -= CHUNK_BYTES) {
    const chunk = left < CHUNK_BYTES ? noise.subarray(0, left) : noise;
    if (!asked.write(chunk)) await once(asked, 'drain');
  }
  asked.end(tail);
  const [response] = await answered;
  let body = '';
  for await (const part of response) body += part;
  return { status: response.statusCode, body };
}

/** @param {number} pid */
function peakMb(pid) {
  const peak = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  if (!peak) throw new Error('the system does not tell the peak memory');
  return (Number(peak[1]) * 1024) / MB;
}
