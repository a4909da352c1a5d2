// Turns an SVG into a PNG or JPEG of a given size: headless Chromium draws it,
// ffmpeg crops and encodes. Both must be on PATH (CHROMIUM overrides the name).
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const CHROMIUM = process.env.CHROMIUM || 'chromium';

export function ffmpeg(args) {
  return execFileSync('ffmpeg', ['-hide_banner', '-nostdin', '-loglevel', 'error', '-y', ...args], { maxBuffer: 1 << 26 });
}

/** Draw `svg` (text) at size x size pixels; returns the file's bytes. */
export function picture(svg, size, { jpeg = 0 } = {}) {
  const dir = mkdtempSync(join(tmpdir(), 'tutti-art-'));
  try {
    const page = join(dir, 'page.html');
    const shot = join(dir, 'shot.png');
    const out = join(dir, jpeg ? 'out.jpg' : 'out.png');
    // A window that is always large, and a crop afterwards: small windows are not honoured everywhere.
    writeFileSync(page, `<!doctype html><meta charset="utf-8"><style>html,body{margin:0;background:transparent}svg{display:block;width:${size}px;height:${size}px}</style>${svg.replace(/<\?xml[^>]*>/, '')}`);
    execFileSync(CHROMIUM, ['--headless', '--no-sandbox', '--disable-gpu', '--hide-scrollbars', '--force-device-scale-factor=1',
      '--default-background-color=00000000', '--window-size=1000,1000', `--user-data-dir=${join(dir, 'profile')}`,
      `--screenshot=${shot}`, `file://${page}`], { stdio: 'ignore', timeout: 60000 });
    ffmpeg(['-i', shot, '-vf', `crop=${size}:${size}:0:0${jpeg ? ',format=yuvj444p' : ''}`, '-frames:v', '1',
      '-bitexact', '-map_metadata', '-1', ...(jpeg ? ['-q:v', String(jpeg)] : ['-pred', 'mixed', '-compression_level', '100']), out]);
    return readFileSync(out);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}
