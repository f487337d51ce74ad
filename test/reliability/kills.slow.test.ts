import { appendFileSync, existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Random } from '../../src/random.js';
import { durabilityTrial, faultTrial, killTrial, type Trial } from './killTrials.js';
import { Stage } from './stage.js';
import { type WritingCommand, writingCommands } from './writingCommands.js';

/**
 * LESIONLAB_TRIALS: how many of each kind (default: 8), drawn by LESIONLAB_TRIALS_SEED (default: 0); LESIONLAB_TRIALS_ONLY: kinds and commands, such as
 * `kills` or `kills:train,organize`; LESIONLAB_TRIALS_PART: `3/8` does the third of eight parts of the same trials; LESIONLAB_TRIALS_LOG: a file to which
 * each trial is written as a line of JSON. docs/reliability.md has the figures.
 */
const {
  LESIONLAB_TRIALS,
  LESIONLAB_TRIALS_SEED,
  LESIONLAB_TRIALS_ONLY = '',
  LESIONLAB_TRIALS_PART = '1/1',
  LESIONLAB_TRIALS_LOG,
} = process.env;
const count = Number(LESIONLAB_TRIALS ?? 8);
const seed = Number(LESIONLAB_TRIALS_SEED ?? 0);
const [part, parts] = LESIONLAB_TRIALS_PART.split('/').map(Number);
const [onlyKind, onlyCommands] = LESIONLAB_TRIALS_ONLY.split(':');
const chosen = writingCommands.filter(
  ({ name }) => onlyCommands === undefined || onlyCommands.split(',').includes(name),
);
const page = resolve(import.meta.dirname, '../../dist/web/index.html');
const commands = chosen.filter(({ words }) => words[0] !== 'studio' || existsSync(page));

const stage = new Stage();
beforeAll(() => stage.prepare(commands.some(({ from }) => from === 'runs')));
afterAll(() => stage.remove());

/** Every command in turn, in an order of its own for each round; those that take long, as often as others. */
function draw(random: Random, number: number, among: readonly WritingCommand[]): WritingCommand[] {
  const drawn: WritingCommand[] = [];
  while (drawn.length < number) drawn.push(...random.shuffle([...among]));
  return drawn.slice(0, number);
}

async function trials(
  kind: string,
  number: number,
  trial: (command: WritingCommand, random: Random, i: number) => Promise<Trial>,
) {
  const random = new Random(seed, 'trials', kind);
  const wrong: string[] = [];
  let kills = 0;
  for (const [i, command] of draw(random, number, commands).entries()) {
    if (i % parts !== part - 1) continue;
    const found = await trial(command, new Random(seed, 'trial', kind, i), i);
    if (LESIONLAB_TRIALS_LOG) appendFileSync(LESIONLAB_TRIALS_LOG, `${JSON.stringify({ kind, ...found })}\n`);
    kills += found.kills;
    if (found.wrong.length > 0) wrong.push([found.command, ...found.what, ...found.wrong.slice(0, 8)].join('\n    '));
  }
  expect(wrong, `${number} ${kind}, seed ${seed}`).toEqual([]);
  return kills;
}

const faults = ['full', 'quota', 'read-only', 'no permission', 'broken', 'clock', 'suspended'] as const;
const wanted = (kind: string) => onlyKind === '' || onlyKind === kind;

describe.skipIf(process.platform === 'win32')('a command that writes', () => {
  const timeout = 120_000 + count * 90_000;
  it.skipIf(!wanted('kills'))(
    'is done again or goes on after kills, and gives what it gives undisturbed',
    async () => {
      const kills = await trials('kills', count, (command, random) =>
        killTrial(stage, command, random, { most: [1, 1, 2, 3][random.integer(4)] }),
      );
      expect(kills).toBeGreaterThan(count / parts / 2);
    },
    timeout,
  );
  it.skipIf(!wanted('power'))(
    'does so after a loss of power',
    async () => {
      await trials('power', count, (command, random, i) =>
        killTrial(stage, command, random, { most: 1, power: i % 2 === 0 ? 'synced' : 'names' }),
      );
    },
    timeout,
  );
  it.skipIf(!wanted('faults'))(
    'says what is wrong with a disk, and bears clocks that jump and being suspended',
    async () => {
      await trials('faults', count, (command, random, i) =>
        faultTrial(stage, command, random, faults[i % faults.length]),
      );
    },
    timeout,
  );
  it.skipIf(!wanted('durable'))(
    'has brought to the disk what it says it wrote',
    async () => {
      await trials('durable', count, (command) => durabilityTrial(stage, command));
    },
    timeout,
  );
});
