// A member of a room without a browser: the room's socket by hand, as far as a test needs it. It says text frames of up to
// 64 KiB and hears messages in one frame or several (RFC 6455 §5.2, §5.4), which is all that the protocol has.

import { createHash, randomBytes } from 'node:crypto';
import { request as requestPlainly } from 'node:http';
import { request as requestSecurely } from 'node:https';

const MAGIC = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
const CONTINUATION = 0x0;
const TEXT = 0x1;
const CLOSE = 0x8;
const PING = 0x9;
const PONG = 0xa;

/** One socket. Make one with {@link join}. */
export class Member {
  #socket;
  #unread = Buffer.alloc(0);
  /** What came of a message whose last frame has not. @type {Buffer[]} */
  #begun = [];
  #hear;
  /** @type {number | undefined} */
  #closedWith;
  /** @type {{ pings: number, bytes: Buffer } | undefined} */
  #shout;

  /**
   * @param {import('node:stream').Duplex} socket
   * @param {Buffer} head what came with the answer
   * @param {(message: any) => void} hear
   * @param {(code: number | undefined) => void} ended
   */
  constructor(socket, head, hear, ended) {
    this.#socket = socket;
    this.#hear = hear;
    socket.on('data', (bytes) => this.#take(bytes));
    socket.on('error', () => socket.destroy());
    socket.on('close', () => ended(this.#closedWith));
    this.#take(head);
  }

  /** @param {object} message */
  send(message) {
    this.#frame(TEXT, Buffer.from(JSON.stringify(message)));
  }

  leave() {
    this.#socket.destroy();
  }

  /** Reads nothing more, so that what is sent to it waits. */
  fallAsleep() {
    this.#socket.pause();
  }

  /**
   * So many WebSocket pings at once, as far as the network takes them. They are one write of what was made before, so
   * that shouting costs who hears it, and not the machine that both are on.
   * @param {number} pings
   */
  shout(pings) {
    if (this.#socket.writableNeedDrain || !this.#socket.writable) return;
    if (this.#shout?.pings !== pings) {
      const ping = frame(PING, Buffer.from('?'));
      this.#shout = { pings, bytes: Buffer.concat(Array(pings).fill(ping)) };
    }
    this.#socket.write(this.#shout.bytes);
  }

  /** @param {number} kind @param {Buffer} payload below 64 KiB */
  #frame(kind, payload) {
    this.#socket.write(frame(kind, payload));
  }

  /** @param {Buffer} bytes */
  #take(bytes) {
    this.#unread = Buffer.concat([this.#unread, bytes]);
    for (;;) {
      const length = this.#unread[1] & 0x7f;
      const head = length === 127 ? 10 : length === 126 ? 4 : 2;
      if (this.#unread.length < head) return;
      const size = length === 127 ? Number(this.#unread.readBigUInt64BE(2)) : length === 126 ? this.#unread.readUInt16BE(2) : length;
      if (this.#unread.length < head + size) return;
      const [kind, payload] = [this.#unread[0] & 0xf, this.#unread.subarray(head, head + size)];
      const isLast = (this.#unread[0] & 0x80) !== 0;
      this.#unread = this.#unread.subarray(head + size);
      if (kind === TEXT || kind === CONTINUATION) {
        this.#begun.push(payload);
        if (isLast) this.#hear(JSON.parse(Buffer.concat(this.#begun.splice(0)).toString()));
      }
      else if (kind === PING) this.#frame(PONG, payload);
      else if (kind === CLOSE) {
        this.#closedWith = payload.length >= 2 ? payload.readUInt16BE(0) : undefined;
        this.#socket.destroy();
      }
    }
  }
}

/** @param {number} kind @param {Buffer} payload below 64 KiB */
function frame(kind, payload) {
  const mask = randomBytes(4);
  const short = payload.length < 126;
  const head = Buffer.alloc(short ? 2 : 4);
  head[0] = 0x80 | kind;
  head[1] = 0x80 | (short ? payload.length : 126);
  if (!short) head.writeUInt16BE(payload.length, 2);
  return Buffer.concat([head, mask, payload.map((byte, i) => byte ^ mask[i % 4])]);
}

/**
 * Comes into a room and says hello.
 * @param {string} base such as `http://127.0.0.1:3000`
 * @param {string} code
 * @param {string | object} hello the host's token, or what there is to say
 * @param {(message: any) => void} hear
 * @param {{ cookie?: string, ended?: (code: number | undefined) => void }} [more] `ended` gets the close code, if there was one
 * @returns {Promise<Member>}
 */
export function join(base, code, hello, hear, { cookie, ended = () => {} } = {}) {
  const key = randomBytes(16).toString('base64');
  const request = base.startsWith('https:') ? requestSecurely : requestPlainly;
  return new Promise((resolve, reject) => {
    const upgrade = request(`${base}/ws/${code}`, {
      headers: {
        Connection: 'Upgrade', Upgrade: 'websocket', 'Sec-WebSocket-Version': '13', 'Sec-WebSocket-Key': key,
        'Sec-WebSocket-Protocol': 'tutti.v1', Origin: base, ...(cookie && { Cookie: cookie }),
      },
      // The servers of tests make their own certificates.
      rejectUnauthorized: false,
    });
    upgrade.on('error', reject);
    upgrade.on('response', ({ statusCode }) => reject(new Error(`the socket is refused with ${statusCode}`)));
    upgrade.on('upgrade', (response, socket, head) => {
      const accept = createHash('sha1').update(key + MAGIC).digest('base64');
      if (response.headers['sec-websocket-accept'] !== accept) return reject(new Error('no WebSocket server'));
      const member = new Member(socket, head, hear, ended);
      member.send({ t: 'HELLO', ...(typeof hello === 'string' ? { hostToken: hello } : hello) });
      resolve(member);
    });
    upgrade.end();
  });
}
