// Makes every icon in public/ from art/logo.svg, with the web manifest and
// robots.txt beside them:   node end2end/demo/icons.mjs
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { picture } from './lib/picture.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const out = join(here, '..', '..', 'public');
const GROUND = '#1d1838';
const logo = readFileSync(join(here, 'art', 'logo.svg'), 'utf8');
const mark = /<g id="mark">[\s\S]*?<\/g>/.exec(logo)[0];

/** The mark, with fully round ends, at `scale` of the square, on a ground with corner radius `radius` (of 32). */
const icon = (scale, radius) => {
  const off = 16 - 16 * scale;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="${radius}" fill="${GROUND}"/>`
    + `<g transform="translate(${off} ${off}) scale(${scale})">${mark.replaceAll('rx="1"', 'rx="2"')}</g></svg>`;
};

/** An .ico that holds PNG pictures of the given sizes. */
function ico(pngs) {
  const head = Buffer.alloc(6 + 16 * pngs.length);
  head.writeUInt16LE(1, 2);
  head.writeUInt16LE(pngs.length, 4);
  let at = head.length;
  pngs.forEach(({ size, data }, i) => {
    const e = 6 + 16 * i;
    head.writeUInt8(size, e);
    head.writeUInt8(size, e + 1);
    head.writeUInt16LE(1, e + 4);
    head.writeUInt16LE(32, e + 6);
    head.writeUInt32LE(data.length, e + 8);
    head.writeUInt32LE(at, e + 12);
    at += data.length;
  });
  return Buffer.concat([head, ...pngs.map((p) => p.data)]);
}

const manifest = {
  id: '/',
  name: 'Tutti',
  short_name: 'Tutti',
  description: 'Everyone in the room hears the same music at the same instant.',
  start_url: '/',
  scope: '/',
  display: 'standalone',
  theme_color: GROUND,
  background_color: GROUND,
  categories: ['music', 'entertainment'],
  icons: [
    { src: '/favicon.svg', sizes: 'any', type: 'image/svg+xml', purpose: 'any' },
    { src: '/icon-192.png', sizes: '192x192', type: 'image/png', purpose: 'any' },
    { src: '/icon-512.png', sizes: '512x512', type: 'image/png', purpose: 'any' },
    { src: '/icon-maskable-512.png', sizes: '512x512', type: 'image/png', purpose: 'maskable' },
  ],
};

const robots = `# Tutti: rooms are private to those who hold their link, so crawlers stay out of them.
User-agent: *
Disallow: /r/
`;

mkdirSync(out, { recursive: true });
const files = {
  'favicon.svg': logo,
  'favicon.ico': ico([16, 32].map((size) => ({ size, data: picture(logo, size) }))),
  'icon-192.png': picture(icon(0.86, 7), 192),
  'icon-512.png': picture(icon(0.86, 7), 512),
  // Masks may cut to the inner 80 % circle: the mark stays well inside it, on a full-bleed ground.
  'icon-maskable-512.png': picture(icon(0.66, 0), 512),
  'apple-touch-icon.png': picture(icon(0.78, 0), 180),
  'manifest.webmanifest': `${JSON.stringify(manifest, null, 2)}\n`,
  'robots.txt': robots,
};
for (const [name, data] of Object.entries(files)) {
  writeFileSync(join(out, name), data);
  process.stdout.write(`${name}  ${Buffer.byteLength(data)} B\n`);
}
