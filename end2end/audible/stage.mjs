// What a session of the bench stands on: a server, one or two sound cards and their recorders, a browser for each ear
// behind its own network, and a room that the host opened from the home page and the others joined by its address.

import { Api, libraryHas } from '../harness/api.mjs';
import { startProxy } from '../harness/proxy.mjs';
import { startServer } from '../harness/server.mjs';
import { openEar, openRoom, untilPage } from './browser.mjs';
import { startDisplay } from './display.mjs';
import { FAST_PPM, installForeignClock } from './foreign-clock.mjs';
import { startPulse } from './pulse.mjs';
import { startRecording } from './record.mjs';

/** @typedef {{ delayMs?: number, jitterMs?: number, extraDownMs?: number }} Network */

/**
 * @typedef {object} Setting how a session differs from two browsers at home
 * @property {number} [listeners] 2 unless told
 * @property {import('./browser.mjs').EngineName[]} [engines] one for each listener; Chromium unless told
 * @property {Network} [network] everybody's own path to the server; none: straight to it
 * @property {Network} [guestNetwork] the last listener's, where it is another
 * @property {boolean} [foreignClock] the last listener's page has the clocks of another machine
 * @property {boolean} [fastCard] the last listener has a sound card of its own, whose clock runs fast
 * @property {boolean} [window] the last listener's browser has a real window
 */

/** @typedef {{ main: import('../harness/api.mjs').Track, other?: import('../harness/api.mjs').Track, brief?: import('../harness/api.mjs').Track }} Tracks */

/**
 * @typedef {object} Stage everything a scenario may use
 * @property {import('./browser.mjs').Ear[]} ears the host is the first; the last is the one that things happen to
 * @property {string[]} roomUrls the room's page as each ear reaches it, through its own network
 * @property {((import('../harness/proxy.mjs').Proxy) | null)[]} proxies each ear's network
 * @property {import('../harness/server.mjs').Server} server
 * @property {import('../harness/api.mjs').Api} api with the host's rights, straight to the server: it is not what is measured
 * @property {string} code
 * @property {import('./record.mjs').Recording} recording of the host's card; all instants are in it
 * @property {import('./record.mjs').Recording[]} recordings of each ear's card
 * @property {Tracks} tracks
 * @property {(() => unknown)[]} undo last first
 */

/** For what only Chromium is asked to do. @param {import('./browser.mjs').Ear} ear */
export function playwrightOf({ engine, playwright }) {
  if (!playwright) throw new Error(`${engine} cannot be asked for this`);
  return playwright;
}

/** Undoes all, last first, whatever fails on the way. @param {(() => unknown)[]} undo */
export async function tearDown(undo) {
  for (const step of undo.splice(0)) {
    try {
      await step();
    } catch (error) {
      console.error(error);
    }
  }
}

/**
 * @param {Setting} setting
 * @param {{ dir: string, titles: { main: string, other?: string, brief?: string } }} programme
 * @param {(() => unknown)[]} undo filled while things start, so that what started can be ended when the rest does not
 * @returns {Promise<Stage>}
 */
export async function openStage({ engines, listeners = engines?.length ?? 2, network, guestNetwork, foreignClock, fastCard, window }, { dir, titles }, undo) {
  const server = await startServer({ musicDirs: [dir] });
  undo.unshift(() => server.stop());
  const card = async (/** @type {number} */ speed) => {
    const pulse = await startPulse({ speed });
    undo.unshift(() => pulse.stop());
    const recording = await startRecording(pulse);
    undo.unshift(() => recording.discard(), () => recording.finish());
    return { pulse, recording };
  };
  const hostCard = await card(1);
  const guestCard = fastCard ? await card(1 + FAST_PPM / 1e6) : hostCard;
  const display = window ? await startDisplay() : undefined;
  if (display) undo.unshift(() => display.stop());

  const seats = Array.from({ length: listeners }, (_, ear) => ({
    ear,
    engine: engines?.[ear] ?? 'chromium',
    isGuest: ear === listeners - 1,
    card: ear === listeners - 1 ? guestCard : hostCard,
    network: (ear === listeners - 1 && guestNetwork) || network,
  }));
  const proxies = await Promise.all(seats.map((seat) => seat.network ? startProxy({ targetPort: server.port, ...seat.network }) : null));
  undo.unshift(...proxies.map((proxy) => () => proxy?.stop()));
  const addresses = proxies.map((proxy) => proxy?.url ?? server.url);
  const ears = await Promise.all(
    seats.map(async ({ ear, engine, isGuest, card }) => {
      const opened = await openEar(engine, { pulse: card.pulse, channel: ear, display: isGuest ? display : undefined });
      undo.unshift(opened.close);
      return opened;
    }),
  );
  if (foreignClock) await installForeignClock(playwrightOf(ears[listeners - 1]).context);

  const [{ page: hostPage }] = ears;
  const code = await openRoom(hostPage, addresses[0]);
  const roomUrls = addresses.map((address) => `${address}/r/${code}`);
  await Promise.all(ears.slice(1).map(({ page }, i) => page.goto(roomUrls[i + 1])));
  await untilPage(hostPage, (count) => document.querySelectorAll('[data-testid=member]').length === count, listeners, 20_000);
  const api = await new Api(server.url).withCookiesOf(hostPage);
  const track = async (/** @type {string | undefined} */ title) => title === undefined ? undefined : libraryHas(api, title);
  return {
    ears,
    roomUrls,
    proxies,
    server,
    api,
    code,
    recording: hostCard.recording,
    recordings: seats.map((seat) => seat.card.recording),
    tracks: { main: await libraryHas(api, titles.main), other: await track(titles.other), brief: await track(titles.brief) },
    undo,
  };
}
