// The examples of src/manual/deploy/ in front of a real server: the very files, with only names, ports and certificates put
// in. Through each a browser opens a room over https and plays, a file is uploaded, a range is read, and the socket stays
// open. Needs nginx, caddy, openssl and Chromium.
//
//   node deploy/proxies.mjs

import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { once } from 'node:events';
import { chromium } from '@playwright/test';
import { musicDir, SONGS } from '../harness/music.mjs';
import { pause } from '../harness/pause.mjs';
import { AUTOPLAY_ALLOWED, CHROMIUM_ARGS, chromiumPath, PROJECT } from '../harness/places.mjs';
import { startServer } from '../harness/server.mjs';
import { wavFile } from '../harness/wav.mjs';

/** What the examples call the server, and where it lives in them. */
const NAME = 'music.example';
const UPSTREAM = '127.0.0.1:3000';
/** How long a proxy may take to listen. */
const START_LIMIT_MS = 10_000;
/** Makes 24 MB: more than proxies pass on unasked (nginx: 1 MiB), and than their buffers hold. */
const UPLOAD_SEC = 1_500;

const song24 = wavFile('long', UPLOAD_SEC);
const scratch = mkdtempSync(join(tmpdir(), 'tutti-proxies-'));
const example = (/** @type {string} */ name) => readFileSync(join(PROJECT, 'src/manual/deploy', name), 'utf8');

/**
 * A proxy of this machine.
 * @typedef {object} Proxy
 * @property {string} name
 * @property {(ports: { http: number, https: number, upstream: string }) => { command: string, args: string[], env?: Record<string, string> }} prepare
 */

/** @type {Proxy[]} */
const PROXIES = [
  {
    name: 'nginx',
    prepare({ http, https, upstream }) {
      const dir = folder('nginx');
      const [cert, key] = certificate(dir);
      const conf = example('nginx.conf')
        .replaceAll(UPSTREAM, upstream)
        .replaceAll(/^.*listen \[::\].*\n/gm, '')
        .replace('listen 80;', `listen 127.0.0.1:${http};`)
        .replace('listen 443 ssl', `listen 127.0.0.1:${https} ssl`)
        .replace(/ssl_certificate .*;/, `ssl_certificate ${cert};`)
        .replace(/ssl_certificate_key .*;/, `ssl_certificate_key ${key};`);
      writeFileSync(
        join(dir, 'nginx.conf'),
        `daemon off; worker_processes 1; pid ${dir}/pid; error_log ${dir}/error.log;
events {}
http {
  include /etc/nginx/mime.types;
  access_log off;
  ${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((what) => `${what}_temp_path ${dir}/${what};`).join('\n  ')}
  ${conf}
}`,
      );
      return { command: 'nginx', args: ['-p', dir, '-c', join(dir, 'nginx.conf'), '-e', join(dir, 'error.log')] };
    },
  },
  {
    name: 'caddy',
    prepare({ http, https, upstream }) {
      const dir = folder('caddy');
      // Its own authority instead of a public one; nothing of it is installed in this machine.
      const globals = `{\n\tadmin off\n\thttp_port ${http}\n\thttps_port ${https}\n\tskip_install_trust\n\tlocal_certs\n}\n`;
      writeFileSync(join(dir, 'Caddyfile'), globals + example('Caddyfile').replaceAll(UPSTREAM, upstream));
      return {
        command: 'caddy',
        args: ['run', '--config', join(dir, 'Caddyfile'), '--adapter', 'caddyfile'],
        env: { XDG_DATA_HOME: dir, XDG_CONFIG_HOME: dir, HOME: dir },
      };
    },
  },
];

