// What the sockets of a page carry beside the audio: the frames as the browser tells of them, with the header that each
// has on the wire. Not counted: pings and pongs of the WebSocket protocol itself, of which browsers tell nobody, and TCP.

/** @typedef {{ upBytes: number, downBytes: number, frames: number }} Traffic */

/** Clients mask what they send, RFC 6455 §5.2. */
const MASK_BYTES = 4;

/**
 * @param {import('@playwright/test').Page} page
 * @returns {Traffic} counts up as long as the page lives
 */
export function countFrames(page) {
  const traffic = { upBytes: 0, downBytes: 0, frames: 0 };
  page.on('websocket', (socket) => {
    socket.on('framesent', ({ payload }) => {
      traffic.upBytes += frameBytes(payload) + MASK_BYTES;
      traffic.frames += 1;
    });
    socket.on('framereceived', ({ payload }) => {
      traffic.downBytes += frameBytes(payload);
      traffic.frames += 1;
    });
  });
  return traffic;
}

/**
 * The length of a frame without its mask.
 * @param {string | Buffer} payload
 */
export function frameBytes(payload) {
  const length = Buffer.byteLength(payload);
  return length + (length < 126 ? 2 : length < 65_536 ? 4 : 10);
}
