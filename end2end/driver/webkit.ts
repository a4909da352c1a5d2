// The driver for WebKitGTK, by WebKitWebDriver. Everybody has a process of their own, each window on a display
// of its own that nobody sees.

import { Key, Origin, type WebDriver, type WebElement } from 'selenium-webdriver';
import { startDisplay, type Display } from '../audible/display.mjs';
import { callInPage, navigate, startWebKit, type WebKit } from '../harness/webkit.mjs';
import type { Browser, Complaint } from './driver.ts';
import { HandledPage, type Hands } from './by_hand.ts';
import { startSoundCard, type SoundCard } from './sound_card.ts';

/** Nothing that a flow asks of a page takes this long. What was asked as a page went away is never answered; then it is asked again. */
const LIMITS_MS = { script: 3_000 };

/** What becomes of whatever a page was fetching when it is left, such as its WASM. */
const CUT_OFF = 'uncaught: Load failed';

const KEYS: Record<string, string> = { ArrowUp: Key.ARROW_UP, ArrowDown: Key.ARROW_DOWN, Backspace: Key.BACK_SPACE, Enter: Key.ENTER };

export function webkit(): Browser {
  const running: WebKit[] = [];
  const displays: Display[] = [];
  let card: SoundCard | undefined;
  return {
    async open() {
      card ??= await startSoundCard();
      const display = await startDisplay();
      displays.push(display);
      const started = await startWebKit({ ...card.envOf(running.length), ...display.env });
      running.push(started);
      await started.driver.manage().setTimeouts(LIMITS_MS);
      return new HandledPage('webkit', handsOf(started.driver));
    },
    async close() {
      for (const { close } of running.splice(0)) await close();
      for (const display of displays.splice(0)) await display.stop();
      await card?.stop();
      card = undefined;
    },
  };
}

/**
 * WebDriver tells nothing of the console, and runs nothing before the page's own code: from the first look at a document
 * on, the page keeps what it says itself.
 */
const OVERHEAR = `if (!window.overheard) {
  window.overheard = [];
  const hear = (text) => window.overheard.push(text);
  for (const level of ['warn', 'error']) {
    const say = console[level].bind(console);
    console[level] = (...words) => { hear(level + ': ' + words.join(' ')); say(...words); };
  }
  addEventListener('error', ({ message, target }) => { if (target === window) hear('uncaught: ' + message); });
  addEventListener('unhandledrejection', ({ reason }) => hear('uncaught: ' + (reason?.message ?? reason)));
  addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) => hear('blocked by ' + violatedDirective + ': ' + blockedURI));
}`;

function handsOf(driver: WebDriver): Hands {
  const said: Complaint[] = [];
  const evaluate = async <T>(expression: string) => {
    const { value, overheard } = await callInPage<{ value: T; overheard: string[] }>(
      driver,
      `await (async () => { ${OVERHEAR}; const value = await (${expression}); return { value, overheard: window.overheard.splice(0) }; })()`,
    );
    said.push(...overheard.filter((text) => text !== CUT_OFF).map((text) => ({ of: 'page' as const, text })));
    return value;
  };
  return {
    async goto(url) {
      await navigate(driver, () => driver.get(url));
      await evaluate('0');
    },
    async reload() {
      await navigate(driver, () => driver.navigate().refresh());
      await evaluate('0');
    },
    evaluate,
    touch: (x, y) => driver.actions().move({ x: Math.round(x), y: Math.round(y), origin: Origin.VIEWPORT }).click().perform(),
    type: async (text) => (await driver.switchTo().activeElement()).sendKeys(text),
    async key(name, control) {
      const key = KEYS[name] ?? name.toLowerCase();
      await (await driver.switchTo().activeElement()).sendKeys(control ? Key.chord(Key.CONTROL, key) : key);
    },
    async attach(field, path) {
      const element = await driver.executeScript<WebElement>(`return ${field}`);
      await element.sendKeys(path);
    },
    complaints: () => said.splice(0),
  };
}
