// Most rooms are plain http on a home network, where browsers give a page less: no Wake Lock, no clipboard, no isolation,
// and no cookie that is marked Secure. Played on a server that is reached at an address that is not localhost.

import assert from 'node:assert/strict';
import { SONGS } from '../harness/music.mjs';
import { add, atTheRoomsPlace, hasControls, hasNoControls, inStep, make, play, rowOf } from './room.ts';
import { gather, type Flows } from './stage.ts';
import { until, untilAttribute, untilCount } from './until.ts';

export const plainHttp: Flows = {
  'in a home network without TLS people join, play, copy the link and come back as who they were': async (stage) => {
    const { host, ada, ben } = stage;
    const room = await gather(stage);
    const given = await ada.evaluate('({ secure: isSecureContext, isolated: crossOriginIsolated, wakeLock: "wakeLock" in navigator, clipboard: "clipboard" in navigator })');
    assert.deepEqual(given, { secure: false, isolated: false, wakeLock: false, clipboard: false });

    await make(host, 'Ada', 'dj');
    await play(ada, SONGS.flac.title);
    await inStep(host, ada, ben);
    await atTheRoomsPlace(room, host, ada, ben);

    // What was copied is what can be pasted.
    await ada.click('copy-link');
    await until(async () => assert.notEqual((await ada.see('notices'))[0].text, ''));
    await ada.fill('chat-input', '');
    await ada.press('chat-input', 'Control+V');
    await until(async () => assert.equal((await ada.see('chat-input'))[0].value, room.link));

    await Promise.all([host, ada, ben].map((page) => page.reload()));
    for (const page of [host, ada, ben]) await untilCount(page, 'member', 3);
    for (const [name, role] of [['Hanna', 'host'], ['Ada', 'dj'], ['Ben', 'listener']]) await untilAttribute(ben, rowOf(name), 'data-role', role);
    await hasControls(host);
    await hasControls(ada);
    await hasNoControls(ben);
    await inStep(host, ada, ben);
    await atTheRoomsPlace(room, host, ada, ben);
    await add(host, SONGS.opus.title);
    await host.click('next');
    await inStep(host, ada, ben);
  },
};
