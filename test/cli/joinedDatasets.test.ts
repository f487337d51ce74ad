import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeSyntheticDataset } from '../../src/node/dataset/writeSyntheticDataset.js';
import { silentProgress } from '../../src/progress.js';
import { callCommandLine } from './callCommandLine.js';

const root = mkdtempSync(join(tmpdir(), 'lesionlab-joined-'));
const [first, second] = [join(root, 'ham'), join(root, 'challenge')];
const tinyRecipe = '--model lenet --image-size 16 --epochs 1 --batch-size 4 --threads 1 --quiet'.split(' ');
const out = (name: string) => join(root, 'out', name);
const columns = ['MEL', 'NV', 'BCC', 'AK', 'BKL', 'DF', 'VASC', 'SCC', 'UNK'];
/** Pictures of the second dataset that are files of the first, by their id there. */
const copies = new Map<string, string>();

const rowsOf = (path: string) =>
  readFileSync(path, 'utf8')
    .trimEnd()
    .split('\n')
    .slice(1)
    .map((row) => row.split(','));
const filesOf = (folder: string) =>
  new Map(
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.jpg'))
      .map((name) => [name.replace(/^.*[\\/]|\.jpg$/g, ''), join(folder, name)]),
  );
const splitOf = (folder: string) =>
  new Map(rowsOf(join(folder, 'splits.csv')).map((row) => [row[0], { row, split: row.at(-1) }]));

