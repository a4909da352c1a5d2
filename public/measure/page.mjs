// The page /measure: a room with clicks, a microphone, turns, and what follows from them. What it says is in the page
// (server/measure/words.rs); what it computes, in hearing.mjs and measuring.mjs.

import { hear, turnsOf } from './hearing.mjs';
import { advice, measure } from './measuring.mjs';
import { Microphone } from './microphone.mjs';
import { clickFile, deleteRoom, makeRoom, playClicks, Refused } from './room.mjs';

/** From the click on a button to the first sample that counts: a click of a mouse is heard as well. s */
const SETTLE_SEC = 0.7;
/** Below this nothing but noise comes from the microphone; above that it is too near. From 0 to 1. */
const LEVEL = { low: 0.01, high: 0.98 };

/** @param {string} name @returns {any} */
const part = (name) => document.querySelector(`[data-part="${name}"]`);
const says = JSON.parse(part('words').textContent);
const language = document.documentElement.lang;

/** @param {string} text @param {unknown[]} gaps */
const fill = (text, ...gaps) => text.replace(/\{(\d)\}/g, (_, gap) => String(gaps[Number(gap)]));
/** @param {number} value @param {number} [digits] */
const number = (value, digits = 1) => value.toLocaleString(language, { minimumFractionDigits: digits, maximumFractionDigits: digits });

/** @type {import('./room.mjs').ClickRoom | null} */
let room = null;
/** @type {Microphone | null} */
let microphone = null;
/** @type {import('./measuring.mjs').Turn[]} */
let turns = [];

// The room.

