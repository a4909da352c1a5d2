// The ways into a room: its code, its link, its PIN; and coming back.

import assert from 'node:assert/strict';
import { SONGS } from '../harness/music.mjs';
import { atTheRoomsPlace, hasControls, hasNoControls, inStep, make, play, rowOf, showTrack } from './room.ts';
import { codeOf, forgiveNetwork, gather, openRoom, type Flows } from './stage.ts';
import { untilAttribute, untilCount, untilShown } from './until.ts';

export const joining: Flows = {
  'a room is opened in one press, and joined by its code as people type it and by its link': async ({ server, host, ada, ben }) => {
    const code = await openRoom(host, server.url);
    await ada.goto(server.url);
    await ada.fill('join-code', `${code.slice(0, 3)} ${code.slice(3)}`.toLowerCase());
    await ada.click('join');
    assert.equal(await codeOf(ada), code);
    await ben.goto(`${server.url}/r/${code}`);
    for (const page of [host, ada, ben]) await untilCount(page, 'member', 3);
    const [field] = await untilShown(host, 'share-link');
    assert.equal(field.value, `${server.url}/r/${code}`);
    await hasControls(host);
    await hasNoControls(ada);
  },

  'a room with a PIN lets in who knows it, and remembers them': async ({ server, host, ada }) => {
    await host.goto(server.url);
    await host.click('create-more');
    await host.fill('create-pin', '4711');
    await host.click('create-room');
    const link = `${server.url}/r/${await codeOf(host)}`;
    await ada.goto(link);
    await ada.fill('pin', '0000');
    await ada.click('enter-pin');
    await untilAttribute(ada, 'pin', 'aria-invalid', 'true');
    await ada.fill('pin', '4711');
    await ada.click('enter-pin');
    for (const page of [host, ada]) await untilCount(page, 'member', 2);
    await ada.reload();
    await untilCount(ada, 'member', 2);
    // That it was no page, and then no PIN, the browser tells, too.
    forgiveNetwork(ada);
  },

  'who reloads in the middle of a track has the same place, name and role': async (stage) => {
    const { host, ada, ben } = stage;
    const room = await gather(stage);
    await make(host, 'Ada', 'dj');
    await play(host, SONGS.opus.title);
    await inStep(host, ada, ben);
    await Promise.all([host, ada, ben].map((page) => page.reload()));
    for (const page of [host, ada, ben]) {
      await untilCount(page, 'member', 3);
      for (const [name, role] of [['Hanna', 'host'], ['Ada', 'dj'], ['Ben', 'listener']]) await untilAttribute(page, rowOf(name), 'data-role', role);
    }
    await inStep(host, ada, ben);
    await showTrack(SONGS.opus.title, host, ada, ben);
    await atTheRoomsPlace(room, host, ada, ben);
    await hasControls(host);
    await hasControls(ada);
    await hasNoControls(ben);
  },
};
