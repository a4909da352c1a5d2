// A program and all that it started, as Linux tells of them in /proc: stopped and woken together, as a laptop sleeps, and
// asked how much processor they used. Only for programs that the caller started itself.

import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';

/** How long a program may take to end in good order. */
const END_LIMIT_MS = 5_000;

/** Linux counts processor time in these, whatever the kernel's own tick is (`getconf CLK_TCK`). */
const TICKS_PER_SEC = 100;

/** @typedef {{ pid: number, parent: number, cpuSec: number, state: string }} Process */

/**
 * One line of `/proc/PID/stat`. The name in brackets may hold anything, brackets and spaces included.
 * @param {string} line
 * @returns {Process}
 */
export function parseStat(line) {
  const fields = line.slice(line.lastIndexOf(')') + 2).split(' ');
  const [user, system] = [Number(fields[11]), Number(fields[12])];
  return { pid: Number.parseInt(line, 10), parent: Number(fields[1]), cpuSec: (user + system) / TICKS_PER_SEC, state: fields[0] };
}

/**
 * The process and its descendants, parents first.
 * @param {number} root
 */
export function processTree(root) {
  const all = readdirSync('/proc').filter((name) => /^\d+$/.test(name)).flatMap(readStat);
  const found = all.filter(({ pid }) => pid === root);
  for (let i = 0; i < found.length; i++) found.push(...all.filter(({ parent }) => parent === found[i].pid));
  return found;
}

/**
 * Parents hear it before their children do, so that nobody starts another in between.
 * @param {number} root
 * @param {NodeJS.Signals} signal
 */
export function signalTree(root, signal) {
  for (const { pid } of processTree(root)) {
    try {
      process.kill(pid, signal);
    } catch {
      // It ended by itself.
    }
  }
}

/**
 * Ends a program in good order where it can, and all that it started in any case.
 * @param {import('node:child_process').ChildProcess} child
 */
export async function endTree(child) {
  if (!child.pid || child.exitCode !== null || child.signalCode !== null) return;
  const tree = processTree(child.pid).map(({ pid }) => pid);
  const gone = once(child, 'exit');
  signalTree(child.pid, 'SIGCONT');
  child.kill('SIGTERM');
  const impatience = setTimeout(() => signalTree(Number(child.pid), 'SIGKILL'), END_LIMIT_MS);
  await gone;
  clearTimeout(impatience);
  // What outlived its parent is still in the list, unless its number means somebody else by now.
  for (const { pid } of tree.flatMap((pid) => processTree(pid))) {
    if (tree.includes(pid)) signalTree(pid, 'SIGKILL');
  }
}

/**
 * Sees to it that a program does not outlive this one.
 * @param {import('node:child_process').ChildProcess} child
 * @returns {() => Promise<void>} ends it in good order
 */
export function tend(child) {
  const exitHook = () => signalTree(Number(child.pid), 'SIGKILL');
  process.once('exit', exitHook);
  return async () => {
    process.removeListener('exit', exitHook);
    await endTree(child);
  };
}

/**
 * Processor time that the process and its descendants that still run have used so far.
 * @param {number} root
 */
export function cpuSecOfTree(root) {
  return processTree(root).reduce((sum, { cpuSec }) => sum + cpuSec, 0);
}

/** Memory that a process holds. @param {number} pid */
export function residentKiB(pid) {
  return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
}

/** @param {string} pid @returns {Process[]} none when it ended meanwhile */
function readStat(pid) {
  try {
    return [parseStat(readFileSync(`/proc/${pid}/stat`, 'utf8'))];
  } catch {
    return [];
  }
}