part('make').addEventListener('click', async () => {
  part('make').disabled = true;
  tell('room-says', says.making);
  // The clicks take a moment in which nothing can be drawn.
  await new Promise((drawn) => setTimeout(drawn, 50));
  try {
    room = await makeRoom(says.roomName, () => tell('room-says', says.sending));
    const host = new URL(room.url).hostname;
    part('room-link').href = room.url;
    part('room-link').textContent = room.url.replace(/^https?:\/\//, '');
    part('room-qr').src = `/r/${room.code}/qr.svg`;
    const isHereOnly = /^(localhost|.*\.localhost|127\..*|\[::1\])$/.test(host);
    // A code that leads to this computer alone helps nobody.
    part('room-alone').hidden = !isHereOnly;
    part('room-qr').hidden = isHereOnly;
    part('room').hidden = false;
    part('make').hidden = true;
    tell('room-says', says.made);
  } catch (why) {
    part('make').disabled = false;
    tell('room-says', fill(says.noRoom, why instanceof Refused ? why.message : says.noAnswer), true);
  }
});

part('again').addEventListener('click', () => room && inRoom(playClicks(room), says.made));
part('delete').addEventListener('click', async () => {
  if (room && (await inRoom(deleteRoom(room), says.deleted))) {
    room = null;
    part('room').hidden = true;
    part('make').hidden = false;
    part('make').disabled = false;
  }
});

part('download').addEventListener('click', () => {
  const file = clickFile();
  const link = Object.assign(document.createElement('a'), { href: URL.createObjectURL(file), download: file.name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
});

/** @param {Promise<unknown>} asked @param {string} done */
async function inRoom(asked, done) {
  try {
    await asked;
    tell('room-says', done);
    return true;
  } catch (why) {
    tell('room-says', why instanceof Refused ? why.message : says.noAnswer, true);
    return false;
  }
}

// The microphone.

if (!navigator.mediaDevices?.getUserMedia) {
  part('open').disabled = true;
  tell('microphone-says', says.insecure, true);
}

part('open').addEventListener('click', async () => {
  part('open').disabled = true;
  try {
    microphone = await Microphone.open();
  } catch (why) {
    part('open').disabled = false;
    tell('microphone-says', why instanceof DOMException && why.name === 'NotFoundError' ? says.noMicrophone : says.notAllowed, true);
    return;
  }
  part('open').hidden = true;
  part('meter').hidden = false;
  part('turn-buttons').hidden = false;
  tell('microphone-says', microphone.isMeddledWith ? says.meddled : says.open, microphone.isMeddledWith);
  microphone.onPiece = meter();
  suggest();
});

/** Gives what shows the level of the microphone, and says when it is too little or too much. */
function meter() {
  /** What was loud in each of the last seconds. */
  const recent = [0, 0];
  let second = 0;
  let shown = '';
  return () => {
    if (!microphone) return;
    if (microphone.nowSec - second >= 1) {
      second = microphone.nowSec;
      recent.pop();
      recent.unshift(0);
    }
    recent[0] = Math.max(recent[0], microphone.peak);
    const most = Math.max(...recent);
    // A meter of decibels: from −60 to 0.
    part('level').value = Math.max(0, 60 + 20 * Math.log10(Math.max(most, 1e-6)));
    part('measure').dataset.heardSec = microphone.nowSec.toFixed(2);
    const verdict = most < LEVEL.low ? says.levelLow : most > LEVEL.high ? says.levelHigh : says.levelGood;
    if (verdict !== shown) part('level-says').textContent = shown = verdict;
  };
}

// Turns.

for (const device of /** @type {const} */ ([0, 1])) {
  part(`turn-${device + 1}`).addEventListener('click', () => listen(device));
}

/** @param {0 | 1} device */
async function listen(device) {
  if (!microphone) return;
  const own = microphone;
  const forSec = Number(part('measure').dataset.turnSec);
  const fromSec = own.nowSec + SETTLE_SEC;
  busy(true);
  const progress = part('turn-progress');
  progress.hidden = false;
  progress.max = forSec;
  await new Promise((/** @type {(done?: undefined) => void} */ done) => {
    const shownUntil = own.onPiece;
    let left = -1;
    own.onPiece = () => {
      shownUntil();
      const goneSec = own.nowSec - fromSec;
      progress.value = Math.max(0, Math.min(forSec, goneSec));
      const now = Math.ceil(forSec - Math.max(0, goneSec));
      if (now !== left) tell('turn-says', fill(says.listening, device + 1, (left = now)));
      if (goneSec < forSec) return;
      own.onPiece = shownUntil;
      done();
    };
  });
  const { samples, beginSec } = own.stretch(fromSec, forSec);
  progress.hidden = true;
  busy(false);
  take([{ device, heard: hear(samples, own.rateHz, beginSec) }]);
}

/** @param {boolean} is */
function busy(is) {
  for (const name of ['turn-1', 'turn-2', 'forget', 'recording']) part(name).disabled = is;
}

part('recording').addEventListener('change', async () => {
  const [file] = part('recording').files;
  if (!file) return;
  tell('microphone-says', says.reading);
  try {
    const context = new OfflineAudioContext(1, 1, 48_000);
    const sound = await context.decodeAudioData(await file.arrayBuffer());
    const samples = sound.getChannelData(0);
    turns = [];
    take(turnsOf(samples, sound.sampleRate));
    tell('microphone-says', turns.length ? fill(says.recordingTurns, turns.length) : says.recordingEmpty, turns.length === 0);
  } catch {
    tell('microphone-says', says.recordingBad, true);
  }
  part('recording').value = '';
});

part('forget').addEventListener('click', () => {
  turns = [];
  take([]);
});

/** @param {import('./measuring.mjs').Turn[]} more */
function take(more) {
  turns.push(...more);
  part('turns').replaceChildren(...turns.map(row));
  part('forget').hidden = turns.length === 0;
  suggest();
  show();
}

/** @param {import('./measuring.mjs').Turn} turn */
function row({ device, heard }) {
  const item = document.createElement('li');
  const who = document.createElement('strong');
  who.textContent = fill(says.device, device + 1);
  const what = heard.how === 'good' ? fill(says.clicks, heard.clicks.length, heard.due) : says[heard.how];
  item.append(who, ` ${what}`);
  item.dataset.how = heard.how;
  return item;
}

/** Makes the button of whoever's turn it is the first one. */
function suggest() {
  const last = turns.at(-1);
  const next = !last ? 0 : last.heard.how === 'good' ? 1 - last.device : last.device;
  for (const device of [0, 1]) part(`turn-${device + 1}`).classList.toggle('button-accent', device === next);
  if (microphone) tell('turn-says', fill(last ? says.nextTurn : says.firstTurn, next + 1, 2 - next));
}

// What follows.

function show() {
  const measured = measure(turns);
  const isFound = 'finding' in measured;
  // Who has only begun is told whose turn is next, and nothing else.
  part('result').hidden = turns.length === 0 || (microphone !== null && turns.length < 4 && !isFound && measured.refused === 'turns');
  part('finding').hidden = !isFound;
  part('refused').hidden = isFound;
  part('report').value = report(measured);
  if (!isFound) {
    part('refused').textContent = fill(says.refusals[measured.refused], measured.device + 1);
    return;
  }
  const { offsetMs, errorMs, driftPpm, devices, warnings } = measured.finding;
  const { way, ms } = advice(offsetMs);
  const main = part('measure');
  main.dataset.offsetMs = offsetMs.toFixed(3);
  const apart = number(Math.abs(offsetMs));
  part('offset').textContent = fill(way === 'nothing' ? says.together : way === 'earlier' ? says.isLater : says.isEarlier, apart);
  part('error').textContent = fill(says.error, number(errorMs));
  part('advice').hidden = warnings.includes('too-far');
  part('advice').textContent = fill(way === 'nothing' ? says.leaveIt : way === 'earlier' ? says.makeEarlier : says.makeLater, ms);
  devices.forEach((device, i) => {
    const cells = [device.used, device.thrownAway, `${number(device.madMs, 2)} ms`, `${number(device.p95Ms, 2)} ms`];
    cells.forEach((cell, row) => (part('scatter').tBodies[0].rows[row].cells[i + 1].textContent = String(cell)));
  });
  part('drift').textContent = fill(driftPpm >= 0 ? says.clockFast : says.clockSlow, number(Math.abs(driftPpm), 0));
  part('warnings').replaceChildren(
    ...warnings.map((/** @type {string} */ warning) => Object.assign(document.createElement('li'), { textContent: says.warnings[warning] })),
  );
}

/** What somebody else needs in order to believe it. @param {ReturnType<typeof measure>} measured */
function report(measured) {
  const heard = turns.map(({ device, heard: { how, clicks, due, thrownAway, peak } }) => ({ device: device + 1, how, clicks: clicks.length, due, thrownAway, peak: Number(peak.toFixed(3)) }));
  return JSON.stringify({ at: new Date().toISOString(), microphone: navigator.userAgent, measured, heard }, null, 1);
}

/** @param {string} name @param {string} text @param {boolean} [isBad] */
function tell(name, text, isBad = false) {
  part(name).textContent = text;
  part(name).classList.toggle('is-bad', isBad);
}
