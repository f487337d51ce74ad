import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What the fuzzer must notice, a kind each. */
export const targets = {
  'stack trace': ({ bytes }) => bytes.nothing.here,
  crash: () => process.abort(),
  exit: () => process.exit(0),
  hang: () => {
    for (;;);
  },
  memory: () => Buffer.alloc(1.1 * 2 ** 30, 1).length,
  outside: ({ place }) => writeFileSync(join(place.work, '..', 'elsewhere.txt'), ''),
  fine: () => {},
};
