// The description of the API, tried by a program that makes requests of it (schemathesis): as nobody, as a room's host
// and as the operator. It looks for answers that the description does not know, for bodies of another form, for
// requests that are taken though they are wrong or refused though they are right, and for a server that fails. Prints
// what it did, and ends with 1 when it found something.
//
//   node api/schemathesis.mjs [--short]

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Api } from '../harness/api.mjs';
import { musicDir } from '../harness/music.mjs';
import { startServer } from '../harness/server.mjs';

const PROGRAM = process.env.SCHEMATHESIS ?? 'schemathesis';
const OPERATOR = 'operator-of-the-trial';
const SEED = 20260101;
const short = process.argv.includes('--short');

/** What needs a room that is not there afterwards, or a token of its own, is tried by the tests of the server. */
const LEFT_OUT = ['--exclude-operation-id', 'deleteRoomsByCode'];

const server = await startServer({ musicDirs: [musicDir()], args: ['--admin-token', OPERATOR] });
const folder = mkdtempSync(join(tmpdir(), 'tutti-api-'));
let found = 0;
try {
  for (const who of ['nobody', 'host', 'operator']) {
    const { room, track } = await aRoom();
    const token = { nobody: undefined, host: room.hostToken, operator: OPERATOR }[who];
    found += run(who, token, { code: room.code, track });
  }
  const alive = await fetch(`${server.url}/healthz`);
  if (!alive.ok) throw new Error(`the server is ill afterwards: ${alive.status}`);
} finally {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
}
process.exitCode = found > 0 ? 1 : 0;

/** A room with a queue and something that plays, so that there is something to be asked for. */
async function aRoom() {
  const api = new Api(server.url);
  const room = await api.createRoom();
  const headers = { authorization: `Bearer ${room.hostToken}`, 'content-type': 'application/json' };
  const { tracks } = await (await fetch(`${server.url}/api/tracks`, { headers })).json();
  const post = (/** @type {string} */ path, /** @type {object} */ body) =>
    fetch(`${server.url}/api/rooms/${room.code}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
  await post('/playback/play', { trackId: tracks[0].id });
  await post('/queue', { trackIds: tracks.map((/** @type {{ id: string }} */ track) => track.id) });
  return { room, track: tracks[0].id };
}

/**
 * @param {string} who
 * @param {string | undefined} token
 * @param {{ code: string, track: string }} names of things that are there
 */
function run(who, token, { code, track }) {
  const config = join(folder, `${who}.toml`);
  writeFileSync(config, settings(code, track));
  const args = ['--config-file', config, 'run', `${server.url}/api/openapi.json`, '--url', server.url];
  if (token) args.push('--header', `Authorization: Bearer ${token}`);
  args.push('--seed', String(SEED), '--continue-on-failure', '--suppress-health-check', 'all', '--no-color', ...LEFT_OUT);
  args.push('--max-examples', short ? '12' : '60', '--workers', '1', '--warnings', 'off');
  console.log(`--- as ${who}`);
  const startedAt = performance.now();
  const { status, error } = spawnSync(PROGRAM, args, { stdio: 'inherit', cwd: folder });
  if (error) throw error;
  console.log(`--- as ${who}: ${status === 0 ? 'nothing found' : 'FOUND SOMETHING'} in ${((performance.now() - startedAt) / 1000).toFixed(0)} s`);
  return status === 0 ? 0 : 1;
}

/**
 * @param {string} code
 * @param {string} track
 */
function settings(code, track) {
  return `
[parameters]
"path.code" = "${code}"
"path.id" = "${track}"
"path.trackId" = "${track}"

[checks.positive_data_acceptance]
expected-statuses = [200, 201, 202, 204, 206, 304, 401, 403, 404, 409, 429, 501]

# A cursor is what a page has given, and a file is audio or not; no form tells which text and which bytes that are.
${['getRooms', 'getRoomsHistory', 'getTracks', 'getFolders', 'getArtists', 'getAlbums', 'postTracks']
  .map((id) => `[[operations]]\ninclude-operation-id = "${id}"\nchecks.positive_data_acceptance.enabled = false\n`)
  .join('\n')}
# A queue that was emptied, and a scan that was ended, are still there to be looked at.
${['getRoomsQueue', 'deleteRoomsQueue', 'getLibraryScan', 'deleteLibraryScan']
  .map((id) => `[[operations]]\ninclude-operation-id = "${id}"\nchecks.use_after_free.enabled = false\n`)
  .join('\n')}
# Links are off unless the operator allows them, which is a 501 by design.
[[operations]]
include-operation-id = "postTracksLinks"
checks.not_a_server_error.enabled = false
`;
}
