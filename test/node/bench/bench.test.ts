import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { median } from '../../../src/data/median.js';
import { freshBatches } from '../../../src/node/bench/freshBatches.js';
import {
  benchPredict,
  benchTrainStep,
  compareWithTorch,
  measureSteps,
  profileOperators,
  sumProfile,
} from '../../../src/node/bench/index.js';
import { callCommandLine } from '../../cli/callCommandLine.js';

const tiny = {
  model: 'lenet',
  imageSize: 32,
  batchSize: 4,
  seconds: 0.05,
  threads: 1,
  device: 'cpu',
  seed: 0,
} as const;
const tinyArguments = ['--image-size', '32', '--batch-size', '4', '--seconds', '0.05', '--threads', '1'];

describe('freshBatches', () => {
  it('never gives the same images twice in a row, nor the same array', () => {
    const next = freshBatches({ batchSize: 2, imageSize: 16, classCount: 7, seed: 0 });
    const seen = new Set<string>();
    let previous: Float32Array | undefined;
    for (let i = 0; i < 50; i++) {
      const { images, labels } = next();
      expect(images).toHaveLength(2 * 3 * 16 * 16);
      expect(images).not.toBe(previous);
      expect(Math.max(...labels)).toBeLessThan(7);
      seen.add(images.join());
      previous = images;
    }
    expect(seen.size).toBe(50);
  });
});

describe('measureSteps', () => {
  it('warms up, measures for the time given, and counts images', async () => {
    let taken = 0;
    const step = async () => {
      taken += 1;
      await new Promise((resolve) => setTimeout(resolve, 5));
    };
    const found = await measureSteps(step, { batchSize: 10, seconds: 0.1 });
    expect(taken).toBe(found.steps + 3);
    expect(found.medianMilliseconds).toBeGreaterThan(4);
    expect(found.fastestMilliseconds).toBeLessThanOrEqual(found.medianMilliseconds);
    // 10 images in at least 5 ms (timers may be a bit early) are at most 2500 a second.
    expect(found.imagesPerSecond).toBeLessThan(2500);
    expect(found.imagesPerSecond).toBeGreaterThan(10);
  });

  it('measures at least one step, and stops when interrupted', async () => {
    expect((await measureSteps(async () => {}, { batchSize: 1, seconds: 0 })).steps).toBe(1);
    const signal = AbortSignal.abort();
    await expect(measureSteps(async () => {}, { batchSize: 1, seconds: 1, signal })).rejects.toMatchObject({
      kind: 'interrupted',
    });
  });

  it('takes the middle of the sorted times', () => {
    expect(median([30, 1, 2])).toBe(2);
    expect(median([4, 1, 2, 30])).toBe(3);
  });
});

describe('sumProfile', () => {
  const node = (operator: string, dur: number, name = `${operator}_1_kernel_time`) => ({
    cat: 'Node',
    name,
    dur,
    args: { op_name: operator },
  });

  it('adds up kernel times by operator, a step', () => {
    const run = { cat: 'Session', name: 'model_run', dur: 9000 };
    const events = [
      run,
      run,
      node('Conv', 3000),
      node('Conv', 5000),
      node('Relu', 2000),
      node('Conv', 70, 'Conv_fence'),
    ];
    expect(sumProfile(events)).toEqual([
      { operator: 'Conv', calls: 1, millisecondsPerStep: 4, share: 0.8 },
      { operator: 'Relu', calls: 0.5, millisecondsPerStep: 1, share: 0.2 },
    ]);
  });

  it('reads what onnxruntime writes, and leaves no file behind', async () => {
    let prefix = '';
    const { result, operators } = await profileOperators((profilePrefix) => {
      prefix = profilePrefix;
      return benchTrainStep({ ...tiny, profilePrefix });
    });
    expect(result.steps).toBeGreaterThan(0);
    // Two convolutions forward, two weight gradients; onnxruntime may rename what it fuses.
    expect(operators.find(({ operator }) => operator.endsWith('Conv'))?.calls).toBeGreaterThanOrEqual(1);
    expect(operators.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 2);
    expect(existsSync(dirname(prefix))).toBe(false);
  });

  it('leaves no file behind where the measurement fails', async () => {
    let folder = '';
    const fail = async (prefix: string) => {
      folder = dirname(prefix);
      expect(existsSync(folder)).toBe(true);
      throw new Error('no luck');
    };
    await expect(profileOperators(fail)).rejects.toThrow('no luck');
    expect(existsSync(folder)).toBe(false);
  });
});