try {
  for (const proxy of PROXIES) await tried(proxy);
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

/** @param {Proxy} proxy */
async function tried(proxy) {
  const [http, https] = [await freePort(), await freePort()];
  // Pages tell the name with its port, which the examples do without.
  const origin = `https://${NAME}:${https}`;
  const server = await startServer({ musicDirs: [musicDir()], args: ['--trusted-proxies', '127.0.0.1'] });
  const { command, args, env } = proxy.prepare({ http, https, upstream: `127.0.0.1:${server.port}` });
  const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, ...env } });
  let said = '';
  child.stderr.on('data', (/** @type {Buffer} */ chunk) => (said += chunk));
  const browser = await chromium.launch({
    executablePath: chromiumPath(),
    args: [...CHROMIUM_ARGS, AUTOPLAY_ALLOWED, `--host-resolver-rules=MAP ${NAME} 127.0.0.1`],
  });
  try {
    await listens(https, () => child.exitCode, () => said);
    const context = await browser.newContext({ ignoreHTTPSErrors: true, baseURL: origin });
    const page = await context.newPage();
    /** @type {string[]} */
    const complaints = [];
    page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));

    const moved = await context.request.get(`http://127.0.0.1:${http}/`, { headers: { Host: NAME }, maxRedirects: 0 });
    told(proxy, 'plain http is sent to https', moved.status() >= 301 && moved.headers().location?.startsWith('https://'));

    await page.goto('/');
    await page.getByTestId('create-room').click();
    await page.waitForURL(/\/r\/\w+$/);
    const code = page.url().split('/').pop();
    const song = page.getByTestId('track').filter({ hasText: SONGS.flac.title });
    await song.getByTestId('track-play').click();
    await page.locator('[data-testid="sync-status"][data-state="in-sync"]').first().waitFor({ timeout: 20_000 });
    told(proxy, 'a room plays, in sync', true);
    told(proxy, 'the page is isolated and secure', await page.evaluate(() => self.crossOriginIsolated && isSecureContext));
    const [cookie] = (await context.cookies()).filter(({ name }) => name === 'tutti_session');
    told(proxy, 'the cookie is Secure', cookie?.secure && cookie.httpOnly);

    const range = await page.evaluate(async () => {
      const media = document.querySelector('audio')?.currentSrc ?? '';
      const answer = await fetch(media, { headers: { Range: 'bytes=100-199' }, cache: 'no-store' });
      return { status: answer.status, bytes: (await answer.arrayBuffer()).byteLength };
    });
    told(proxy, 'a range is a range', range.status === 206 && range.bytes === 100, range);

    const upload = await page.evaluate(
      async ([code, base64]) => {
        const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
        const form = new FormData();
        form.append('file', new File([bytes], 'long.wav'));
        const answer = await fetch(`/api/tracks?room=${code}`, { method: 'POST', body: form });
        return { status: answer.status, said: await answer.text() };
      },
      [code ?? '', song24.toString('base64')],
    );
    told(proxy, `an upload of ${(song24.length / 1e6).toFixed(0)} MB arrives`, upload.status === 201, upload);

    told(proxy, 'another origin is refused', (await strangers(https)) === 403);

    // Longer than keep-alives and the pings of the server are apart.
    await page.waitForTimeout(20_000);
    const state = await page.getByTestId('sync-status').first().getAttribute('data-state');
    told(proxy, `the socket stays open (${state})`, state === 'in-sync');
    told(proxy, 'the console is clean', complaints.length === 0, complaints);
  } catch (error) {
    throw new Error(`${proxy.name}: ${error instanceof Error ? error.message : error}\n${said}\n${server.logTail()}`);
  } finally {
    await browser.close();
    if (child.exitCode === null) {
      const gone = once(child, 'exit');
      child.kill('SIGTERM');
      await gone;
    }
    await server.stop();
  }
}

/** @param {Proxy} proxy @param {string} what @param {unknown} holds @param {unknown} [why] */
function told(proxy, what, holds, why = '') {
  assert.ok(holds, `${what}: no ${JSON.stringify(why)}`);
  console.log(`${proxy.name}: ${what}`);
}

/** What the page of another site is answered that wants a room made. @param {number} port @returns {Promise<number | undefined>} */
async function strangers(port) {
  const asked = request({
    host: '127.0.0.1',
    port,
    servername: NAME,
    rejectUnauthorized: false,
    method: 'POST',
    path: '/api/rooms',
    headers: { Host: `${NAME}:${port}`, Origin: 'https://elsewhere.example', 'Content-Type': 'application/json' },
  });
  asked.end('{}');
  const [answer] = await once(asked, 'response');
  answer.resume();
  return answer.statusCode;
}

/** A folder of a proxy's own. @param {string} name */
function folder(name) {
  const dir = join(scratch, name);
  mkdirSync(dir);
  return dir;
}

/** A certificate that nobody trusts, and its key. @param {string} dir */
function certificate(dir) {
  const [cert, key] = [join(dir, 'cert.pem'), join(dir, 'key.pem')];
  const args = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  execFileSync('openssl', [...args, '-subj', `/CN=${NAME}`, '-keyout', key, '-out', cert], { stdio: 'ignore' });
  return [cert, key];
}

/** Waits until somebody listens there. @param {number} port @param {() => number | null} ended @param {() => string} said */
async function listens(port, ended, said) {
  const giveUpAt = performance.now() + START_LIMIT_MS;
  for (;;) {
    if (ended() !== null) throw new Error(`it ended with ${ended()}: ${said()}`);
    try {
      await fetch(`http://127.0.0.1:${port}/`, { signal: AbortSignal.timeout(500) });
      return;
    } catch (error) {
      // An answer in TLS to a question in plain text is an answer.
      const cause = /** @type {{ cause?: { code?: string } }} */ (error).cause?.code;
      if (cause !== undefined && cause !== 'ECONNREFUSED') return;
    }
    if (performance.now() > giveUpAt) throw new Error(`it does not listen: ${said()}`);
    await pause(50);
  }
}

async function freePort() {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = /** @type {import('node:net').AddressInfo} */ (probe.address());
  probe.close();
  await once(probe, 'close');
  return port;
}
