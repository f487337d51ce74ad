import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeSyntheticDataset } from '../../../src/node/dataset/writeSyntheticDataset.js';
import { callCommandLine } from '../../cli/callCommandLine.js';

describe.skipIf(process.platform === 'win32')('bench epoch', { timeout: 120_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'lesionlab-bench-epoch-'));
  const data = join(folder, 'data');
  beforeAll(async () => {
    await writeSyntheticDataset(data, { images: 140, size: [40, 30] });
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** A stand-in for PyTorch, which writes down what it was asked for. */
  function makePython(name: string, answer: string): string {
    const path = join(folder, name);
    const lines = [
      `#!${process.execPath}`,
      "if (process.argv[3] === 'find') { console.log('2.15.0'); process.exit(0); }",
      "const job = require('fs').readFileSync(0, 'utf8');",
      `require('fs').writeFileSync(${JSON.stringify(`${path}.json`)}, job);`,
      answer,
    ];
    writeFileSync(path, lines.join('\n'), { mode: 0o755 });
    return path;
  }

  const bench = (...args: string[]) =>
    callCommandLine(
      [
        'bench',
        'epoch',
        data,
        '--preset',
        'lenet',
        '--image-size',
        '32',
        '--batch-size',
        '8',
        '--seconds',
        '0.05',
      ].concat(args),
    );

  it('measures an epoch, its step and PyTorch on the same images with the same augmentation', async () => {
    const python = makePython('python', `console.log('{"imagesPerSecond":50,"torch":"2.15.0"}');`);
    const call = await bench('--rounds', '2', '--python', python, '--json');
    expect(call.status).toBe(0);
    const found = call.json() as { rounds: Record<string, number>[]; images: number };
    expect(found).toMatchObject({
      torch: { version: '2.15.0', python },
      reason: null,
      transforms: ['flip', 'affine', 'colorJitter'],
    });
    for (const { train, step, torch, ratio, beside } of found.rounds) {
      expect(torch).toBe(50);
      expect(ratio).toBeCloseTo(train / 50, 6);
      expect(beside).toBeCloseTo(1 - train / step, 6);
    }
    const job = JSON.parse(readFileSync(`${python}.json`, 'utf8'));
    expect(job).toMatchObject({ model: 'lenet', imageSize: 32, batchSize: 8, epochs: 2 });
    expect(job.indices).toHaveLength(found.images);
    expect(job.labels).toHaveLength(found.images);
    expect(job.augmentation.horizontalFlip).toBeGreaterThan(0);
  });

  it('stands alone where the augmentation has no counterpart, and trains all of a network whatever the preset freezes', async () => {
    const python = makePython(
      'other',
      "console.error('torchvision has no counterpart here of noise'); process.exit(3);",
    );
    const call = await bench('--rounds', '1', '--python', python);
    expect(call.stdout).toContain('No comparison: torchvision has no counterpart here of noise.');
    const size = ['--image-size', '32', '--batch-size', '8', '--seconds', '0.05', '--rounds', '1', '--python', python];
    const frozen = await callCommandLine(['bench', 'epoch', data, '--preset', 'head', ...size, '--json']);
    expect(frozen.json()).toMatchObject({ recipe: { model: 'mobilenet_v2_levels', training: { freeze: 'none' } } });
  });
});
