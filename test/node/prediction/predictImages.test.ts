import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parsePredictionsCsv } from '../../../src/evaluation/index.js';
import { predictImages } from '../../../src/node/prediction/predictImages.js';
import { evaluateStep } from '../../../src/node/steps/evaluate.js';
import { exportStep } from '../../../src/node/steps/export.js';
import { callCommandLine } from '../../cli/callCommandLine.js';
import { makeTinyRun, type TinyRun, testContext } from '../tinyRun.js';
import { writeZip } from '../writeZip.js';

let tiny: TinyRun;
/** Folder of half of the images. */
let images: string;
let model: string;
beforeAll(async () => {
  tiny = await makeTinyRun({ fit: 'crop' });
  images = join(tiny.data, 'HAM10000_images_part_1');
  await exportStep(testContext(), { run: tiny.run.path });
  // The model must do without its run.
  model = join(tiny.root, 'moved.onnx');
  cpSync(tiny.run.model, model);
});
afterAll(() => tiny.remove());

const predict = (source: string, inputs: string[], more: object = {}) =>
  predictImages(testContext(), { source, inputs, ...more });

describe('predictImages', () => {
  it('gives from the model file alone the numbers that the run gives, and that evaluation gave', async () => {
    const ofRun = await predict(tiny.run.path, [tiny.data]);
    const ofFile = await predict(model, [tiny.data]);
    // The file's graph is lowered for every device, the run's for the CPU: last digits may differ, by processor.
    expect(ofFile.images.map(({ file, predicted }) => [file, predicted])).toEqual(
      ofRun.images.map(({ file, predicted }) => [file, predicted]),
    );
    ofFile.images.forEach(({ probabilities }, i) => {
      probabilities.forEach((p, k) => {
        expect(Math.abs(p - ofRun.images[i].probabilities[k])).toBeLessThan(1e-6);
      });
    });
    expect(ofRun.images.length).toBe(90);
    await evaluateStep(testContext(), { run: tiny.run.path, resamples: 0 });
    const { predictions: path } = tiny.run.evaluation('test');
    const evaluated = parsePredictionsCsv(readFileSync(path, 'utf8'), { file: path });
    evaluated.imageIds.forEach((imageId, i) => {
      const found = ofFile.images.find(({ file }) => file.includes(imageId))!;
      const own = [...evaluated.probabilities.subarray(i * 7, (i + 1) * 7)];
      found.probabilities.forEach((p, k) => {
        expect(Math.abs(p - own[k])).toBeLessThan(1e-6);
      });
    });
  });

  it('takes files, nested folders and zips, each image once', async () => {
    const [first, second, third] = readdirSync(images).map((name) => join(images, name));
    const folder = join(tiny.root, 'photos');
    mkdirSync(join(folder, 'deep', 'er'), { recursive: true });
    cpSync(second, join(folder, 'deep', 'er', 'a.JPG'));
    writeFileSync(join(folder, 'readme.txt'), 'not an image');
    writeZip(join(folder, 'more.zip'), { 'in/b.jpg': readFileSync(third), 'in/notes.txt': Buffer.from('x') });
    // A name without an ending is fine where the file itself is named.
    const bare = join(tiny.root, 'bare');
    cpSync(first, bare);
    const result = await predict(model, [first, folder, first, bare]);
    expect(result.images.map(({ file }) => file)).toEqual([
      first,
      join(folder, 'deep', 'er', 'a.JPG'),
      `${join(folder, 'more.zip')}: in/b.jpg`,
      bare,
    ]);
    expect(result.images[3].probabilities).toEqual(result.images[0].probabilities);
    const alone = await predict(model, [third]);
    expect(alone.images[0].probabilities).toEqual(result.images[2].probabilities);
  });

  it('says which images have the names of images of the run, and of which split', async () => {
    const rows = readFileSync(tiny.run.splitsCsv, 'utf8').trimEnd().split('\n').slice(1);
    const splitOf = new Map(rows.map((row) => [row.split(',')[0], row.split(',')[3]]));
    const own = await predict(tiny.run.path, [images]);
    for (const { file, runSplit } of own.images) expect(runSplit).toBe(splitOf.get(basename(file, '.jpg')));
    expect(new Set(own.images.map(({ runSplit }) => runSplit)).size).toBe(3);
    const other = join(tiny.root, 'other.jpg');
    cpSync(join(images, readdirSync(images)[0]), other);
    expect((await predict(tiny.run.path, [other])).images[0].runSplit).toBe(null);
    expect((await predict(model, [images])).images.every(({ runSplit }) => runSplit === null)).toBe(true);
    const learned = own.images.filter(({ runSplit }) => runSplit !== 'test').length;
    const call = await callCommandLine(['predict', tiny.run.path, images]);
    expect(call.stderr).toContain(
      `${learned} of ${own.images.length} images have the names of images that the network was trained or chosen on`,
    );
    expect((await callCommandLine(['predict', tiny.run.path, other])).stderr).not.toContain('trained or chosen on');
  });

  it('lists every unreadable file, and goes on without them where asked to', async () => {
    const folder = join(tiny.root, 'broken');
    mkdirSync(folder);
    const [good] = readdirSync(images);
    cpSync(join(images, good), join(folder, 'good.jpg'));
    writeFileSync(join(folder, 'cut.jpg'), readFileSync(join(images, good)).subarray(0, 500));
    writeFileSync(join(folder, 'text.jpg'), 'hello');
    writeFileSync(join(folder, 'empty.png'), '');
    await expect(predict(model, [folder])).rejects.toMatchObject({
      kind: 'data',
      details: [/cut\.jpg/, /empty\.png/, /text\.jpg/].map((name) => expect.stringMatching(name)),
    });
    const { images: found, unusable } = await predict(model, [folder], { excludeUnusable: true });
    expect(found.map(({ file }) => file)).toEqual([join(folder, 'good.jpg')]);
    expect(unusable.length).toBe(3);
    await expect(predict(model, [join(folder, 'text.jpg')], { excludeUnusable: true })).rejects.toMatchObject({
      kind: 'data',
    });
  });

  it('says what is not there', async () => {
    await expect(predict(model, [join(tiny.root, 'nowhere')])).rejects.toMatchObject({
      kind: 'data',
      code: 'no-input',
    });
    mkdirSync(join(tiny.root, 'nothing'));
    await expect(predict(model, [join(tiny.root, 'nothing')])).rejects.toMatchObject({
      kind: 'data',
      code: 'no-images',
    });
    await expect(predict(join(tiny.root, 'no.onnx'), [images])).rejects.toMatchObject({ kind: 'run' });
    await expect(predict(tiny.data, [images])).rejects.toMatchObject({ kind: 'run', code: 'not-a-run' });
    await expect(predict(join(images, readdirSync(images)[0]), [images])).rejects.toMatchObject({ kind: 'run' });
  });
});

