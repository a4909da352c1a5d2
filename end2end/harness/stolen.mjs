// How much of the processors was taken away by the host that this machine is a guest of. A browser that is held up so drops
// sound, and no figure of it tells of Tutti: the bench says when that happened.

import { readFileSync } from 'node:fs';

/** @typedef {{ stolen: number, all: number }} Ticks */

/**
 * Of /proc/stat (proc(5)): user, nice, system, idle, iowait, irq, softirq, steal.
 * @param {string} stat
 * @returns {Ticks}
 */
export function ticksOf(stat) {
  const ticks = /^cpu +(.*)$/m.exec(stat)?.[1].split(' ').slice(0, 8).map(Number) ?? [];
  return { stolen: ticks[7] ?? 0, all: ticks.reduce((sum, n) => sum + n, 0) };
}

/** More than this share of the processors is heard: dropped sound, late starts. */
const NOTEWORTHY = 0.03;

/** @param {number} share of the processors that the host took */
export function isNoteworthy(share) {
  return share > NOTEWORTHY;
}

/** @returns {Ticks} up to now */
export function ticks() {
  return ticksOf(readFileSync('/proc/stat', 'utf8'));
}

/** The share of the time between the two, 0 to 1. @param {Ticks} from @param {Ticks} to */
export function stolenShare(from, to) {
  return to.all > from.all ? (to.stolen - from.stolen) / (to.all - from.all) : 0;
}
