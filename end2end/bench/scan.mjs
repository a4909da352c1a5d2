// How quick the scan is and what it takes: files a second and the peak of memory, of a first scan, of one of an unchanged
// collection, and of one in which every file was only touched. Of a made collection, or of a folder that is named.
//
//   TUTTI_BIN=… node bench/scan.mjs [FILES | DIR]

import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TUTTI_BIN } from '../harness/places.mjs';
import { makeCollection } from './collection.mjs';

const [what = '10000'] = process.argv.slice(2);
const house = mkdtempSync(join(tmpdir(), 'tutti-scan-'));
try {
  const named = existsSync(what);
  const music = named ? what : join(house, 'music');
  if (!named) console.log('made', JSON.stringify(makeCollection(music, Number(what))));
  const rows = [await scan('first', music), await scan('unchanged', music)];
  if (!named) {
    touch(music);
    rows.push(await scan('touched', music));
  }
  console.table(rows);
} finally {
  rmSync(house, { recursive: true, force: true });
}

/**
 * One `tutti scan` in the same data folder.
 * @param {string} name
 * @param {string} music
 */
async function scan(name, music) {
  const started = performance.now();
  const child = spawn(TUTTI_BIN, ['scan', '--data-dir', join(house, 'data'), '--music-dir', music], { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, RUST_LOG: 'warn' } });
  let [said, warned, peakKb] = ['', '', 0];
  child.stdout.on('data', (text) => (said += text));
  child.stderr.on('data', (text) => (warned += text));
  const look = setInterval(() => (peakKb = Math.max(peakKb, memoryKb(child.pid))), 20);
  const code = await new Promise((resolve) => child.on('exit', resolve));
  clearInterval(look);
  const seconds = (performance.now() - started) / 1_000;
  if (code !== 0) throw new Error(`${name}: ${warned}`);
  const files = Number(said.split(' ')[0]);
  console.log(`${name}: ${said.trim()}`);
  return { scan: name, files, seconds: Number(seconds.toFixed(2)), 'files/s': Math.round(files / seconds), 'peak MiB': Math.round(peakKb / 1_024), warnings: warned.split('\n').filter((line) => line.includes('cannot be used')).length };
}

/** The most that a process ever had in memory, in KiB; 0 when it has ended. @param {number | undefined} pid */
function memoryKb(pid) {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0);
  } catch {
    return 0;
  }
}

/** Gives every file another time of change. Names need not be UTF-8. @param {string} dir */
function touch(dir) {
  const then = Date.now() / 1_000 - 86_400;
  const walk = (/** @type {Buffer} */ folder) => {
    for (const entry of readdirSync(folder, { withFileTypes: true, encoding: 'buffer' })) {
      const path = Buffer.concat([folder, Buffer.from('/'), /** @type {any} */ (entry.name)]);
      if (entry.isDirectory()) walk(path);
      else if (entry.isFile()) utimesSync(path, then, then);
    }
  };
  walk(Buffer.from(dir));
}