describe('lesionlab predict', () => {
  it('prints a table with class names, and says on stderr that it is no medical device', async () => {
    const call = await callCommandLine(['predict', model, images]);
    expect(call.status).toBe(0);
    const [header, , row] = call.stdout.split('\n');
    expect(header.split(/ +/)).toEqual(['image', 'most', 'probable', ...tiny.config.data.classes.map(({ id }) => id)]);
    expect(tiny.config.data.classes.some(({ name }) => row.includes(name))).toBe(true);
    expect(call.stderr).toMatch(/not a medical device/i);
    expect(call.stderr).toMatch(/synthetic/i);
    expect(call.stdout).not.toMatch(/medical device/i);
  });

  it('writes CSV and JSON, to the terminal and to files', async () => {
    const csv = await callCommandLine(['predict', model, images, '--format', 'csv']);
    const json = await callCommandLine(['predict', model, images, '--json']);
    const { images: found } = json.json<{ images: { file: string; predicted: string; probabilities: number[] }[] }>();
    const rows = csv.stdout.trimEnd().split('\n');
    expect(rows[0]).toBe(`file,predicted,${tiny.config.data.classes.map(({ id }) => id).join()}`);
    expect(rows.slice(1)).toEqual(
      found.map(({ file, predicted, probabilities }) => [file, predicted, ...probabilities].join()),
    );
    const out = join(tiny.root, 'out', 'found.csv');
    const written = await callCommandLine(['predict', model, images, '--out', out]);
    expect(written.status).toBe(0);
    expect(readFileSync(out, 'utf8')).toBe(csv.stdout);
    const jsonOut = join(tiny.root, 'out', 'found.json');
    await callCommandLine(['predict', model, images, '--out', jsonOut]);
    expect(JSON.parse(readFileSync(jsonOut, 'utf8')).images).toEqual(found);
  });

  it('ends with 3, 4 and 2 as the contract says, and writes nothing then', async () => {
    const out = join(tiny.root, 'never.csv');
    const bad = join(tiny.root, 'bad');
    mkdirSync(bad);
    writeFileSync(join(bad, 'bad.jpg'), 'no');
    expect((await callCommandLine(['predict', model, images, bad, '--out', out])).status).toBe(3);
    expect(existsSync(out)).toBe(false);
    const partial = await callCommandLine(['predict', model, images, bad, '--exclude-unusable']);
    expect(partial.status).toBe(0);
    expect(partial.stderr).toContain('bad.jpg');
    rmSync(bad, { recursive: true });
    expect((await callCommandLine(['predict', join(tiny.root, 'none.onnx'), images])).status).toBe(4);
    expect((await callCommandLine(['predict', model, images, '--out', 'x.xlsx'])).status).toBe(2);
    const chosen = await callCommandLine(['predict', model, images, '--checkpoint', 'last']);
    expect([chosen.status, chosen.stderr]).toEqual([2, expect.stringContaining('no checkpoints')]);
    const both = await callCommandLine(['predict', model, images, '--json', '--format', 'csv']);
    expect([both.status, both.json()]).toMatchObject([2, { error: { code: 'conflicting-formats' } }]);
    expect((await callCommandLine(['predict', model])).status).toBe(2);
  });
});
