// A small library for tests, made by ffmpeg out of a synthesised tune: every format that people have, tags and pictures,
// an awkward name, and a file that is no music. Made once into `.cache/music`; raise EDITION when it changes.

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { RATE_HZ, seededRandom, writeWav } from '../audible/signal.mjs';
import { cacheDir } from './places.mjs';

const EDITION = 2;

/** @typedef {{ title: string, artist: string, album: string, file: string, seconds: number, codec: string[], picture: boolean }} Song */

/**
 * @param {string} title
 * @param {string} file
 * @param {string[]} codec
 * @param {{ seconds?: number, picture?: boolean }} [more]
 * @returns {Song}
 */
function song(title, file, codec, { seconds = 120, picture = false } = {}) {
  return { title, artist: 'The Pilots', album: 'Night Ferry', file, seconds, codec, picture };
}

/** The tracks, by what they are for. */
export const SONGS = {
  flac: song('Harbour Lights', 'The Pilots/Night Ferry/01 Harbour Lights.flac', ['-c:a', 'flac'], { picture: true }),
  opus: song('Copper Wire', 'The Pilots/Night Ferry/02 Copper Wire.opus', ['-c:a', 'libopus', '-b:a', '96k']),
  mp3: song('Paper Lanterns', 'The Pilots/Night Ferry/03 Paper Lanterns.mp3', ['-c:a', 'libmp3lame', '-q:a', '4', '-id3v2_version', '3'], { picture: true }),
  m4a: song('Long Way Down', 'The Pilots/Night Ferry/04 Long Way Down.m4a', ['-c:a', 'aac', '-b:a', '128k'], { picture: true }),
  // Not every reader takes the INFO tags of a WAV, so its name is its title.
  wav: song('Slow Tide', 'Slow Tide.wav', ['-c:a', 'pcm_s16le']),
  awkward: song('Ünï <b>“code”</b> & 100% #1?', 'Ünï “code” & 100% #1?.flac', ['-c:a', 'flac'], { seconds: 20 }),
  short: song('Doorbell', 'Doorbell.flac', ['-c:a', 'flac'], { seconds: 6 }),
};

/** Named like music, but text: no library should list it. */
export const NOT_MUSIC = 'fake.mp3';

/** The folder with the songs; made when it is not there. */
export function musicDir() {
  const dir = join(cacheDir('music'), `edition-${EDITION}`);
  if (existsSync(dir)) return dir;
  const draft = join(cacheDir('music'), `draft-${process.pid}`);
  rmSync(draft, { recursive: true, force: true });
  mkdirSync(draft, { recursive: true });
  const picture = join(draft, 'cover.jpg');
  ffmpeg('-f', 'lavfi', '-i', 'gradients=size=600x600:seed=4:c0=0x14324a:c1=0xe8a15c', '-frames:v', '1', picture);
  Object.values(SONGS).forEach((song, seed) => make(song, seed, draft, picture));
  writeFileSync(join(draft, NOT_MUSIC), 'Not every file that is called music is music.\n'.repeat(200));
  rmSync(picture);
  renameSync(draft, dir);
  return dir;
}

/**
 * @param {Song} song
 * @param {number} seed
 * @param {string} dir
 * @param {string} picture
 */
function make({ title, artist, album, file, seconds, codec, picture: hasPicture }, seed, dir, picture) {
  const pcm = join(dir, 'draft.wav');
  const path = join(dir, file);
  mkdirSync(dirname(path), { recursive: true });
  writeWav(pcm, tune(seconds, seed));
  const cover = hasPicture ? ['-i', picture, '-map', '0:a', '-map', '1:v', '-c:v', 'copy', '-disposition:v', 'attached_pic'] : [];
  const tags = Object.entries({ title, artist, album, date: '2026' }).flatMap(([name, value]) => ['-metadata', `${name}=${value}`]);
  ffmpeg('-i', pcm, ...cover, ...codec, ...tags, path);
  rmSync(pcm);
}

/** @param {...string} args */
function ffmpeg(...args) {
  execFileSync('ffmpeg', ['-nostdin', '-hide_banner', '-loglevel', 'error', '-y', ...args], { stdio: ['ignore', 'ignore', 'inherit'] });
}

/**
 * Plucked notes of a pentatonic scale over a bass, with a soft hi-hat: tonal and rhythmic as music is, yet no two bars
 * are alike, so that a position can be told from the sound.
 * @param {number} seconds
 * @param {number} seed
 */
function tune(seconds, seed) {
  const random = seededRandom(1_000 + seed);
  const samples = new Float32Array(seconds * RATE_HZ);
  const scale = [0, 3, 5, 7, 10, 12, 15, 17];
  const rootHz = 110 * 2 ** (seed / 12);
  const beatSec = 0.26 + 0.02 * (seed % 4);
  // Played by hand, not on a grid: a lag of a whole bar has to sound different from none.
  for (let beat = 0, atSec = 0; atSec < seconds; beat++, atSec += beatSec * (0.8 + 0.4 * random())) {
    const degree = scale[Math.floor(random() * scale.length)];
    pluck(samples, atSec, rootHz * 2 ** (1 + degree / 12), 0.2, 5);
    if (beat % 4 === 0) pluck(samples, atSec, rootHz * 2 ** (scale[Math.floor(random() * 4)] / 12), 0.3, 3);
    if (beat % 2 === 1) hat(samples, atSec, 0.06, random);
  }
  return samples;
}

/** @param {Float32Array} samples @param {number} atSec @param {number} pitchHz @param {number} loudness @param {number} decay */
function pluck(samples, atSec, pitchHz, loudness, decay) {
  const start = Math.round(atSec * RATE_HZ);
  const end = Math.min(samples.length, start + RATE_HZ);
  for (let i = start; i < end; i++) {
    const t = (i - start) / RATE_HZ;
    const phase = 2 * Math.PI * pitchHz * t;
    const overtones = Math.sin(phase) + 0.5 * Math.exp(-4 * t) * Math.sin(2 * phase) + 0.25 * Math.exp(-8 * t) * Math.sin(3 * phase);
    samples[i] += loudness * Math.min(1, t * 400) * Math.exp(-decay * t) * overtones;
  }
}

/** @param {Float32Array} samples @param {number} atSec @param {number} loudness @param {() => number} random */
function hat(samples, atSec, loudness, random) {
  const start = Math.round(atSec * RATE_HZ);
  const end = Math.min(samples.length, start + Math.round(0.08 * RATE_HZ));
  for (let i = start; i < end; i++) samples[i] += loudness * Math.exp((-60 * (i - start)) / RATE_HZ) * (2 * random() - 1);
}
