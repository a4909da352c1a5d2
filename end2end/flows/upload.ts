// Adding music of one's own.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheDir } from '../harness/places.mjs';
import { wavFile } from '../harness/wav.mjs';
import { add, inStep, play } from './room.ts';
import { gather, type Flows } from './stage.ts';
import { untilAttribute, untilTexts } from './until.ts';

/** Another song at every run: what the library has already would be a different flow. */
const TITLE = `Gravel Path ${Date.now() % 100_000}`;

export const upload: Flows = {
  'what the host uploads is in the library of everybody, and plays': async (stage) => {
    const { host, ada, ben } = stage;
    await gather(stage);
    const file = join(cacheDir('uploads'), `${TITLE}.wav`);
    writeFileSync(file, wavFile(TITLE, 30));
    await host.attach('upload', file);
    await untilAttribute(host, { id: 'upload-line', text: TITLE }, 'data-state', 'done');
    await ada.fill('library-search', TITLE);
    await untilTexts(ada, 'track', [TITLE]);
    await add(host, TITLE);
    await untilTexts(ben, 'queue-entry', [TITLE]);
    await play(host, TITLE);
    await inStep(host, ada, ben);
  },
};
