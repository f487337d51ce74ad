import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Corpus, writeCorpus } from './corpus.js';
import { fuzz } from './fuzz.js';

// README.md says what this is, and how to let it run for longer.
const seconds = Number(process.env.LESIONLAB_FUZZ_SECONDS ?? 0);
const seed = Number(process.env.LESIONLAB_FUZZ_SEED ?? 1);
const only = process.env.LESIONLAB_FUZZ_KINDS?.split(',');
const root = mkdtempSync(join(tmpdir(), 'lesionlab-fuzz-'));
const corpusFolder = join(root, 'corpus');
let corpus: Corpus;

beforeAll(async () => {
  process.env.LESIONLAB_CACHE = join(root, 'cache');
  corpus = await writeCorpus(corpusFolder, { whole: seconds > 0 });
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

it('every kind of file that is read is in the corpus', () => {
  expect(Object.keys(corpus).sort()).toEqual(
    [
      ...[
        'csv',
        'dataset json',
        'hdf5',
        'npz',
        'onnx',
        'onnxruntime',
        'pictures',
        'plan',
        'predictions',
        'pth',
        'recipe',
        'run',
        'safetensors',
        'yaml',
        'zip',
      ],
      ...['avif', 'bmp', 'dicom', 'jpeg', 'png', 'tiff', 'webp'].map((name) => `image ${name}`),
    ].sort(),
  );
});

it(
  'no changed file crashes, hangs, shows a stack trace, takes a gibibyte or writes elsewhere',
  async () => {
    const kinds = Object.fromEntries(Object.entries(corpus).filter(([kind]) => !only || only.includes(kind)));
    const log = seconds > 0 ? (line: string) => process.stderr.write(`${line}\n`) : undefined;
    const options = { corpusFolder, corpus: kinds, root, seed, milliseconds: 1000 * seconds, log };
    const result = await fuzz({ ...options, perRound: seconds > 0 ? 30 : 2 });
    if (process.env.LESIONLAB_FUZZ_REPORT)
      writeFileSync(process.env.LESIONLAB_FUZZ_REPORT, JSON.stringify(result, null, 1));
    expect(result.faults).toEqual([]);
    expect(result.peak).toBeLessThan(2 ** 30);
  },
  1000 * (seconds + 600),
);
