// A short WAV file in memory, of a tone that its title decides: no two titles are the same bytes.

const RATE_HZ = 8_000;

/**
 * 16 bits, one channel.
 * @param {string} title
 * @param {number} seconds
 */
export function wavFile(title, seconds) {
  const samples = seconds * RATE_HZ;
  const file = Buffer.alloc(44 + samples * 2);
  header(file, samples, RATE_HZ, 1);
  const pitchHz = 200 + [...title].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 997, 7);
  for (let i = 0; i < samples; i++) file.writeInt16LE(Math.round(8_000 * Math.sin((2 * Math.PI * pitchHz * i) / RATE_HZ)), 44 + i * 2);
  return file;
}

/**
 * The first 44 bytes of a file of so many frames.
 * @param {Buffer} file
 * @param {number} frames
 * @param {number} rateHz
 * @param {number} channels
 */
export function header(file, frames, rateHz, channels) {
  const bytes = frames * channels * 2;
  file.write('RIFF', 0, 'latin1');
  file.writeUInt32LE(36 + bytes, 4);
  file.write('WAVEfmt ', 8, 'latin1');
  file.writeUInt32LE(16, 16);
  file.writeUInt16LE(1, 20);
  file.writeUInt16LE(channels, 22);
  file.writeUInt32LE(rateHz, 24);
  file.writeUInt32LE(rateHz * channels * 2, 28);
  file.writeUInt16LE(channels * 2, 32);
  file.writeUInt16LE(16, 34);
  file.write('data', 36, 'latin1');
  file.writeUInt32LE(bytes, 40);
}
