// A room that plays the clicks, made through the REST API like any other. Used by page.mjs.

import { clickTrack, TRACK, wavFile } from './clicks.mjs';

/** The server said no, and why. */
export class Refused extends Error {}

/** The click track as a file. */
export function clickFile() {
  return new File([wavFile(clickTrack(TRACK.rateHz, TRACK.seconds), TRACK.rateHz)], TRACK.filename, { type: 'audio/wav' });
}

/** @typedef {{ code: string, hostToken: string, url: string, trackId: string }} ClickRoom */

/**
 * What is refused on the way leaves no room behind.
 * @param {string} name of the room
 * @param {() => void} onUpload it exists, and gets its track
 * @returns {Promise<ClickRoom>}
 */
export async function makeRoom(name, onUpload) {
  const { code, hostToken, url } = await ask('POST', '/api/rooms', { json: { name } });
  try {
    onUpload();
    const form = new FormData();
    form.append('file', clickFile());
    const { tracks } = await ask('POST', '/api/tracks', { token: hostToken, form });
    const room = { code, hostToken, url: new URL(url, location.href).href, trackId: tracks[0].id };
    await ask('POST', `/api/rooms/${code}/playback/repeat`, { token: hostToken, json: { mode: 'one' } });
    await playClicks(room);
    return room;
  } catch (error) {
    // Why it was refused is worth more than why the room is still there.
    await deleteRoom({ code, hostToken }).catch(() => {});
    throw error;
  }
}

/** From the beginning. @param {ClickRoom} room */
export function playClicks({ code, hostToken, trackId }) {
  return ask('POST', `/api/rooms/${code}/playback/play`, { token: hostToken, json: { trackId } });
}

/** @param {Pick<ClickRoom, 'code' | 'hostToken'>} room */
export function deleteRoom({ code, hostToken }) {
  return ask('DELETE', `/api/rooms/${code}`, { token: hostToken });
}

/**
 * @param {string} method
 * @param {string} path
 * @param {{ token?: string, json?: object, form?: FormData }} what
 */
async function ask(method, path, { token, json, form }) {
  const headers = { ...(token && { Authorization: `Bearer ${token}` }), ...(json && { 'Content-Type': 'application/json' }) };
  const answer = await fetch(path, { method, headers, body: json ? JSON.stringify(json) : form });
  if (answer.ok) return answer.status === 204 ? undefined : answer.json();
  const problem = await answer.json().catch(() => ({}));
  throw new Refused(problem.detail ?? problem.title ?? String(answer.status));
}
