// One process that takes mutated files of a corpus, one after the other, and says which it is at: whoever started it sees a crash, a hang, and what
// memory it came to. Arguments: the corpus, a folder of its own, the seed, the module with the targets; the inputs come as JSON, each a [kind, index of
// the file, number].
import { mkdirSync, readdirSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { basename, join } from 'node:path';
import { mutateImage } from './imageMutations.mjs';
import { mutateBytes, mutateJson } from './mutations.mjs';

const [corpus, root, seedText, module] = process.argv.slice(2);
const inputs = JSON.parse(readFileSync(0, 'utf8'));
const files = JSON.parse(readFileSync(join(corpus, 'index.json'), 'utf8'));
const own = { work: join(root, 'work'), cache: join(root, 'cache'), temporary: join(root, 'tmp') };
for (const folder of Object.values(own)) mkdirSync(folder, { recursive: true });
process.env.LESIONLAB_CACHE = own.cache;
process.env.TMPDIR = own.temporary;
process.chdir(own.temporary);

const { targets } = await import(module);
const say = (line) => writeSync(1, `${JSON.stringify(line)}\n`);

/** A place of its own for each input: what lies beside it must stay as it was. */
function makeWork() {
  rmSync(own.work, { recursive: true, force: true });
  mkdirSync(own.work, { recursive: true });
  return own.work;
}

/** What must not change: everything beside the folder that commands were told to write into. */
const beside = () => [...readdirSync(root), ...readdirSync(corpus), ...readdirSync(own.temporary)].join('\n');

say({ ready: process.memoryUsage().rss });
let before = beside();
for (const [kind, index, number] of inputs) {
  const file = files[kind][index];
  // The same input comes of the same seed, whatever else is tried.
  const seed = (Number(seedText) * 1_000_003 + number * 7919 + index) | 0;
  say({ kind, file: file.path, number });
  const original = readFileSync(join(corpus, file.folder, file.run ?? '', file.path));
  const isJson = /\.jsonl?$/.test(file.path);
  // Not by the number itself, which says the file: every reader has its turn with every file.
  const draw = Math.imul(number + 1, 0x9e3779b1) >>> 8;
  const asJson = isJson && (draw >>> 12) % 4 !== 0;
  const isImage = /\.(jpe?g|png)$/i.test(file.path);
  const bytes = asJson
    ? mutateJson(original, seed, file.path.endsWith('l'))
    : (isImage ? mutateImage : mutateBytes)(original, seed);
  const place = { ...file, folder: join(corpus, file.folder), work: makeWork() };
  const began = process.hrtime.bigint();
  let fault;
  let taken = false;
  try {
    // Commands say whether they did what they were asked.
    taken = (await targets[kind]({ bytes, name: basename(file.path), place, draw })) !== false;
  } catch (error) {
    if (error?.name !== 'LesionlabError') fault = error instanceof Error ? error.stack : String(error);
  }
  const after = beside();
  if (after !== before)
    fault ??= `files outside: ${after.split('\n').filter((name) => !before.split('\n').includes(name))}`;
  before = after;
  const milliseconds = Number((process.hrtime.bigint() - began) / 1_000_000n);
  say({ done: { taken, fault, milliseconds, peak: process.resourceUsage().maxRSS * 1024 } });
}
process.exit(0);
