import { expect, it } from 'vitest';
import { runExample } from './runExample.js';

it('trainWithEvents is interrupted after an epoch and goes on', () => {
  const lines = runExample('trainWithEvents');
  const starts = lines.flatMap((line) => /(\d+) steps, from step (\d+)/.exec(line)?.slice(1).map(Number) ?? []);
  const [steps, first, , again] = starts;
  expect(first).toBe(0);
  expect(again).toBeGreaterThan(0);
  expect(again).toBeLessThan(steps);
  expect(lines.filter((line) => line.startsWith('epoch ')).map((line) => line.slice(0, 7))).toEqual([
    'epoch 1',
    'epoch 2',
    'epoch 3',
  ]);
  expect(lines).toContain('interrupted; everything so far is saved');
  expect(lines.at(-1)).toMatch(/^3 epochs, the best is [123]$/);
});

it('gradCam prints a map whose hottest place is 9', () => {
  const lines = runExample('gradCam');
  const probabilities = lines.slice(0, 7).map((line) => Number(line.slice(-5)));
  expect(probabilities.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 2);
  const [, height, width] = /: \[(\d+), (\d+)\]/.exec(lines[7])!.map(Number);
  const rows = lines.slice(8, 8 + height).map((line) => line.split(' ').map(Number));
  expect(rows.every((row) => row.length === width)).toBe(true);
  expect(Math.max(...rows.flat())).toBe(9);
  expect(lines.at(-1)).toMatch(/^\d+% of the heat lies on \d+% of the image$/);
});

it('exportAndPredict gets one answer twice', () => {
  const answers = runExample('exportAndPredict').map((line) => {
    const [predicted, numbers] = line.split(': ');
    return { predicted, probabilities: numbers.split(' ').map(Number) };
  });
  expect(answers).toHaveLength(2);
  expect(answers[0].predicted).toBe(answers[1].predicted);
  // lesionlab averages mirrored views where the run does.
  for (const [k, probability] of answers[0].probabilities.entries())
    expect(Math.abs(probability - answers[1].probabilities[k])).toBeLessThan(0.02);
});

it('compareRuns gives every difference with an interval around it', () => {
  const lines = runExample('compareRuns');
  expect(lines.slice(0, 2).map((line) => line.split(':')[0])).toEqual(['short', 'longer']);
  const rows = lines.slice(2, -1).map((line) => /^(\w+): (-?[\d.]+) \((-?[\d.]+) to (-?[\d.]+)\)$/.exec(line)!);
  expect(rows.map(([, metric]) => metric)).toContain('balancedAccuracy');
  for (const [, , difference, low, high] of rows) {
    expect(Number(low)).toBeLessThanOrEqual(Number(difference));
    expect(Number(high)).toBeGreaterThanOrEqual(Number(difference));
  }
  expect(lines.at(-1)).toMatch(/^McNemar's test: p = [01]\.\d{3}$/);
});

it('ownRecipe trains with its own settings', () => {
  const lines = runExample('ownRecipe');
  expect(lines).toContain('augmentation.rotationDegrees=180');
  expect(lines).toContain('labelSmoothing=0.1');
  const turned = lines.flatMap((line) => /mean brightness ([\d.]+)/.exec(line)?.slice(1) ?? []);
  expect(new Set(turned).size).toBe(3);
  expect(lines.at(-1)).toMatch(/^trained with adamw and weight decay 0.01; the best epoch is [12]$/);
});