describe('benchmarks', () => {
  it.each([
    ['training step', benchTrainStep],
    ['prediction', benchPredict],
  ])('measure a %s', async (_, bench) => {
    const found = await bench(tiny);
    expect(found.imagesPerSecond).toBeGreaterThan(0);
    expect(found.medianMilliseconds).toBeGreaterThan(0);
  });

  it.each([
    [{ model: 'alexnet' }, 'unknown-model'],
    [{ imageSize: 8 }, 'image-size'],
  ])('refuse %o', async (change, code) => {
    await expect(benchTrainStep({ ...tiny, ...change })).rejects.toMatchObject({ kind: 'usage', code });
  });

  it('stand alone where no Python has PyTorch', async () => {
    const pythons = ['/nowhere/python3', process.execPath];
    const found = await compareWithTorch('train', { ...tiny, rounds: 2, pythons });
    expect(found).toMatchObject({ torch: null, rounds: [], medianRatio: null });
    expect(found.lesionlab?.imagesPerSecond).toBeGreaterThan(0);
  });
});

describe.skipIf(process.platform === 'win32')('the comparison, with a stand-in for PyTorch', () => {
  const folder = mkdtempSync(join(tmpdir(), 'lesionlab-bench-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const result = {
    imagesPerSecond: 50,
    medianMilliseconds: 80,
    fastestMilliseconds: 40,
    steps: 9,
    memoryFormat: 'channels last',
    torch: '0',
    peakMemory: 700,
  };

  /**
   * A program that has each network, gets ready, and then does `onLine` for every line on standard input; it can be compiled, and has no bfloat16.
   */
  function makePython(name: string, onLine: string, version = '0'): string {
    const path = join(folder, name);
    const lines = [
      `#!${process.execPath}`,
      `if (process.argv[3] === 'find') { console.log('${version}'); process.exit(0); }`,
      `if (process.argv.includes('compiled')) { console.log('{"imagesPerSecond":70}'); process.exit(0); }`,
      "if (process.argv.includes('bfloat16')) { console.error('no such instructions'); process.exit(3); }",
      `console.log('{"torch":"0"}');`,
      `require('readline').createInterface({ input: process.stdin }).on('line', () => { ${onLine} });`,
    ];
    writeFileSync(path, lines.join('\n'), { mode: 0o755 });
    return path;
  }

  it('takes turns, and reports the median of the ratios', async () => {
    const python = makePython('python', `console.log(${JSON.stringify(JSON.stringify(result))})`);
    const shown: number[] = [];
    const onRound = (_: unknown, number: number) => shown.push(number);
    const pythons = [join(folder, 'missing'), python];
    const found = await compareWithTorch('predict', { ...tiny, int8: true, rounds: 3, pythons, onRound });
    expect(found).toMatchObject({ kind: 'predict', arithmetic: 'int8' });
    expect(found.torch).toEqual({ version: '0', python, name: 'lenet', classCount: 7, batchNorm: 'own' });
    expect(found.peakMemory).toEqual({ lesionlab: expect.any(Number), torch: 700 });
    // Node alone takes some 40 MiB.
    expect(found.peakMemory.lesionlab).toBeGreaterThan(40);
    expect(shown).toEqual([1, 2, 3]);
    for (const { lesionlab, torch, ratio } of found.rounds) {
      expect(torch).toEqual(result);
      expect(ratio).toBeCloseTo(lesionlab.imagesPerSecond / 50, 2);
    }
    const fastest = Math.min(...found.rounds.map(({ lesionlab }) => lesionlab.fastestMilliseconds));
    expect(found.fastestRatio).toBeCloseTo(40 / fastest, 2);
    expect(found.medianRatio).toBe(median(found.rounds.map(({ ratio }) => ratio)));
  });

  it('takes the newest PyTorch, and says what else its users could have', async () => {
    const answer = `console.log(${JSON.stringify(JSON.stringify(result))})`;
    const versions = ['2.9.1', '2.15.0+cpu', '1.13.1', '2.15.0'];
    const pythons = versions.map((version) => makePython(`python-${version}`, answer, version));
    const found = await compareWithTorch('train', { ...tiny, rounds: 1, pythons });
    expect(found.torch?.python).toBe(pythons[1]);
    expect(found.alternatives).toEqual({
      compiled: { imagesPerSecond: 70, reason: null },
      bfloat16: { imagesPerSecond: null, reason: 'no such instructions' },
    });
    const call = await callCommandLine(['bench', ...tinyArguments, '--rounds', '1', '--python', pythons[0]]);
    expect(call.stdout).toContain('PyTorch otherwise, measured once: compiled 70.0 images/s.');
    expect(call.stdout).toContain("PyTorch's bfloat16 could not be measured: no such instructions.");
    const without = ['--no-alternatives', '--json', '--python', pythons[0]];
    expect((await callCommandLine(['bench', ...tinyArguments, '--rounds', '1', ...without])).json()).toMatchObject({
      alternatives: null,
    });
  });

  it('says what a PyTorch that breaks had to say', async () => {
    const python = makePython('broken', "console.error('RuntimeError: out of memory'); process.exit(3)");
    await expect(compareWithTorch('train', { ...tiny, rounds: 2, pythons: [python] })).rejects.toThrow(
      /torchTrainStep.py ended early: exit status 3\s+RuntimeError: out of memory/,
    );
  });
});

describe('lesionlab bench', () => {
  it('prints one JSON object with the figure and the setting', async () => {
    const call = await callCommandLine(['bench', 'train-step', '--model', 'lenet', ...tinyArguments, '--json']);
    expect(call.status).toBe(0);
    expect(call.json()).toMatchObject({
      imagesPerSecond: expect.any(Number),
      medianMilliseconds: expect.any(Number),
      device: 'cpu',
      threads: 1,
      peakMemory: expect.any(Number),
      model: 'lenet',
      imageSize: 32,
      batchSize: 4,
    });
  });

  it('prints operators for people', async () => {
    const call = await callCommandLine(['bench', 'predict', ...tinyArguments, '--profile']);
    expect(call.status).toBe(0);
    expect(call.stdout).toMatch(/^prediction: [\d.]+ images\/s/);
    expect(call.stdout).toMatch(/^\w*Conv +\d/m);
  });

  it.each(['resnet18', 'lenet'])('predicts with %s in 8-bit integers, with integer operators', async (model) => {
    const call = await callCommandLine(['bench', 'predict', '--model', model, ...tinyArguments, '--int8', '--profile']);
    expect(call.status).toBe(0);
    expect(call.stdout).toMatch(/^prediction: [\d.]+ images\/s/);
    expect(call.stdout).toContain(`${model}, int8, 32 px, batches of 4, cpu, 1 thread`);
    expect(call.stdout).toMatch(/^QLinearConv +\d/m);
    // None of the convolutions is left in floats.
    expect(call.stdout).not.toMatch(/^(Fused)?Conv +\d/m);
    if (model === 'resnet18') expect(call.stdout).toMatch(/^QLinearAdd +8 /m);
  });

  it('says in JSON what it computed in', async () => {
    const call = await callCommandLine(['bench', 'predict', ...tinyArguments, '--int8', '--json']);
    expect(call.json()).toMatchObject({ step: 'predict', arithmetic: 'int8', instructionSets: expect.any(Array) });
    const float = await callCommandLine(['bench', 'predict', ...tinyArguments, '--json']);
    expect(float.json()).toMatchObject({ step: 'predict', arithmetic: 'float32' });
  });

  it('measures several networks in one call', async () => {
    const models = ['lenet', 'mobilenet_v2_levels'];
    const size = ['--image-size', '32', '--batch-size', '4', '--rounds', '1', '--seconds', '0.05', '--threads', '1'];
    const call = await callCommandLine([
      'bench',
      'all',
      '--models',
      models.join(),
      ...size,
      '--no-alternatives',
      '--json',
    ]);
    expect(call.status).toBe(0);
    const { comparisons } = call.json() as { comparisons: Record<string, unknown>[] };
    expect(comparisons.map(({ model, kind }) => [model, kind])).toEqual(
      models.flatMap((model) => ['train', 'predict'].map((kind) => [model, kind])),
    );
    // torchvision has no such network: lesionlab's side stands alone.
    expect(comparisons[2]).toMatchObject({ torch: null, lesionlab: { imagesPerSecond: expect.any(Number) } });
    expect((await callCommandLine(['bench', 'all', '--models', 'vgg'])).status).toBe(2);
  });

  it('refuses what it does not know with status 2', async () => {
    for (const wrong of [
      ['train-step', '--model', 'vgg'],
      ['train-step', '--image-size', '8'],
      ['predict', '--batch-size', '0'],
      ['--step', 'sleep'],
      ['--rounds', '0'],
      ['--int8'],
      ['--step', 'train', '--int8'],
      ['predict', '--int8', '--device', 'webgpu'],
      ['train-step', '--int8'],
    ])
      expect((await callCommandLine(['bench', ...wrong])).status, wrong.join(' ')).toBe(2);
  });
});
