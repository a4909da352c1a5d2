// Tags written byte by byte where ffmpeg is too coarse: a FLAC picture block
// (also used, in base64, as Opus METADATA_BLOCK_PICTURE), an ffmetadata file,
// and an ID3v2.3 tag with a real comment frame and front cover.

/** FLAC PICTURE block body: type 3 is "front cover". */
export function pictureBlock(jpeg, { width, height, description }) {
  const u32 = (n) => {
    const b = Buffer.alloc(4);
    b.writeUInt32BE(n);
    return b;
  };
  const mime = Buffer.from('image/jpeg', 'ascii');
  const text = Buffer.from(description, 'utf8');
  return Buffer.concat([
    u32(3), u32(mime.length), mime, u32(text.length), text,
    u32(width), u32(height), u32(24), u32(0), u32(jpeg.length), jpeg,
  ]);
}

/** An ffmetadata file; the characters = ; # \ and line ends are escaped with a backslash. */
export function ffmetadata(fields) {
  const esc = (s) => String(s).replace(/[=;#\\\n]/g, (c) => `\\${c}`);
  return [';FFMETADATA1', ...Object.entries(fields).map(([k, v]) => `${esc(k)}=${esc(v)}`), ''].join('\n');
}

/** ID3v2.3, Latin-1 text (our tags are ASCII), front cover last. */
export function id3(fields, jpeg) {
  const frame = (id, body) => {
    const h = Buffer.alloc(10);
    h.write(id, 0, 'latin1');
    h.writeUInt32BE(body.length, 4);
    return Buffer.concat([h, body]);
  };
  const latin = (...parts) => Buffer.concat(parts.map((p) => (typeof p === 'string' ? Buffer.from(p, 'latin1') : Buffer.from([p]))));
  const frames = Buffer.concat([
    frame('TIT2', latin(0, fields.title)),
    frame('TPE1', latin(0, fields.artist)),
    frame('TPE2', latin(0, fields.artist)),
    frame('TALB', latin(0, fields.album)),
    frame('TRCK', latin(0, fields.track)),
    frame('TYER', latin(0, fields.date)),
    frame('TCON', latin(0, fields.genre)),
    frame('COMM', latin(0, 'eng', 0, fields.comment)),
    frame('TXXX', latin(0, 'LICENSE', 0, fields.license)),
    frame('WCOP', latin(fields.licenseUrl)),
    frame('APIC', Buffer.concat([latin(0, 'image/jpeg', 0, 3, 'Front cover', 0), jpeg])),
  ]);
  const size = frames.length;
  const head = Buffer.from([0x49, 0x44, 0x33, 3, 0, 0, (size >> 21) & 127, (size >> 14) & 127, (size >> 7) & 127, size & 127]);
  return Buffer.concat([head, frames]);
}
