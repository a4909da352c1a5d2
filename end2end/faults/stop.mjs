// SIGTERM while everything is under way that could hold a server up: sockets that read and sockets that do not, a
// download that never ends, an upload that trickles, a connection that says nothing, a handshake of TLS that stays half,
// PINs that are hashed, a library that is scanned and measured. How long until the process is gone, and what was it told
// as it went? Ends with 1 when a server takes longer than promised, or a member was not told to come back.
//
//   node faults/stop.mjs [--short]

import { once } from 'node:events';
import { request as requestPlainly } from 'node:http';
import { request as requestSecurely } from 'node:https';
import { connect } from 'node:net';
import { Api, libraryHas } from '../harness/api.mjs';
import { join } from '../harness/member.mjs';
import { musicDir, SONGS } from '../harness/music.mjs';
import { pause } from '../harness/pause.mjs';
import { startServer } from '../harness/server.mjs';

/** What is promised (manual/operations.md), and what a machine gets that has other things to do in a run of the tests. */
const PROMISED_MS = 3_000;
const GRANTED_MS = 4_500;
const short = process.argv.includes('--short');
const OPERATOR = 'operator-of-the-stops';
// The servers of this test make their own certificates.
process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';
process.removeAllListeners('warning');

/** @typedef {import('../harness/server.mjs').Server} Server */
/** @typedef {{ server: Server, api: Api, code: string, hostToken: string, trackUrl: string, undo: (() => void)[] }} Scene */

/** What holds a server up, each alone; the last row is all of it. @type {Record<string, (scene: Scene) => Promise<unknown> | void>} */
const HINDRANCES = {
  'nothing but members': () => {},
  'sockets that do not read': stuckReaders,
  'downloads that go on': downloads,
  'uploads that trickle': uploads,
  'connections that say nothing': silentConnections,
  'PINs that are tried': pins,
};
const rows = /** @type {[string, ((scene: Scene) => Promise<unknown> | void)[]][]} */ ([
  ...(short ? [] : Object.entries(HINDRANCES).map(([name, act]) => [name, [act]])),
  ['all of it at once', Object.values(HINDRANCES)],
]);

console.log('| what is under way | ms to the end | the same with TLS | members told to come back |\n|---|---|---|---|');
let failed = 0;
for (const [name, acts] of rows) {
  const plain = await stopped([], acts);
  const secure = await stopped(['--tls-self-signed'], acts);
  console.log(`| ${name} | ${plain.tookMs.toFixed(0)} | ${secure.tookMs.toFixed(0)} | ${plain.told + secure.told} of ${plain.members + secure.members} |`);
  for (const { tookMs, endedWith, told, members } of [plain, secure]) {
    if (tookMs > (short ? GRANTED_MS : PROMISED_MS) || endedWith !== 0 || told < members) failed++;
    if (endedWith !== 0) console.log(`it ended with ${endedWith}`);
  }
}
const scanning = await stoppedWhileScanning();
console.log(`| a first scan, which measures loudness | ${scanning.tookMs.toFixed(0)} | | |`);
if (scanning.tookMs > (short ? GRANTED_MS : PROMISED_MS) || scanning.endedWith !== 0) failed++;
process.exitCode = failed > 0 ? 1 : 0;
// What trickles here has nobody to trickle to any more.
setTimeout(() => process.exit(), 500).unref();

/**
 * @param {string[]} args
 * @param {((scene: Scene) => Promise<unknown> | void)[]} acts
 */
