// Asks for known holes in what others wrote: RustSec's database by cargo-deny, npm's by `npm audit`. A hole fails. What
// cannot be asked, because the network does not lead there, is said in so many words and is no failure: whoever has no
// such network could not run the tests at all.
//
//   node supply/audit.mjs /path/to/cargo-deny      called by `make audit`

import { spawnSync } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const end2end = join(dirname(fileURLToPath(import.meta.url)), "..");
const root = join(end2end, "..");
const deny = process.argv[2] ?? "cargo-deny";

function run(command, args, cwd) {
  const { stdout, stderr, status, error } = spawnSync(command, args, { cwd, encoding: "utf8", timeout: 120_000 });
  return { status, text: `${stdout ?? ""}${stderr ?? ""}${error ?? ""}`, stdout: stdout ?? "" };
}

function firstLine(text, pattern) {
  return (text.split("\n").find((line) => pattern.test(line)) ?? text.split("\n")[0] ?? "").trim().slice(0, 160);
}

let holes = 0;

const config = ["--all-features", "--config", ".deny.toml"];
const fetched = run(deny, [...config, "fetch", "db"], root);
if (fetched.status === 0) {
  const advisories = run(deny, [...config, "check", "--disable-fetch", "advisories"], root);
  console.log(`crates: ${advisories.status === 0 ? "no known holes" : advisories.text}`);
  holes += advisories.status === 0 ? 0 : 1;
} else {
  console.log(`crates: NOT CHECKED, RustSec's database cannot be had: ${firstLine(fetched.text, /fatal|error/i)}`);
}

const audit = run("npm", ["audit", "--json"], end2end);
let answer = {};
try {
  answer = JSON.parse(audit.stdout);
} catch {
  // Said below.
}
const known = answer.metadata?.vulnerabilities;
if (known) {
  const some = known.total > 0;
  console.log(`npm: ${some ? `${known.total} known holes; npm audit tells of them` : "no known holes"}`);
  holes += some ? 1 : 0;
} else {
  const why = answer.message ?? answer.error?.summary ?? firstLine(audit.text, /audit|error/i);
  console.log(`npm: NOT CHECKED, the registry does not say: ${String(why).trim().slice(0, 160)}`);
}

process.exit(holes === 0 ? 0 : 1);
