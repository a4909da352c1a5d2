// Is the bad network as bad as it says, and no worse? Bytes through the proxy against a server that echoes.

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { after, before, test } from 'node:test';
import { setTimeout as passes } from 'node:timers/promises';
import { startProxy } from './proxy.mjs';

const echo = createServer({ allowHalfOpen: true }, (socket) => socket.on('error', () => socket.destroy()).pipe(socket));
/** @type {number} */
let targetPort;

before(async () => {
  echo.listen(0, '127.0.0.1');
  await once(echo, 'listening');
  targetPort = /** @type {import('node:net').AddressInfo} */ (echo.address()).port;
});
after(() => echo.close());

/** @param {{ url: string }} proxy */
function through({ url }) {
  const socket = connect({ port: Number(new URL(url).port), host: '127.0.0.1', allowHalfOpen: true });
  socket.on('error', () => socket.destroy());
  return socket;
}

/** Sends, ends, and collects what comes back. @param {import('node:net').Socket} socket @param {Buffer} bytes */
async function roundTrip(socket, bytes) {
  socket.end(bytes);
  /** @type {Buffer[]} */
  const chunks = [];
  for await (const chunk of socket) chunks.push(chunk);
  return Buffer.concat(chunks);
}

test('what goes in comes out, in order and whole, jitter or not', async () => {
  const proxy = await startProxy({ targetPort, delayMs: 10, jitterMs: 10 });
  const bytes = randomBytes(5 * 1024 * 1024);
  assert.ok((await roundTrip(through(proxy), bytes)).equals(bytes));
  await proxy.stop();
});

test('each way takes the delay', async () => {
  const proxy = await startProxy({ targetPort, delayMs: 60 });
  const socket = through(proxy);
  await once(socket, 'connect');
  const sentAtMs = performance.now();
  await roundTrip(socket, Buffer.from('ping'));
  assert.ok(performance.now() - sentAtMs >= 119, 'never faster than both ways together');
  await proxy.stop();
});

test('one way can take longer than the other', async () => {
  const proxy = await startProxy({ targetPort, delayMs: 10, extraDownMs: 60 });
  const accepted = once(echo, 'connection');
  const socket = through(proxy);
  const [server] = await accepted;
  const sentAtMs = performance.now();
  socket.write('ping');
  await once(server, 'data');
  const thereMs = performance.now() - sentAtMs;
  await once(socket, 'data');
  const bothMs = performance.now() - sentAtMs;
  assert.ok(thereMs >= 9 && thereMs < 60, `${thereMs} ms there`);
  assert.ok(bothMs >= 79, `${bothMs} ms there and back`);
  assert.equal(proxy.passedBytes, 8);
  socket.destroy();
  await proxy.stop();
});

test('in a black-out nothing arrives, and afterwards all of it does', async () => {
  const proxy = await startProxy({ targetPort });
  const socket = through(proxy);
  await once(socket, 'connect');
  proxy.blackOut();
  const answer = roundTrip(socket, Buffer.from('are you there?'));
  assert.equal(await Promise.race([answer, passes(200, 'nothing')]), 'nothing');
  proxy.comeBack();
  assert.equal(String(await answer), 'are you there?');
  await proxy.stop();
});

test('a cut ends what is open and refuses nothing that comes after', async () => {
  const proxy = await startProxy({ targetPort });
  const socket = through(proxy);
  await once(socket, 'connect');
  socket.write('hello');
  await once(socket, 'data');
  proxy.cut();
  await new Promise((resolve) => socket.once('close', resolve));
  assert.equal(String(await roundTrip(through(proxy), Buffer.from('again'))), 'again');
  await proxy.stop();
});

test('slices are small and all there', async () => {
  const proxy = await startProxy({ targetPort });
  proxy.sliceBytes = 3;
  const accepted = once(echo, 'connection');
  const socket = through(proxy);
  const [server] = await accepted;
  /** @type {number[]} */
  const lengths = [];
  server.on('data', (/** @type {Buffer} */ bytes) => lengths.push(bytes.length));
  // Long, because who is held up gets several slices at once.
  const message = 'in pieces, please; '.repeat(40);
  assert.equal(String(await roundTrip(socket, Buffer.from(message))), message);
  assert.ok(lengths.length > 2, `${lengths} bytes at a time`);
  await proxy.stop();
});

test('a throttled network takes the time that it takes', async () => {
  const proxy = await startProxy({ targetPort });
  proxy.bytesPerSec = 10_000;
  const bytes = randomBytes(2_000);
  const socket = through(proxy);
  await once(socket, 'connect');
  const sentAtMs = performance.now();
  assert.ok((await roundTrip(socket, bytes)).equals(bytes));
  assert.ok(performance.now() - sentAtMs >= 390, 'never faster than both ways together');
  await proxy.stop();
});

test('a connection that was forgotten says nothing to either end, and new ones work', async () => {
  const proxy = await startProxy({ targetPort });
  const accepted = once(echo, 'connection');
  const socket = through(proxy);
  const [server] = await accepted;
  socket.write('before');
  await once(socket, 'data');
  proxy.forget();
  let news = 0;
  for (const end of [socket, server]) for (const event of ['data', 'end', 'close', 'error']) end.on(event, () => news++);
  socket.write('lost');
  assert.equal(String(await roundTrip(through(proxy), Buffer.from('again'))), 'again');
  assert.equal(news, 0);
  // Also when the other end is gone meanwhile.
  server.destroy();
  await passes(100);
  assert.equal(news, 1, 'only the end that it closed itself');
  await proxy.stop();
});
