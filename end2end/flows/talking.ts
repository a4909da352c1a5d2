// The chat, and reactions.

import { gather, type Flows } from './stage.ts';
import { untilSeen, untilTexts } from './until.ts';

export const talking: Flows = {
  'a line of the chat is read by everybody as it was typed, and by who comes later': async (stage) => {
    const { host, ada, ben } = stage;
    await gather(stage);
    const line = 'Is <b>this</b> loud enough? https://example.org/a';
    await ada.fill('chat-input', line);
    await ada.press('chat-input', 'Enter');
    for (const page of [host, ada, ben]) await untilTexts(page, 'chat-text', [line]);
    await untilTexts(ben, 'chat-line', [`Ada`]);
    await ben.reload();
    await untilTexts(ben, 'chat-text', [line]);
  },

  'a reaction is seen by everybody, and goes': async (stage) => {
    const { host, ada, ben } = stage;
    await gather(stage);
    const { text: emoji } = (await ada.see({ id: 'react', nth: 0 }))[0];
    await ada.click({ id: 'react', nth: 0 });
    await Promise.all([host, ada, ben].map((page) => untilTexts(page, 'reactions-layer', [emoji])));
    for (const page of [host, ada, ben]) await untilSeen(page, 'reactions-layer', ([layer]) => layer.text === '', 'empty');
  },
};
