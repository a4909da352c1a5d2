// A large music collection that costs little: a few seconds of sound in each format by ffmpeg once, and then copies that
// all differ, with tags written byte by byte. Real files for a real scan, in folders as people have them, with odd names, pictures
// beside, links, and a few files that are broken. The same numbers give the same collection.
//
//   node bench/collection.mjs DIR [FILES]

import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const SECONDS = 12;
const TRACKS_OF_AN_ALBUM = 12;
const ALBUMS_OF_AN_ARTIST = 5;
/** One in so many has an odd name; one in so many is broken; one album in so many has a picture beside it. */
const ODD = 97;
const BROKEN = 251;
const PICTURED = 3;

/** Names that break what was not thought of; the last one is no UTF-8. */
const ODD_NAMES = ['  blanks  ', '“quotes” & 100% #1?', 'new\nline', 'emoji 🎶', '-rf', 'x'.repeat(200), 'Ünïcödé', 'dots...', Buffer.from([0x6c, 0x61, 0x74, 0xe9])];

/** @typedef {{ title: string, artist: string, album: string, number: number, year: number, genre: string }} Tags */

/**
 * How each format is made, and how its tags are put in.
 * @type {Record<string, { codec: string[], tag: (base: Buffer, tags: Tags) => Buffer }>}
 */
const FORMATS = {
  mp3: { codec: ['-c:a', 'libmp3lame', '-b:a', '96k', '-write_xing', '0', '-id3v2_version', '0'], tag: mp3 },
  flac: { codec: ['-c:a', 'flac', '-ac', '1', '-ar', '22050'], tag: flac },
  m4a: { codec: ['-c:a', 'aac', '-b:a', '64k'], tag: m4a },
  opus: { codec: ['-c:a', 'libopus', '-b:a', '48k'], tag: opus },
  wav: { codec: ['-c:a', 'pcm_u8', '-ac', '1', '-ar', '8000', '-bitexact'], tag: wav },
};

/**
 * Makes the collection. What it has: files that are audio and whole, and files that promise audio and are broken.
 * @param {string} dir
 * @param {number} files
 */
export function makeCollection(dir, files) {
  const { bases, picture } = makeBases();
  const endings = Object.keys(bases);
  const count = { whole: 0, broken: 0, bytes: 0 };
  let folder = '';
  for (let n = 0; n < files; n++) {
    const album = Math.floor(n / TRACKS_OF_AN_ALBUM);
    const artist = Math.floor(album / ALBUMS_OF_AN_ARTIST);
    const number = (n % TRACKS_OF_AN_ALBUM) + 1;
    if (number === 1) {
      folder = join(dir, `Shelf ${artist % 7}`, `Artist ${artist}`, `Album ${album}`);
      mkdirSync(folder, { recursive: true });
      if (album % PICTURED === 0) writeFileSync(join(folder, 'cover.jpg'), picture);
    }
    // Albums are of one format, as they are at home.
    const ending = endings[album % endings.length];
    const tags = { title: `Title ${n}`, artist: `Artist ${artist}`, album: `Album ${album}`, number, year: 1960 + (album % 60), genre: `Genre ${artist % 20}` };
    let bytes = FORMATS[ending].tag(bases[ending], tags);
    if (n % BROKEN === BROKEN - 1) {
      bytes = broken(bytes, n);
      count.broken++;
    } else {
      count.whole++;
    }
    count.bytes += bytes.length;
    writeFileSync(path(folder, n, number, ending), bytes);
  }
  // A way around in a circle, and a second way to an album.
  symlinkSync(dir, join(dir, 'Shelf 0', 'around'));
  symlinkSync(join(dir, 'Shelf 0', 'Artist 0'), join(dir, 'Favourites'));
  symlinkSync('nowhere.mp3', join(dir, 'nowhere.mp3'));
  return { ...count, broken: count.broken + 1 };
}

