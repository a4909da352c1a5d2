// Composes the three demo pieces from nothing but code and a seed, draws their
// covers, encodes and tags them into public/demo/, then checks every file.
//   node end2end/demo/compose.mjs            everything
//   node end2end/demo/compose.mjs low-tide   one piece
//   node end2end/demo/compose.mjs --check    only check what is there
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { master, wav } from './lib/dsp.mjs';
import { ffmpeg, picture } from './lib/picture.mjs';
import { ffmetadata, id3, pictureBlock } from './lib/tags.mjs';
import * as windowSeat from './pieces/window-seat.mjs';
import * as lowTide from './pieces/low-tide.mjs';
import * as slowLanterns from './pieces/slow-lanterns.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const outDir = join(here, '..', '..', 'public', 'demo');
const SEED = 2026;
const PIECES = [windowSeat, lowTide, slowLanterns];
const MAX_BYTES = 2_000_000, MAX_COVER = 60_000;
const LICENSE_URL = 'https://creativecommons.org/publicdomain/zero/1.0/';

const tagsOf = (meta) => ({
  title: meta.title, artist: 'Tutti', album_artist: 'Tutti', album: 'First Minute', date: '2026', genre: meta.genre,
  comment: 'CC0-1.0', license: 'CC0-1.0', licenseUrl: LICENSE_URL,
});

function make(piece, tmp) {
  const { meta } = piece;
  const t0 = Date.now();
  const { mix, fade, top } = piece.compose(SEED + meta.track);
  // Aim 1 dB under the ceiling that is checked below: lossy coders overshoot a little.
  const sound = join(tmp, `${meta.cover}.wav`);
  writeFileSync(sound, wav(master(mix, { lufs: -16, ceiling: -2.2, fade, top })));

  const svg = readFileSync(join(here, 'art', `${meta.cover}.svg`), 'utf8');
  let jpeg;
  for (let q = 2; ; q++) { // the best JPEG that fits
    jpeg = picture(svg, 600, { jpeg: q });
    if (jpeg.length <= MAX_COVER) break;
  }
  const cover = join(tmp, `${meta.cover}.jpg`);
  writeFileSync(cover, jpeg);

  const out = join(outDir, meta.file);
  const tags = tagsOf(meta);
  const exact = ['-map_metadata', '-1', '-fflags', '+bitexact', '-flags:a', '+bitexact'];
  if (meta.file.endsWith('.mp3')) {
    const bare = join(tmp, 'bare.mp3');
    ffmpeg(['-i', sound, ...exact, '-c:a', 'libmp3lame', '-q:a', '3', '-id3v2_version', '0', '-write_xing', '1', bare]);
    writeFileSync(out, Buffer.concat([id3({ ...tags, track: `${meta.track}/${PIECES.length}` }, jpeg), readFileSync(bare)]));
  } else {
    const { licenseUrl, ...rest } = tags;
    const fields = { ...rest, track: meta.track, TRACKTOTAL: PIECES.length, LICENSE_URL: licenseUrl };
    const info = join(tmp, 'tags.txt');
    const opus = meta.file.endsWith('.opus');
    if (opus) {
      fields.METADATA_BLOCK_PICTURE = pictureBlock(jpeg, { width: 600, height: 600, description: 'Front cover' }).toString('base64');
    }
    writeFileSync(info, ffmetadata(fields));
    if (opus) {
      ffmpeg(['-i', sound, '-f', 'ffmetadata', '-i', info, '-map', '0:a', '-map_metadata', '1', '-fflags', '+bitexact', '-flags:a', '+bitexact',
        '-c:a', 'libopus', '-b:a', '128k', '-vbr', 'on', '-application', 'audio', out]);
    } else {
      ffmpeg(['-i', sound, '-i', cover, '-f', 'ffmetadata', '-i', info, '-map', '0:a', '-map', '1:v', '-map_metadata', '2',
        '-fflags', '+bitexact', '-flags:a', '+bitexact', '-c:a', 'flac', '-compression_level', '8', '-max_prediction_order', '12',
        '-lpc_type', 'cholesky', '-lpc_passes', '2', '-exact_rice_parameters', '1',
        '-c:v', 'copy', '-disposition:v', 'attached_pic', '-metadata:s:v', 'title=Front cover', '-metadata:s:v', 'comment=Cover (front)', out]);
    }
  }
  process.stderr.write(`${meta.file}: made in ${((Date.now() - t0) / 1000).toFixed(1)} s\n`);
}

