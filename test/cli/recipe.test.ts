import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { trainRun } from '../../src/node/steps/run.js';
import { repeatCommand } from '../../src/report/documents/repeatCommand.js';
import { findPreset, presets, type RunConfig, readRecipe, resolveRecipe } from '../../src/training/index.js';
import { copyPaintedData } from '../node/paintedData.js';
import { testContext } from '../node/tinyRun.js';
import { callCommandLine } from './callCommandLine.js';

const root = mkdtempSync(join(tmpdir(), 'lesionlab-recipe-'));
const data = join(root, 'data');
const at = (name: string) => join(root, name);
beforeAll(async () => {
  process.env.LESIONLAB_CACHE = at('cache');
  await copyPaintedData(data, { images: 140, size: [40, 30] });
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

function write(name: string, text: string): string {
  writeFileSync(at(name), text);
  return at(name);
}

const small = `extends: demo
imageSize: 24
normalisation: imagenet
augmentation:
  rotationDegrees: 180
  perspective: {distortion: 0.2, probability: 0.5}
training:
  epochs: 2
  batchSize: 8
`;
const configOf = (run: string): RunConfig => JSON.parse(readFileSync(join(at(run), 'config.json'), 'utf8'));

describe('lesionlab recipe', () => {
  it('lists the presets', async () => {
    const { status, stdout } = await callCommandLine(['recipe']);
    expect(status).toBe(0);
    for (const name of Object.keys(presets)) expect(stdout).toContain(name);
    const listed = (await callCommandLine(['recipe', '--json'])).json<{ presets: { name: string }[] }>();
    expect(listed.presets.map(({ name }) => name)).toEqual(Object.keys(presets));
    expect((await callCommandLine(['recipe', '--changes'])).status).toBe(2);
  });

  it('prints a preset as a file that is read as the same', async () => {
    const { status, stdout } = await callCommandLine(['recipe', 'resnet18']);
    expect(status).toBe(0);
    expect(resolveRecipe(readRecipe(stdout))).toEqual({
      preset: 'resnet18',
      overrides: [],
      recipe: findPreset('resnet18').recipe,
    });
    expect((await callCommandLine(['recipe', 'resnet18', '--json'])).json()).toEqual({
      preset: 'resnet18',
      overrides: [],
      recipe: findPreset('resnet18').recipe,
    });
  });

  it('checks a file, and prints what it comes to or what it changes', async () => {
    const file = write('small.yaml', small);
    const whole = await callCommandLine(['recipe', file]);
    expect(resolveRecipe(readRecipe(whole.stdout))).toEqual(resolveRecipe(readRecipe(small)));
    const { stdout } = await callCommandLine(['recipe', file, '--changes']);
    const lines = stdout.split('\n').filter((line) => line && !line.trim().startsWith('#'));
    expect(lines).toEqual([
      'extends: demo',
      'imageSize: 24',
      'normalisation: imagenet',
      'augmentation:',
      '  rotationDegrees: 180',
      '  perspective:',
      '    distortion: 0.2',
      '    probability: 0.5',
      'training:',
      '  epochs: 2',
      '  batchSize: 8',
    ]);
    const bad = await callCommandLine(['recipe', write('bad.yaml', 'extends: demo\nepochs: 3\n')]);
    expect(bad.status).toBe(2);
    expect(bad.stderr).toContain(`${at('bad.yaml')} cannot be used: epochs (line 2)`);
    expect(bad.stderr).toContain('did you mean training.epochs?');
  });

  it('says what is neither a preset nor a file', async () => {
    const { status, stderr } = await callCommandLine(['recipe', 'lennet']);
    expect([status, stderr]).toEqual([2, expect.stringContaining('Did you mean lenet?')]);
  });
});

describe('--recipe', () => {
  const train = (run: string, ...more: string[]) =>
    callCommandLine(['train', data, '--run', at(run), '--threads', '1', '--quiet', ...more]);

  it('trains by the file, options first, and the run gives the recipe again', async () => {
    const file = write('my.yaml', small);
    const { status } = await train('first', '--recipe', file, '--epochs', '1');
    expect(status).toBe(0);
    const config = configOf('first');
    expect(config.recipe).toEqual(resolveRecipe(readRecipe(small), { epochs: 1 }).recipe);
    expect(config.recipe.augmentation).toMatchObject({ rotationDegrees: 180, perspective: { distortion: 0.2 } });
    expect(config.preprocessing.statistics).toBe('imagenet');
    expect(config).toMatchObject({
      preset: 'demo',
      recipeFile: { name: file, sha256: createHash('sha256').update(small).digest('hex') },
    });
    expect(config.overrides).toContain('augmentation.rotationDegrees=180');
    expect(config.overrides).toContain('epochs=1');
    expect(repeatCommand({ config, splits: null })).toContain('--run runs/again --recipe recipe.yaml --seed 0');

    const printed = await callCommandLine(['recipe', at('first')]);
    expect((await train('again', '--recipe', write('again.yaml', printed.stdout))).status).toBe(0);
    const weights = (run: string) => readFileSync(join(at(run), 'checkpoints/last.safetensors'));
    expect(weights('again')).toEqual(weights('first'));
  });

  it('is refused on resuming where it says something else, and taken where it says the same', async () => {
    const file = write('kept.yaml', small);
    expect((await train('kept', '--recipe', file)).status).toBe(0);
    expect((await train('kept', '--recipe', file, '--resume')).status).toBe(0);
    expect((await train('kept', '--resume')).status).toBe(0);
    const changed = write('changed.yaml', small.replace('180', '90').replace('extends: demo', 'extends: lenet'));
    const { status, stderr } = await train('kept', '--recipe', changed, '--resume');
    expect(status).toBe(2);
    expect(stderr).toContain('augmentation.rotationDegrees (asked for: 90, the run has: 180)');
    expect(stderr).toContain('preset (asked for: lenet, the run has: demo)');
    expect(stderr).toContain('Leave --recipe out');
    // A line that is gone from the file is a change as well.
    const dropped = write('dropped.yaml', small.replace('normalisation: imagenet\n', ''));
    expect((await train('kept', '--recipe', dropped, '--resume')).stderr).toContain(
      'normalisation (asked for: train-split',
    );
  });

  it('of a whole recipe trains without a preset', async () => {
    const { recipe } = resolveRecipe(readRecipe(small), { epochs: 1 });
    expect((await train('whole', '--recipe', write('whole.json', JSON.stringify(recipe)))).status).toBe(0);
    const config = configOf('whole');
    expect(config).toMatchObject({ preset: 'none', overrides: [], recipe });
    const printed = await callCommandLine(['recipe', at('whole')]);
    expect(printed.stdout).not.toContain('extends');
    expect(resolveRecipe(readRecipe(printed.stdout)).recipe).toEqual(recipe);
    expect((await callCommandLine(['evaluate', at('whole'), '--quiet'])).status).toBe(0);
    expect((await callCommandLine(['report', at('whole'), '--quiet'])).status).toBe(0);
    expect(readFileSync(join(at('whole'), 'report.html'), 'utf8')).toContain('no preset: a recipe of its own');
    expect(readFileSync(join(at('whole'), 'model-card.md'), 'utf8')).toContain('recipe.yaml is what');
  });

  it('is taken by the library as a path or as an object', async () => {
    const options = { data, run: at('library'), limit: 140 };
    const { config } = await trainRun(testContext(), {
      ...options,
      recipe: { extends: 'demo', imageSize: 24, augmentation: { hue: 0.2 }, training: { epochs: 1, batchSize: 8 } },
    });
    expect(config.recipe.augmentation.hue).toBe(0.2);
    expect(config.overrides).toEqual(['imageSize=24', 'augmentation.hue=0.2', 'epochs=1', 'batchSize=8']);
    expect(config.recipeFile).toBeUndefined();
    const path = write('path.yaml', small);
    const again = await trainRun(testContext(), {
      ...options,
      run: at('path'),
      recipe: path,
      overrides: { epochs: 1 },
    });
    expect(again.config.recipeFile?.name).toBe(path);
  });

  it.each([
    ['beside a preset', ['--recipe', 'x.yaml', '--preset', 'lenet'], 'Both a preset (lenet) and a recipe'],
    ['that is not there', ['--recipe', 'nowhere.yaml'], 'nowhere.yaml is not a recipe file: there is no such file'],
    ['that is a folder', ['--recipe', 'folder'], 'folder is not a recipe file: it is a folder'],
    ['that is too large', ['--recipe', 'large.yaml'], 'large.yaml is not a recipe file: it has 10,000,000 bytes'],
    [
      'with bad values',
      ['--recipe', 'rates.yaml'],
      'training.learningRate (line 3): expected a number above 0, found -0.1',
    ],
    ['with a bad option', ['--recipe', 'x.yaml', '--freeze', 'layer9'], 'training.freeze: LeNet has no stage "layer9"'],
  ])('%s is refused before anything is written', async (_, words, message) => {
    write('x.yaml', small);
    mkdirSync(at('folder'), { recursive: true });
    write('large.yaml', 'a'.repeat(10_000_000));
    write('rates.yaml', 'extends: lenet\ntraining:\n  learningRate: -0.1\n');
    const named = words.map((word) => (/yaml|folder/.test(word) ? at(word) : word));
    const { status, stderr } = await train('never', ...named);
    expect([status, stderr]).toEqual([2, expect.stringContaining(message)]);
    expect(existsSync(at('never'))).toBe(false);
  });
});