/** HAM10000's layout beside ISIC 2019's: other images under the same ids, three files of the first under ids of the second, akiec told further. */
beforeAll(async () => {
  process.env.LESIONLAB_CACHE = join(root, 'cache');
  await writeSyntheticDataset(first, { images: 160, size: [24, 18], seed: 1, progress: silentProgress });
  await writeSyntheticDataset(second, { images: 160, size: [24, 18], seed: 2, progress: silentProgress });
  rmSync(join(second, 'SYNTHETIC.txt'));
  const table = join(second, 'HAM10000_metadata.csv');
  const rows = rowsOf(table).filter(([, , dx]) => dx === 'mel' || dx === 'akiec' || dx === 'nv');
  let akiec = 0;
  const lines = rows.map(([, id, dx]) => {
    const name = dx === 'akiec' ? (akiec++ % 2 === 0 ? 'AK' : 'SCC') : dx.toUpperCase();
    return [id, ...columns.map((column) => (column === name ? '1.0' : '0.0'))].join(',');
  });
  rmSync(table);
  writeFileSync(
    join(second, 'ISIC_2019_Training_GroundTruth.csv'),
    [['image', ...columns].join(','), ...lines, ''].join('\n'),
  );
  const [from, to] = [filesOf(first), filesOf(second)];
  const dxOf = new Map(rowsOf(join(first, 'HAM10000_metadata.csv')).map(([, id, dx]) => [id, dx]));
  for (const [, id, dx] of rows) {
    if (copies.size === 3) break;
    if (dx !== 'nv') continue;
    const own = [...from.keys()].find(
      (known) => known !== id && dxOf.get(known) === 'nv' && ![...copies.values()].includes(known),
    )!;
    copyFileSync(from.get(own)!, to.get(id)!);
    copies.set(id, own);
  }
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe('several datasets', () => {
  it('are split as one: colliding ids, files that are the same, classes, and what the source gives away', async () => {
    const { status, stdout } = await callCommandLine(['split', first, second, '--out', out('a'), '--quiet']);
    expect(status).toBe(0);
    expect(stdout).toContain('ids that others have too, now ham10000__');
    expect(stdout).toContain('ham10000 akiec -> akscc (17)');
    expect(stdout).toContain('isic2019 scc -> akscc (8)');
    expect(stdout).toMatch(/isic2019 +17 +0 +0 +0 +18 +56 +0/);
    expect(stdout).toMatch(/identical files +0 of 3/);
    const splits = splitOf(out('a'));
    // The name of the dataset is in front only of ids that both have.
    const sideOf = (source: string, id: string) => (splits.get(`${source}__${id}`) ?? splits.get(id))!.row.at(-2);
    expect(copies.size).toBe(3);
    for (const [there, here] of copies) expect(sideOf('isic2019', there)).toBe(sideOf('ham10000', here));
  });

  it('are trained on some and tested on others; moved data is named with what to do', async () => {
    const asked = ['--test-on', 'isic2019', ...tinyRecipe];
    expect((await callCommandLine(['run', first, second, '--run', out('run'), ...asked])).status).toBe(0);
    const sides = [...splitOf(out('run')).values()].map(({ row }) => row.slice(-2).join(' '));
    expect(sides.filter((side) => side === 'test isic2019')).toHaveLength(91);
    expect(new Set(sides)).toEqual(new Set(['train ham10000', 'validation ham10000', 'test isic2019']));
    const left = JSON.parse(readFileSync(join(out('run'), 'splits.json'), 'utf8')).proof.identical;
    expect(left).toEqual({ groups: 0, onTwoSides: 0 });
    renameSync(second, `${second}-moved`);
    const moved = await callCommandLine(['evaluate', out('run'), '--quiet']);
    expect(moved.status).toBe(3);
    expect(moved.stderr).toContain(`is not at ${second} any more`);
    expect(moved.stderr).toContain('by --data <folder> once for each');
  });

  it('are evaluated where they lie now: each is named, or the folder that all were moved into', async () => {
    const evaluate = (...data: string[]) =>
      callCommandLine(['evaluate', out('run'), '--quiet', '--json', ...data.flatMap((place) => ['--data', place])]);
    const each = await evaluate(first, `${second}-moved`);
    expect(each.stderr).toBe('');
    expect(JSON.parse(each.stdout).checkpoint).toBeTruthy();
    const wrong = await evaluate(first, `${second}-moved`, root);
    expect(wrong.status).toBe(2);
    expect(wrong.stderr).toContain('The run was trained on 2 datasets');
    expect(wrong.stderr).toContain('in the order of the training');
    expect((await evaluate(`${second}-moved`, first)).status).toBe(3);
    renameSync(`${second}-moved`, second);
    const disk = join(root, 'disk');
    mkdirSync(disk);
    for (const folder of [first, second]) renameSync(folder, join(disk, basename(folder)));
    const above = await evaluate(disk);
    expect(JSON.parse(above.stdout).accuracy).toBe(JSON.parse(each.stdout).accuracy);
    const named = await callCommandLine(['evaluate', out('run'), '--data', disk, '--name', 'other', '--quiet']);
    expect(named.stderr).toContain("names where the run's own data lies now");
    for (const folder of [first, second]) renameSync(join(disk, basename(folder)), folder);
  });

  it('leak where images are in both: refused by an official split, mended by choice, and a dataset that is all in another can’t be tested on', async () => {
    // A copy of the first whose test table has three pictures of its training table.
    const [a, b] = [join(root, 'a'), join(root, 'b')];
    const rows = rowsOf(join(first, 'HAM10000_metadata.csv')).filter(([, , dx]) => dx === 'mel' || dx === 'nv');
    const files = filesOf(first);
    const head = readFileSync(join(first, 'HAM10000_metadata.csv'), 'utf8').split('\n')[0];
    const put = (folder: string, some: string[][], rename = (id: string) => id) => {
      mkdirSync(folder);
      for (const [, id] of some) copyFileSync(files.get(id)!, join(folder, `${rename(id)}.jpg`));
    };
    put(a, rows);
    writeFileSync(join(a, 'HAM10000_metadata.csv'), [head, ...rows.map((row) => row.join(',')), ''].join('\n'));
    const again = (id: string) => `again_${id}`;
    put(b, rows.slice(0, 40), again);
    const parts = rows.slice(0, 40).map(([, id, dx], i) => `${again(id)},${dx},${i < 3 ? 'test' : 'train'}`);
    writeFileSync(join(b, 'cases.csv'), ['image,dx,part', ...parts, ''].join('\n'));
    writeFileSync(
      join(b, 'dataset.yaml'),
      'tables: [{file: cases.csv}]\nimages: [{column: image}]\nlabel: {column: dx}\nsplit: {column: part}\n',
    );
    const split = (...args: string[]) => callCommandLine(['split', a, b, '--split', 'official', '--quiet', ...args]);
    const refused = await split('--out', out('leak'));
    expect(refused.status).toBe(3);
    expect(refused.stderr).toContain('3 groups of images that belong together on two sides: 3 between train and test');
    const kept = await split('--mend', 'keep', '--out', out('kept'));
    expect(kept.stdout).toMatch(/identical files +3 of 40/);
    const mended = await split('--mend', 'drop-from-train', '--out', out('mended'));
    expect(mended.stdout).toMatch(/identical files +0 of 37/);
    expect(mended.stdout).toContain('Left out of the split: 3 images');
    // Ids of the archive mean the same image wherever they stand.
    const archive = new Map(rows.map(([, id], i) => [id, `ISIC_${9_000_000 + i}`]));
    const [all, part] = [
      { name: join(root, 'all'), some: rows },
      { name: join(root, 'part'), some: rows.slice(0, 30) },
    ].map(({ name, some }) => {
      put(name, some, (id) => archive.get(id)!);
      const table = some.map(([lesion, id, ...rest]) => [lesion, archive.get(id), ...rest].join(','));
      writeFileSync(join(name, 'HAM10000_metadata.csv'), [head, ...table, ''].join('\n'));
      return name;
    });
    const onPart = await callCommandLine(['split', all, part, '--test-on', 'part', '--out', out('part'), '--quiet']);
    expect(onPart.status, onPart.stdout + onPart.stderr).toBe(2);
    expect(onPart.stderr).toContain('All 30 images of part are in a dataset given before it too');
  });
});
