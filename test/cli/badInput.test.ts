import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeSyntheticDataset } from '../../src/node/dataset/writeSyntheticDataset.js';
import { silentProgress } from '../../src/progress.js';
import { writeZip } from '../node/writeZip.js';
import { callCommandLine } from './callCommandLine.js';

const root = mkdtempSync(join(tmpdir(), 'lesionlab-bad-'));
const good = join(root, 'good');
const table = 'HAM10000_metadata.csv';
const parts = ['HAM10000_images_part_1', 'HAM10000_images_part_2'];
const tinyRecipe = '--preset demo --image-size 16 --epochs 1 --batch-size 4 --threads 1 --quiet'.split(' ');

beforeAll(async () => {
  process.env.LESIONLAB_CACHE = join(root, 'cache');
  await writeSyntheticDataset(good, { images: 140, size: [24, 18], progress: silentProgress });
  rmSync(join(good, 'HAM10000_segmentations_lesion_tschandl'), { recursive: true });
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

let copies = 0;
/** A copy of the good data that `damage` then breaks. */
function broken(damage: (folder: string) => void): string {
  const folder = join(root, `data-${++copies}`);
  cpSync(good, folder, { recursive: true });
  damage(folder);
  return folder;
}

const editTable = (folder: string, edit: (rows: string[]) => string[]) => {
  const path = join(folder, table);
  writeFileSync(path, `${edit(readFileSync(path, 'utf8').trimEnd().split('\n')).join('\n')}\n`);
};
const withCell = (row: string, column: number, value: string) => {
  const cells = row.split(',');
  cells[column] = value;
  return cells.join(',');
};
const cell = (row: string, column: number) => row.split(',')[column];
const [lesionColumn, imageColumn, dxColumn] = [0, 1, 2];
const goodRows = () => readFileSync(join(good, table), 'utf8').trimEnd().split('\n');
/** Path of an image inside the dataset's folder. */
const imagePath = (folder: string, imageId: string) =>
  parts.map((part) => join(folder, part, `${imageId}.jpg`)).find((path) => existsSync(path))!;

interface Case {
  readonly name: string;
  readonly damage: (folder: string) => void;
  readonly code: string;
  /** What the message must say, given the data folder. */
  readonly says: (folder: string) => string[];
  /** `explore` lists it and goes on. */
  readonly explorable?: boolean;
  /** Code that `explore` ends with, where it is another one. */
  readonly exploreCode?: string;
}

const badImage = 'SYN_0000005';
const imageFault = (folder: string) => [imagePath(folder, badImage), 'no readable image'];

const cases: Case[] = [
  {
    name: 'an empty folder',
    damage: (folder) => {
      for (const name of readdirSync(folder)) rmSync(join(folder, name), { recursive: true });
    },
    code: 'empty-folder',
    says: (folder) => [folder, 'empty'],
  },
  {
    name: 'no metadata',
    damage: (folder) => rmSync(join(folder, table)),
    code: 'no-metadata',
    says: (folder) => [folder, 'image_id and dx'],
  },
  {
    name: 'metadata without dx',
    damage: (folder) => editTable(folder, ([head, ...rows]) => [withCell(head, dxColumn, 'diagnosis'), ...rows]),
    code: 'no-dx-column',
    says: (folder) => [join(folder, table), 'no column dx', 'found lesion_id'],
  },
  {
    name: 'an unknown dx',
    damage: (folder) =>
      editTable(folder, (rows) => rows.map((row, i) => (i === 4 ? withCell(row, dxColumn, 'wart') : row))),
    code: 'unknown-diagnosis',
    says: (folder) => [join(folder, table), 'row 5', cell(goodRows()[4], imageColumn), '"wart"', 'akiec, bcc, bkl'],
  },
  {
    name: 'a duplicate image_id',
    // The whole row again would be one image that stands twice.
    damage: (folder) => editTable(folder, (rows) => [...rows, `${rows[6]} `.replace(/,[^,]*$/, ',elsewhere')]),
    code: 'duplicate-image-id',
    says: (folder) => [join(folder, table), 'row 142', 'row 7', cell(goodRows()[6], imageColumn)],
  },
  {
    name: 'a truncated zip',
    damage: (folder) => {
      const images = Object.fromEntries(
        readdirSync(join(folder, parts[1])).map((name) => [name, readFileSync(join(folder, parts[1], name))]),
      );
      rmSync(join(folder, parts[1]), { recursive: true });
      const zip = join(folder, `${parts[1]}.zip`);
      writeZip(zip, images, { store: true });
      writeFileSync(zip, readFileSync(zip).subarray(0, 9000));
    },
    code: 'unreadable-zip',
    says: (folder) => [join(folder, `${parts[1]}.zip`), '9000 bytes'],
  },
  {
    name: 'a corrupt JPEG',
    damage: (folder) => {
      const path = imagePath(folder, badImage);
      const bytes = readFileSync(path);
      writeFileSync(path, bytes.subarray(0, bytes.length - 60));
    },
    code: 'unusable-images',
    says: imageFault,
    explorable: true,
  },
  {
    name: 'a text file named .jpg',
    damage: (folder) => writeFileSync(imagePath(folder, badImage), 'These are words.'),
    code: 'unusable-images',
    says: imageFault,
    explorable: true,
  },
  {
    name: 'no image for half of the rows',
    damage: (folder) => {
      for (const row of goodRows().slice(1, 71)) rmSync(imagePath(folder, cell(row, imageColumn)));
    },
    code: 'unusable-images',
    says: (folder) => ['70 of 140 images', join(folder, table), 'row 2', cell(goodRows()[1], imageColumn)],
    explorable: true,
  },
  {
    name: 'no image for any row',
    damage: (folder) => {
      for (const [i, row] of goodRows().slice(1).entries())
        renameSync(imagePath(folder, cell(row, imageColumn)), join(folder, parts[0], `photo${i}.jpg`));
    },
    code: 'unusable-images',
    exploreCode: 'no-usable-images',
    says: (folder) => ['140 images', join(folder, table), 'row 2', 'other names: photo0'],
  },
  {
    name: 'a class with fewer lesions than splits',
    damage: (folder) =>
      editTable(folder, (rows) => {
        const kept = new Set(
          rows
            .filter((row) => cell(row, dxColumn) === 'df')
            .map((row) => cell(row, lesionColumn))
            .slice(0, 1),
        );
        return rows.filter((row) => cell(row, dxColumn) !== 'df' || kept.has(cell(row, lesionColumn)));
      }),
    code: 'too-few-lesions',
    says: (folder) => [join(folder, table), 'class df has 1 lesion', 'at least 3'],
    explorable: true,
  },
];

describe.each(cases)('$name', ({ damage, code, exploreCode, says, explorable }) => {
  let data: string | undefined;
  it.each(['explore', 'split', 'train', 'run'])('%s', async (command) => {
    data ??= broken(damage);
    const out = join(root, `out-${command}-${copies}`);
    const own: Record<string, string[]> = { explore: ['--out', out], split: ['--audit', '--out', out] };
    const more = own[command] ?? ['--run', out, ...tinyRecipe];
    const call = await callCommandLine([command, data, ...more, '--json']);
    if (command === 'explore' && explorable) {
      expect(call.status, call.stderr).toBe(0);
      expect(call.json()).toMatchObject({ audit: { rows: expect.any(Number) } });
      return;
    }
    expect(call.status, call.stderr).toBe(3);
    const { error } = call.json<{ error: { code: string; message: string; hint: string } }>();
    expect(error.code).toBe(command === 'explore' ? (exploreCode ?? code) : code);
    for (const part of says(data)) {
      expect(error.message).toContain(part);
      expect(call.stderr).toContain(part);
    }
    expect(error.hint.length).toBeGreaterThan(10);
    expect(call.stderr).toContain(error.hint);
    // Nothing half-written: not even the folder.
    expect(existsSync(out)).toBe(false);
  });
});

describe('--exclude-unusable', () => {
  it('goes on without a corrupt JPEG and a text file, and lists them', async () => {
    const other = 'SYN_0000040';
    const data = broken((folder) => {
      writeFileSync(imagePath(folder, badImage), 'These are words.');
      const path = imagePath(folder, other);
      writeFileSync(path, readFileSync(path).subarray(0, 100));
    });
    const run = join(root, 'excluded');
    const refused = await callCommandLine(['train', data, '--run', run, ...tinyRecipe]);
    expect(refused.status).toBe(3);
    for (const id of [badImage, other]) expect(refused.stderr).toContain(id);

    const call = await callCommandLine(['train', data, '--run', run, ...tinyRecipe, '--exclude-unusable']);
    expect(call.status, call.stderr).toBe(0);
    expect(call.stdout).toMatch(/Left out as unusable: 2 images: SYN_\d+, SYN_\d+\./);
    const { excluded, images } = JSON.parse(readFileSync(join(run, 'config.json'), 'utf8')).data;
    expect(excluded.sort()).toEqual([badImage, other]);
    expect(images).toBe(138);
    const rows = readFileSync(join(run, 'splits.csv'), 'utf8');
    for (const id of [badImage, other]) expect(rows).not.toContain(id);

    // A resumed run leaves the same images out without being told again.
    const resumed = await callCommandLine(['train', data, '--run', run, '--resume', '--json', '--quiet']);
    expect(resumed.status, resumed.stderr).toBe(0);
    expect(resumed.json<{ excluded: string[] }>().excluded.sort()).toEqual([badImage, other]);
    const split = (...more: string[]) => callCommandLine(['split', data, '--out', join(root, 'sx'), '--json', ...more]);
    const audited = await split('--exclude-unusable', '--audit');
    expect(audited.json<{ excluded: string[] }>().excluded.sort()).toEqual([badImage, other]);
    // Damage is only found by decoding, which a split alone does not.
    expect((await split()).json<{ excluded: string[] }>().excluded).toEqual([]);
    expect((await split('--audit')).status).toBe(3);
  });
});

describe('run folders', () => {
  const run = join(root, 'run');
  const train = (...more: string[]) => callCommandLine(['train', good, '--run', run, ...more]);
  beforeAll(async () => {
    const call = await train(...tinyRecipe);
    expect(call.status, call.stderr).toBe(0);
  });

  it('cannot lie below a file, be a file, or be in use', async () => {
    const file = join(root, 'a-file');
    const used = join(root, 'used');
    writeFileSync(file, '');
    mkdirSync(used);
    writeFileSync(join(used, 'thesis.docx'), '');
    for (const [command, folder] of [
      ['train', join(file, 'below')],
      ['run', file],
      ['train', used],
      ['run', run],
    ]) {
      const call = await callCommandLine([command, good, '--run', folder, ...tinyRecipe, '--json']);
      expect(call.status, folder).toBe(4);
      expect(call.json()).toMatchObject({ error: { message: expect.stringContaining(folder) } });
    }
    for (const flag of ['--overwrite', '--resume'])
      expect((await callCommandLine(['run', good, '--run', used, flag, ...tinyRecipe])).status).toBe(4);
    expect(readdirSync(used)).toEqual(['thesis.docx']);
    const both = await train('--resume', '--overwrite');
    expect(both.status).toBe(2);
  });

  it.each(['evaluate', 'explain', 'report', 'export'])('%s says that a folder is no run', async (command) => {
    // A table is somebody's predictions to `evaluate`.
    const tables = command === 'evaluate' ? [] : [join(good, table)];
    for (const folder of [good, join(root, 'nowhere'), ...tables]) {
      const call = await callCommandLine([command, folder, '--json']);
      expect(call.status, folder).toBe(4);
      expect(call.json()).toMatchObject({
        error: { message: expect.stringContaining(folder), hint: expect.stringContaining('run') },
      });
    }
  });

  it('predict says that a folder is no run', async () => {
    const call = await callCommandLine(['predict', good, join(good, parts[0]), '--json']);
    expect(call.status).toBe(4);
    expect(call.json()).toMatchObject({ error: { message: expect.stringContaining(good) } });
  });

  it('names a truncated checkpoint, and a truncated state when it is resumed', async () => {
    const copy = join(root, 'truncated');
    cpSync(run, copy, { recursive: true });
    for (const name of ['best', 'last', 'state']) {
      const path = join(copy, 'checkpoints', `${name}.safetensors`);
      const bytes = readFileSync(path);
      writeFileSync(path, bytes.subarray(0, bytes.length - 50));
    }
    const before = readdirSync(copy).sort();
    for (const command of [['evaluate'], ['explain'], ['export'], ['predict', join(good, parts[0])]]) {
      const [name, ...more] = command;
      const call = await callCommandLine([name, copy, ...more, '--json', '--quiet']);
      expect(call.status, name).toBe(4);
      expect(call.json()).toMatchObject({
        error: { message: expect.stringContaining(join(copy, 'checkpoints', 'best.safetensors')) },
      });
    }
    expect(readdirSync(copy).sort()).toEqual(before);
    const resumed = await callCommandLine(['train', good, '--run', copy, '--resume', '--json', '--quiet']);
    expect(resumed.status).toBe(4);
    expect(resumed.json()).toMatchObject({
      error: {
        message: expect.stringContaining(join(copy, 'checkpoints', 'state.safetensors')),
        hint: expect.stringContaining('--overwrite'),
      },
    });
  });

  it.each([
    [['--epochs', '3'], 'epochs (asked for: 3, the run has: 1)'],
    [['--learning-rate', '0.5'], 'learningRate'],
    [['--preset', 'lenet'], 'preset (asked for: lenet, the run has: demo)'],
    [['--seed', '4'], 'seed (asked for: 4, the run has: 0)'],
    [['--limit', '100'], 'limit (asked for: 100, the run has: none)'],
    [['--weights', 'other.safetensors'], 'weights'],
  ])('is not resumed with %j', async (changed, message) => {
    const before = readFileSync(join(run, 'config.json'));
    const call = await train('--resume', '--quiet', ...changed);
    expect(call.status).toBe(2);
    expect(call.stderr).toContain(message);
    expect(readFileSync(join(run, 'config.json'))).toEqual(before);
  });

  it('is not resumed with other data', async () => {
    const data = broken((folder) => editTable(folder, (rows) => rows.slice(0, -1)));
    const call = await callCommandLine(['train', data, '--run', run, '--resume', '--quiet']);
    expect(call.status).toBe(3);
    expect(call.stderr).toContain('not what the run was trained on');
    expect(call.stderr).toContain(cell(goodRows().at(-1)!, imageColumn));
  });

  it('keeps its configuration when it is resumed, and may be named with the settings that it has', async () => {
    const before = JSON.parse(readFileSync(join(run, 'config.json'), 'utf8'));
    expect(await train('--resume', ...tinyRecipe)).toMatchObject({ status: 0 });
    expect(JSON.parse(readFileSync(join(run, 'config.json'), 'utf8'))).toEqual(before);
  });
});

describe('settings that cannot work', () => {
  it.each([
    [['--model', 'vgg'], 2, 'no model "vgg"'],
    [['--preset', 'perfect'], 2, 'no preset "perfect"'],
    [['--preset', 'best'], 2, 'imageSize: EfficientNet-Lite1 needs images of at least 32 pixels, found 16'],
    [['--weights', '/nowhere/weights.safetensors'], 4, '/nowhere/weights.safetensors'],
    [['--weights', join(good, table)], 4, table],
    [['--batch-size', '200'], 2, 'train split has'],
  ])('%j', async (settings, status, message) => {
    const out = join(root, 'never');
    const recipe = ['--image-size', '16', '--threads', '1', '--quiet'];
    const call = await callCommandLine(['train', good, '--run', out, ...recipe, ...settings]);
    expect(call.status).toBe(status);
    expect(call.stderr).toContain(message);
    expect(existsSync(out)).toBe(false);
  });
});