/** @param {string} folder @param {number} n @param {number} number @param {string} ending */
function path(folder, n, number, ending) {
  const odd = n % ODD === ODD - 1 ? ODD_NAMES[Math.floor(n / ODD) % ODD_NAMES.length] : `Title ${n}`;
  const name = Buffer.concat([Buffer.from(`${String(number).padStart(2, '0')} `), Buffer.from(odd), Buffer.from(`.${ending}`)]);
  return Buffer.concat([Buffer.from(`${folder}/`), name]);
}

/** Empty, garbage, or only its beginning: as a disk that was full leaves a file. @param {Buffer} bytes @param {number} n */
function broken(bytes, n) {
  return [Buffer.alloc(0), Buffer.alloc(5_000, 'no music '), bytes.subarray(0, 20)][n % 3];
}

function makeBases() {
  const dir = mkdtempSync(join(tmpdir(), 'tutti-bases-'));
  try {
    const run = (/** @type {string[]} */ ...args) => execFileSync('ffmpeg', ['-nostdin', '-v', 'error', '-y', ...args]);
    const sound = `aevalsrc=0.3*sin(2*PI*t*(220+40*sin(t)))|0.3*sin(2*PI*t*330):s=44100:d=${SECONDS}`;
    /** @type {Record<string, Buffer>} */
    const bases = {};
    for (const [ending, { codec }] of Object.entries(FORMATS)) {
      const file = join(dir, `base.${ending}`);
      run('-f', 'lavfi', '-i', sound, '-map_metadata', '-1', ...codec, file);
      bases[ending] = readFileSync(file);
    }
    const picture = join(dir, 'cover.jpg');
    run('-f', 'lavfi', '-i', 'gradients=size=600x600:seed=4', '-frames:v', '1', picture);
    return { bases, picture: readFileSync(picture) };
  } finally {
    rmSync(dir, { recursive: true });
  }
}

/** @param {number} n */
const be32 = (n) => Buffer.from([n >>> 24, n >>> 16, n >>> 8, n]);
/** @param {number} n */
const le32 = (n) => Buffer.from([n, n >>> 8, n >>> 16, n >>> 24]);

/** ID3v2.3, Latin-1. @param {Tags} tags */
function id3(tags) {
  const frame = (/** @type {string} */ id, /** @type {string | number} */ text) => {
    const body = Buffer.from(`\0${text}`, 'latin1');
    return Buffer.concat([Buffer.from(id), be32(body.length), Buffer.alloc(2), body]);
  };
  const frames = Buffer.concat([
    frame('TIT2', tags.title), frame('TPE1', tags.artist), frame('TALB', tags.album),
    frame('TRCK', tags.number), frame('TYER', tags.year), frame('TCON', tags.genre),
  ]);
  const size = frames.length;
  return Buffer.concat([Buffer.from([0x49, 0x44, 0x33, 3, 0, 0, (size >> 21) & 127, (size >> 14) & 127, (size >> 7) & 127, size & 127]), frames]);
}

/** Vorbis comments without their framing. @param {Tags} tags */
function comments(tags) {
  const text = (/** @type {string} */ line) => Buffer.concat([le32(Buffer.byteLength(line)), Buffer.from(line)]);
  const lines = [`TITLE=${tags.title}`, `ARTIST=${tags.artist}`, `ALBUM=${tags.album}`, `TRACKNUMBER=${tags.number}`, `DATE=${tags.year}`, `GENRE=${tags.genre}`];
  return Buffer.concat([text('bench'), le32(lines.length), ...lines.map(text)]);
}

/** @param {Buffer} base @param {Tags} tags */
function mp3(base, tags) {
  return Buffer.concat([id3(tags), base]);
}

/** The stream's head, our comments, the frames. @param {Buffer} base @param {Tags} tags */
function flac(base, tags) {
  let at = 4;
  for (let last = false; !last; ) {
    last = (base[at] & 0x80) !== 0;
    at += 4 + base.readUIntBE(at + 1, 3);
  }
  const head = Buffer.from(base.subarray(0, 4 + 4 + 34));
  head[4] &= 0x7f;
  const body = comments(tags);
  return Buffer.concat([head, Buffer.from([0x84, body.length >> 16, body.length >> 8, body.length]), body, base.subarray(at)]);
}

