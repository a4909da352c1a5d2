// A known sound in every format that collections have: low noise, which every coder keeps, under bursts of hiss, which
// make a variable rate vary. Made by ffmpeg once, into `.cache/formats`; raise EDITION when something changes.

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheDir } from '../../harness/places.mjs';
import { RATE_HZ, seededRandom, testSignal, writeWav } from '../signal.mjs';

export const EDITION = 3;
export const SECONDS = 180;
/** A burst of hiss, or of none, lasts from one to five seconds. */
const BURST_SEC = { least: 1, most: 5 };
const [RUMBLE, HISS] = [0.55, 0.35];

/**
 * @typedef {object} Format
 * @property {string} name as the table has it, and the title in the library
 * @property {string} file
 * @property {string[]} codec for ffmpeg
 * @property {boolean} exact whether we call it exact: then a seek may be off by so much and no more
 * @property {boolean} short whether every run of the tests listens to it
 * @property {(bytes: Buffer) => Buffer} [spoil]
 */

const MP3_CBR = ['-c:a', 'libmp3lame', '-b:a', '128k'];
const MP3_VBR = ['-c:a', 'libmp3lame', '-q:a', '4'];
const NO_XING = ['-write_xing', '0'];

/** The first is the reference, which the others are compared with. @type {Format[]} */
export const FORMATS = [
  { name: 'WAV', file: 'wav.wav', codec: ['-c:a', 'pcm_s16le'], exact: true, short: true },
  { name: 'FLAC', file: 'flac.flac', codec: ['-c:a', 'flac'], exact: true, short: true },
  { name: 'AAC in MP4', file: 'm4a.m4a', codec: ['-c:a', 'aac', '-b:a', '160k'], exact: true, short: true },
  { name: 'AAC, ADTS', file: 'adts.aac', codec: ['-c:a', 'aac', '-b:a', '160k', '-f', 'adts'], exact: true, short: true },
  { name: 'MP3, constant rate', file: 'cbr.mp3', codec: MP3_CBR, exact: true, short: true },
  { name: 'MP3, constant rate, no Xing', file: 'cbr-bare.mp3', codec: [...MP3_CBR, ...NO_XING, '-id3v2_version', '3'], exact: true, short: false },
  { name: 'MP3, variable rate', file: 'vbr.mp3', codec: MP3_VBR, exact: true, short: true },
  { name: 'MP3, variable, no Xing', file: 'vbr-bare.mp3', codec: [...MP3_VBR, ...NO_XING], exact: true, short: true },
  { name: 'MP3, variable, 44.1 kHz', file: 'vbr-44.mp3', codec: [...MP3_VBR, '-ar', '44100'], exact: true, short: false },
  { name: 'MP3, variable, 22.05 kHz', file: 'vbr-22.mp3', codec: [...MP3_VBR, '-ar', '22050', '-ac', '1'], exact: true, short: false },
  { name: 'MP3, variable, APE tag, junk', file: 'junk.mp3', codec: MP3_VBR, exact: true, short: false, spoil: junked },
  { name: 'Opus in Ogg', file: 'opus.opus', codec: ['-c:a', 'libopus', '-b:a', '128k'], exact: true, short: true },
  { name: 'Vorbis in Ogg', file: 'vorbis.ogg', codec: ['-c:a', 'libvorbis', '-q:a', '5'], exact: true, short: true },
  { name: 'ALAC in MP4', file: 'alac.m4a', codec: ['-c:a', 'alac'], exact: true, short: false },
  { name: 'AIFF', file: 'aiff.aiff', codec: ['-c:a', 'pcm_s16be'], exact: true, short: false },
];

/** The folder with the files; made when it is not there. */
export function formatsDir() {
  const dir = join(cacheDir('formats'), `edition-${EDITION}`);
  if (existsSync(dir)) return dir;
  const draft = join(cacheDir('formats'), `draft-${process.pid}`);
  rmSync(draft, { recursive: true, force: true });
  mkdirSync(draft, { recursive: true });
  const source = join(draft, 'source.wav');
  writeWav(source, knownSound());
  for (const format of FORMATS) encode(source, join(draft, format.file), format, format.name);
  rmSync(source);
  renameSync(draft, dir);
  return dir;
}

/**
 * Not every reader takes the tags of every format; what has none is known by its name.
 * @param {string} from
 * @param {string} to
 * @param {Format} format
 * @param {string} title
 */
export function encode(from, to, { codec, spoil }, title) {
  execFileSync('ffmpeg', ['-nostdin', '-hide_banner', '-loglevel', 'error', '-y', '-i', from, ...codec, '-metadata', `title=${title}`, to], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (spoil) writeFileSync(to, spoil(readFileSync(to)));
}

function knownSound() {
  const rumble = testSignal(SECONDS, 11);
  const random = seededRandom(12);
  let [left, loud] = [0, false];
  return rumble.map((low) => {
    if (left-- <= 0) {
      left = Math.round((BURST_SEC.least + random() * (BURST_SEC.most - BURST_SEC.least)) * RATE_HZ);
      loud = !loud;
    }
    return RUMBLE * low + (loud ? HISS * (2 * random() - 1) : 0);
  });
}

/**
 * What lies about in old collections: a few bytes between two frames, and an APE tag behind the last. No frame is harmed.
 * @param {Buffer} mp3
 */
function junked(mp3) {
  const places = [0.2, 0.5, 0.8].map((share) => mp3.indexOf(headOf(mp3), Math.round(share * mp3.length)));
  const tag = Buffer.alloc(32 + 40);
  for (const [at, flags] of [[0, 0xa0000000], [40, 0x80000000]]) {
    tag.write('APETAGEX', at);
    tag.writeUInt32LE(2_000, at + 8);
    tag.writeUInt32LE(40, at + 12);
    tag.writeUInt32LE(at === 0 ? 1 : 1, at + 16);
    tag.writeUInt32LE(flags >>> 0, at + 20);
  }
  const parts = [];
  let from = 0;
  for (const place of places.filter((at) => at > 0)) {
    parts.push(mp3.subarray(from, place), Buffer.from('neither a frame nor a tag'.repeat(5)));
    from = place;
  }
  return Buffer.concat([...parts, mp3.subarray(from), tag]);
}

/** The sync word with what follows it in every frame of one stream. @param {Buffer} mp3 */
function headOf(mp3) {
  const first = mp3.indexOf(Buffer.from([0xff, 0xfb]));
  if (first < 0) throw new Error('no MPEG-1 Layer III frame');
  return mp3.subarray(first, first + 2);
}
