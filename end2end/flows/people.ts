// Who may do what, given and taken: DJs, the door, the room handed over, and what the host lets everybody do.

import assert from 'node:assert/strict';
import { SONGS } from '../harness/music.mjs';
import { add, hasControls, hasNoControls, inStep, make, play, rowOf, set, WHO } from './room.ts';
import { forgiveNetwork, gather, type Flows } from './stage.ts';
import { untilAttribute, untilCount, untilShown } from './until.ts';

export const people: Flows = {
  'a listener becomes a DJ and plays, and is a listener again': async (stage) => {
    const { host, ada, ben } = stage;
    await gather(stage);
    await make(host, 'Ada', 'dj');
    await untilAttribute(ben, rowOf('Ada'), 'data-role', 'dj');
    await hasControls(ada);
    await play(ada, SONGS.flac.title);
    await inStep(host, ada, ben);
    for (const page of [host, ada]) await untilShown(page, { id: 'member-health', within: rowOf('Ben') });
    await make(host, 'Ada', 'listener');
    await hasNoControls(ada);
    await untilCount(ada, 'member-health', 0);
  },

  'who is removed is told so, and kept out': async (stage) => {
    const { host, ada, ben } = stage;
    const { code, link } = await gather(stage);
    await host.click({ id: 'member-choices', within: rowOf('Ada') });
    await host.click('remove-member');
    await host.click('confirm');
    await untilAttribute(ada, 'ended', 'data-reason', '4403');
    for (const page of [host, ben]) await untilCount(page, rowOf('Ada'), 0);
    await ada.goto(link);
    await untilCount(ada, 'volume', 0);
    assert.equal(await ada.evaluate(`fetch('/api/rooms/${code}/clients').then((answer) => answer.status)`), 403);
    await untilCount(host, 'member', 2);
    forgiveNetwork(ada);
  },

  'a room is handed over, and stays so over a reload': async (stage) => {
    const { host, ada, ben } = stage;
    await gather(stage);
    await host.click({ id: 'member-choices', within: rowOf('Ada') });
    await host.click('hand-over');
    await host.click('confirm');
    for (const page of [host, ada, ben]) {
      await untilAttribute(page, rowOf('Ada'), 'data-role', 'host');
      await untilAttribute(page, rowOf('Hanna'), 'data-role', 'dj');
    }
    await Promise.all([host.reload(), ada.reload()]);
    await untilCount(ada, 'member', 3);
    await make(ada, 'Ben', 'dj');
    await hasControls(ben);
    await untilCount(host, 'room-settings', 0);
  },

  'the host lets everybody add, then control, and takes it back': async (stage) => {
    const { host, ada, ben } = stage;
    await gather(stage);
    await untilCount(ada, 'track-add', 0);
    await set(host, () => host.choose('who-adds', WHO.everyone));
    await add(ada, SONGS.opus.title);
    await untilCount(host, 'queue-entry', 1);
    await untilShown(ada, 'upload');
    await hasNoControls(ada);

    await set(host, () => host.choose('who-controls', WHO.everyone));
    await hasControls(ada);
    await play(ben, SONGS.flac.title);
    await inStep(host, ada, ben);
    await set(host, () => host.choose('who-controls', WHO.host));
    await hasNoControls(ada);
    await hasNoControls(ben);
    await hasControls(host);
  },
};