async function stopped(args, acts) {
  const server = await startServer({ musicDirs: [musicDir()], args: ['--admin-token', OPERATOR, ...args] });
  /** @type {(() => void)[]} */
  const undo = [];
  try {
    const api = new Api(server.url).withToken(OPERATOR);
    const { trackUrl, id } = /** @type {any} */ (await libraryHas(api, SONGS.wav.title));
    const { code, hostToken } = await new Api(server.url).createRoom();
    await api.withToken(hostToken).control(code, 'play', { trackId: id });
    let told = 0;
    const members = 20;
    for (let n = 0; n < members; n++) {
      let heard = () => {};
      const inside = new Promise((resolve) => (heard = () => resolve(undefined)));
      const member = await join(server.url, code, { name: `Keen ${n}` }, ({ t }) => t === 'ROOM_STATE' && heard(), { ended: (code) => void (told += Number(code === 1012)) });
      undo.push(() => member.leave());
      await inside;
    }
    for (const act of acts) await act({ server, api, code, hostToken, trackUrl, undo });
    await pause(300);
    const { tookMs, endedWith } = await server.terminate();
    await pause(100);
    return { tookMs, endedWith, told, members };
  } finally {
    for (const step of undo) step();
    await server.stop();
  }
}

async function stoppedWhileScanning() {
  const server = await startServer({ musicDirs: [musicDir()] });
  try {
    await pause(400);
    return await server.terminate();
  } finally {
    await server.stop();
  }
}

/** Members that read nothing, and a room that tells so much that it waits for them. @param {Scene} scene */
async function stuckReaders({ server, api, code, hostToken, undo }) {
  for (let n = 0; n < 5; n++) {
    let heard = () => {};
    const inside = new Promise((resolve) => (heard = () => resolve(undefined)));
    const member = await join(server.url, code, { name: `Lazy ${n}` }, ({ t }) => t === 'ROOM_STATE' && heard());
    undo.push(() => member.leave());
    await inside;
    member.fallAsleep();
  }
  const host = new Api(server.url).withToken(hostToken);
  const { id } = /** @type {any} */ (await api.trackTitled(SONGS.flac.title));
  await host.addToQueue(code, Array.from({ length: 200 }, () => id));
  const member = await join(server.url, code, hostToken, () => {});
  undo.push(() => member.leave());
  for (let n = 0; n < 40; n++) {
    member.send({ t: 'QUEUE_SHUFFLE' });
    await pause(10);
  }
}

/** @param {Scene} scene */
async function downloads({ server, hostToken, trackUrl, undo }) {
  for (let n = 0; n < 5; n++) {
    const download = client(server)(server.url + trackUrl, { headers: { authorization: `Bearer ${hostToken}` } });
    download.on('error', () => {});
    undo.push(() => download.destroy());
    download.end();
    const [answer] = await once(download, 'response');
    // A little, and then no more for long.
    answer.on('error', () => {});
    answer.once('data', () => answer.pause());
  }
}

/** @param {Scene} scene */
function uploads({ server, hostToken, undo }) {
  for (let n = 0; n < 3; n++) {
    const headers = { authorization: `Bearer ${hostToken}`, 'content-type': 'multipart/form-data; boundary=x', 'content-length': 1_000_000 };
    const upload = client(server)(`${server.url}/api/tracks`, { method: 'POST', headers });
    upload.on('error', () => {});
    upload.write(`--x\r\ncontent-disposition: form-data; name="file"; filename="slow ${n}.wav"\r\n\r\nRIFF`);
    const trickle = setInterval(() => upload.write('drop by drop'), 100);
    undo.push(() => (clearInterval(trickle), upload.destroy()));
  }
}

/** @param {Scene} scene */
async function silentConnections({ server, undo }) {
  // Nothing at all; half a request; the beginning of a ClientHello (RFC 8446 §4.1.2).
  const beginnings = ['', 'GET / HTTP/1.1\r\nHost: x\r\n', Buffer.from([0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xfc])];
  for (const beginning of beginnings) {
    const socket = connect(server.port, '127.0.0.1');
    socket.on('error', () => {});
    undo.push(() => socket.destroy());
    await once(socket, 'connect');
    if (beginning.length > 0) socket.write(beginning);
  }
}

/** @param {Scene} scene */
async function pins({ server, undo }) {
  const { code } = await new Api(server.url).createRoom({ pin: '4711' });
  for (let n = 0; n < 8; n++) {
    void join(server.url, code, { pin: `000${n}` }, () => {}).then((member) => undo.push(() => member.leave())).catch(() => {});
  }
}

/** @param {Server} server */
function client({ url }) {
  return url.startsWith('https:') ? requestSecurely : requestPlainly;
}
