// What is played: a test signal that a lag can be read from, with a second and a short one for what follows it, or music.

import { existsSync, renameSync } from 'node:fs';
import { extname, join } from 'node:path';
import { musicDir, SONGS } from '../harness/music.mjs';
import { cacheDir } from '../harness/places.mjs';
import { EDITION as FORMATS_EDITION, encode } from './formats/files.mjs';
import { testSignal, writeWav } from './signal.mjs';

/** Raise it when the signal changes. */
const EDITION = 4;

/** The long one lasts as long as a pace may take on one track, so that steady hears no seam. */
const SECONDS = { main: { short: 240, full: 800 }, other: 60, brief: 12 };

export const TITLES = { main: 'Test signal', other: 'Another signal', brief: 'Brief signal' };

/** @typedef {{ dir: string, titles: { main: string, other?: string, brief?: string } }} Programme */

/**
 * @param {'signal' | 'music'} kind
 * @param {import('./plan.mjs').PaceName} pace
 * @param {import('./formats/files.mjs').Format} [format] of the signal, if not WAV
 * @returns {Programme}
 */
export function programme(kind, pace, format) {
  if (kind === 'music') return { dir: musicDir(), titles: { main: SONGS.flac.title } };
  return { dir: format ? codedDir(pace, format) : signalDir(pace), titles: TITLES };
}

/** The file of the long signal. @param {import('./plan.mjs').PaceName} pace */
export function signalFile(pace) {
  return join(signalDir(pace), `${TITLES.main}.wav`);
}

/** @param {import('./plan.mjs').PaceName} pace */
function signalDir(pace) {
  const dir = cacheDir('signal', `${pace}-${EDITION}`);
  const seconds = { ...SECONDS, main: SECONDS.main[pace] };
  for (const [seed, which] of /** @type {const} */ (['main', 'other', 'brief']).entries()) {
    const file = join(dir, `${TITLES[which]}.wav`);
    if (!existsSync(file)) writeWav(file, testSignal(seconds[which], seed + 1));
  }
  return dir;
}

/**
 * @param {import('./plan.mjs').PaceName} pace
 * @param {import('./formats/files.mjs').Format} format
 */
function codedDir(pace, format) {
  const from = signalDir(pace);
  const dir = cacheDir('signal', `${pace}-${EDITION}-${FORMATS_EDITION}-${format.file}`);
  for (const title of Object.values(TITLES)) {
    const file = join(dir, `${title}${extname(format.file)}`);
    if (existsSync(file)) continue;
    const draft = join(dir, `draft${extname(format.file)}`);
    encode(join(from, `${title}.wav`), draft, format, title);
    renameSync(draft, file);
  }
  return dir;
}
