// All flows, in the order in which a newcomer would meet them. Those of `plainHttp` want a server of their own.

import { joining } from './joining.ts';
import { people } from './people.ts';
import { playing } from './playing.ts';
import { queue } from './queue.ts';
import type { Flows } from './stage.ts';
import { talking } from './talking.ts';
import { trouble } from './trouble.ts';
import { upload } from './upload.ts';

export { plainHttp } from './plain_http.ts';
export const flows: Flows = { ...joining, ...playing, ...queue, ...people, ...talking, ...upload, ...trouble };
