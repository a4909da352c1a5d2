// Where things are: the project, the caches, the programs that tests start. Everything else asks here.

import { accessSync, constants, mkdirSync } from 'node:fs';
import { delimiter, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder `end2end/`. */
export const END2END = resolve(dirname(fileURLToPath(import.meta.url)), '..');

/** The folder with `Cargo.toml`; the server runs in it because it serves `target/site`. */
export const PROJECT = resolve(END2END, '..');

/** The server that is tested. */
export const TUTTI_BIN = resolve(PROJECT, process.env.TUTTI_BIN ?? 'target/release/tutti');

/**
 * A folder below `end2end/.cache/`, made when it is missing. Nothing in it is worth keeping.
 * @param {...string} parts
 */
export function cacheDir(...parts) {
  const dir = join(END2END, '.cache', ...parts);
  mkdirSync(dir, { recursive: true });
  return dir;
}

/** The Chromium of the system: `CHROMIUM`, else Debian's place, else the first on `PATH`. */
export function chromiumPath() {
  return program('Chromium', 'CHROMIUM', ['/usr/bin/chromium', ...onPath('chromium', 'chromium-browser', 'google-chrome')]);
}

/** The Firefox of the system: `FIREFOX`, else Debian's place, else the first on `PATH`. */
export function firefoxPath() {
  return program('Firefox', 'FIREFOX', ['/usr/bin/firefox-esr', ...onPath('firefox-esr', 'firefox')]);
}

/** What drives WebKitGTK: `WEBKIT_DRIVER`, else Debian's place, else the first on `PATH`. */
export function webkitDriverPath() {
  return program('WebKitWebDriver', 'WEBKIT_DRIVER', ['/usr/bin/WebKitWebDriver', ...onPath('WebKitWebDriver')]);
}

/** @param {...string} names */
function onPath(...names) {
  return (process.env.PATH ?? '').split(delimiter).flatMap((dir) => names.map((name) => join(dir, name)));
}

/**
 * @param {string} what
 * @param {string} variable which names another
 * @param {string[]} places
 */
function program(what, variable, places) {
  const candidates = process.env[variable] ? [process.env[variable]] : places;
  const found = candidates.find(isExecutable);
  if (!found) throw new Error(`no ${what} found (looked at ${candidates[0]} and on PATH); set ${variable}`);
  return found;
}

/** What every Chromium of the tests is started with: quiet, without network of its own, inside a container. */
export const CHROMIUM_ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
];

/** Added where a test is not about the browser refusing to play. */
export const AUTOPLAY_ALLOWED = '--autoplay-policy=no-user-gesture-required';

/** @param {string} path */
function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