function check({ meta }, tmp) {
  const file = join(outDir, meta.file);
  const probe = JSON.parse(execFileSync('ffprobe', ['-v', 'error', '-show_format', '-show_streams', '-of', 'json', file]));
  const audio = probe.streams.find((s) => s.codec_type === 'audio');
  const art = probe.streams.find((s) => s.codec_type === 'video');
  const tags = Object.fromEntries(Object.entries({ ...audio.tags, ...probe.format.tags }).map(([k, v]) => [k.toLowerCase(), v]));
  const measure = spawnSync('ffmpeg', ['-hide_banner', '-nostdin', '-i', file, '-map', '0:a', '-af', 'ebur128=peak=true,astats=measure_perchannel=none', '-f', 'null', '-'],
    { encoding: 'utf8', maxBuffer: 1 << 26 }).stderr;
  const last = (re) => Number([...measure.matchAll(re)].at(-1)?.[1]);
  const lufs = last(/I:\s+(-?[\d.]+) LUFS/g), lra = last(/LRA:\s+([\d.]+) LU/g);
  const truePeak = last(/Peak:\s+(-?[\d.]+) dBFS/g), peak = last(/Peak level dB: (-?[\d.]+)/g);
  const jpg = join(tmp, 'check.jpg');
  if (art) ffmpeg(['-i', file, '-map', '0:v', '-c', 'copy', '-frames:v', '1', '-f', 'image2', jpg]);
  const bytes = statSync(file).size, coverBytes = art ? statSync(jpg).size : 0;
  const want = { ...tagsOf(meta), track: String(meta.track) };
  const bad = [];
  for (const k of ['title', 'artist', 'album', 'date', 'genre', 'comment', 'license']) if (tags[k] !== want[k]) bad.push(`${k} is ${tags[k]}`);
  if (String(tags.track).split('/')[0] !== want.track) bad.push(`track is ${tags.track}`);
  if (!art || art.width !== 600 || art.height !== 600 || art.disposition.attached_pic !== 1) bad.push('no 600x600 cover');
  if (coverBytes > MAX_COVER) bad.push('cover too large');
  if (bytes > MAX_BYTES) bad.push('file too large');
  if (!(truePeak <= -1)) bad.push('too near to clipping');
  if (!(Math.abs(lufs + 16) <= 0.5)) bad.push('not -16 LUFS');
  process.stdout.write(`${meta.file}  ${bytes} B  ${Number(probe.format.duration).toFixed(2)} s  ${audio.codec_name} ${audio.sample_rate} Hz ${Math.round(probe.format.bit_rate / 1000)} kb/s  `
    + `${lufs} LUFS  LRA ${lra}  peak ${peak} dB (true ${truePeak})  cover ${coverBytes} B  ${bad.length ? `BAD: ${bad.join('; ')}` : 'ok'}\n`);
  return bad.length === 0;
}

const args = process.argv.slice(2);
const chosen = PIECES.filter((p) => !args.some((a) => !a.startsWith('--')) || args.includes(p.meta.cover));
const tmp = mkdtempSync(join(tmpdir(), 'tutti-demo-'));
try {
  mkdirSync(outDir, { recursive: true });
  if (!args.includes('--check')) for (const p of chosen) make(p, tmp);
  const good = chosen.map((p) => check(p, tmp)).every(Boolean);
  process.exitCode = good ? 0 : 1;
} finally {
  rmSync(tmp, { recursive: true, force: true });
}