/** An ID3 chunk at the end. @param {Buffer} base @param {Tags} tags */
function wav(base, tags) {
  let body = id3(tags);
  if (body.length % 2) body = Buffer.concat([body, Buffer.alloc(1)]);
  const bytes = Buffer.concat([base, Buffer.from('id3 '), le32(body.length), body]);
  bytes.writeUInt32LE(bytes.length - 8, 4);
  return bytes;
}

/** `moov` is behind the samples, so that it may grow. @param {Buffer} base @param {Tags} tags */
function m4a(base, tags) {
  const box = (/** @type {string} */ name, /** @type {Buffer[]} */ ...parts) => {
    const body = Buffer.concat(parts);
    return Buffer.concat([be32(body.length + 8), Buffer.from(name, 'latin1'), body]);
  };
  const data = (/** @type {number} */ kind, /** @type {Buffer} */ body) => box('data', be32(kind), be32(0), body);
  const text = (/** @type {string} */ name, /** @type {string | number} */ value) => box(name, data(1, Buffer.from(String(value))));
  const meta = box('meta', be32(0),
    box('hdlr', be32(0), be32(0), Buffer.from('mdirappl'), Buffer.alloc(9)),
    box('ilst', text('\xa9nam', tags.title), text('\xa9ART', tags.artist), text('\xa9alb', tags.album), text('\xa9day', tags.year), text('\xa9gen', tags.genre),
      box('trkn', data(0, Buffer.from([0, 0, 0, tags.number, 0, 0, 0, 0])))));
  const children = (/** @type {Buffer} */ bytes) => {
    const found = [];
    for (let at = 0; at < bytes.length; at += bytes.readUInt32BE(at)) {
      found.push({ name: bytes.toString('latin1', at + 4, at + 8), bytes: bytes.subarray(at, at + bytes.readUInt32BE(at)) });
    }
    return found;
  };
  return Buffer.concat(children(base).map((top) => {
    if (top.name !== 'moov') return top.bytes;
    const kept = children(top.bytes.subarray(8)).filter(({ name }) => name !== 'udta').map(({ bytes }) => bytes);
    return box('moov', ...kept, box('udta', meta));
  }));
}

/** The second page has the comments, alone. @param {Buffer} base @param {Tags} tags */
function opus(base, tags) {
  const pageEnd = (/** @type {number} */ at) => {
    const segments = base[at + 26];
    return base.subarray(at + 27, at + 27 + segments).reduce((end, size) => end + size, at + 27 + segments);
  };
  const second = pageEnd(0);
  const packet = Buffer.concat([Buffer.from('OpusTags'), comments(tags)]);
  const lacing = Buffer.from([...Array(Math.floor(packet.length / 255)).fill(255), packet.length % 255]);
  const page = Buffer.concat([base.subarray(second, second + 26), Buffer.from([lacing.length]), lacing, packet]);
  page.writeUInt32LE(0, 22);
  page.writeUInt32LE(oggCrc(page), 22);
  return Buffer.concat([base.subarray(0, second), page, base.subarray(pageEnd(second))]);
}

/** Polynomial 0x04c11db7, not reflected, from 0 (RFC 3533). */
const OGG_TABLE = Array.from({ length: 256 }, (_, byte) => {
  let value = byte << 24;
  for (let bit = 0; bit < 8; bit++) value = value < 0 ? (value << 1) ^ 0x04c11db7 : value << 1;
  return value;
});

/** @param {Buffer} bytes */
function oggCrc(bytes) {
  let crc = 0;
  for (const byte of bytes) crc = (crc << 8) ^ OGG_TABLE[((crc >>> 24) ^ byte) & 0xff];
  return crc >>> 0;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [dir, files = '10000'] = process.argv.slice(2);
  if (!dir) throw new Error('node bench/collection.mjs DIR [FILES]');
  mkdirSync(dir, { recursive: true });
  console.log(makeCollection(dir, Number(files)));
}
