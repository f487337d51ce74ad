#!/usr/bin/env node
/**
 * Does it matter how predictions come in? Evaluates a trained run, then its predictions.csv as anybody's table, then its model.onnx as anybody's file, on the same test images.
 * usage: node bench/waysIn.mjs <run folder> <its data> (after `npm run build`); the run is copied and stays as it is
 * Prints, of the numbers that both evaluation.json have (metrics, intervals, confusion matrix): how many there are, and the largest difference from the run's own.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const [source, data] = process.argv.slice(2).map((path) => resolve(path));
const root = mkdtempSync(join(tmpdir(), 'lesionlab-ways-'));
const program = resolve(import.meta.dirname, '../bin/lesionlab.js');
const call = (...words) =>
  execFileSync(process.execPath, [program, ...words, '--quiet'], { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] });
const read = (run) => JSON.parse(readFileSync(join(root, run, 'evaluation/test/evaluation.json'), 'utf8'));
/** What a run's own evaluation has of its validation split, or a judgement of its truth: not of the predictions. */
const others = new Set(['calibration', 'judgement', 'outOfDistribution', 'testTimeAugmentation', 'ensemble']);

/** Numbers of both, by their places. */
function compare(a, b, place, found) {
  if (typeof a === 'number' && typeof b === 'number') found.push([place, Math.abs(a - b)]);
  else if (a && b && typeof a === 'object' && typeof b === 'object')
    for (const key of Object.keys(a))
      if (key in b && !(place === '' && others.has(key))) compare(a[key], b[key], `${place}.${key}`, found);
      else if ((a === null) !== (b === null)) found.push([place, Number.POSITIVE_INFINITY]);
  return found;
}

try {
  cpSync(source, join(root, 'run'), { recursive: true });
  rmSync(join(root, 'run/evaluation'), { recursive: true, force: true });
  call('evaluate', 'run', '--data', data, '--no-skin-tone');
  call('export', 'run');
  const same = ['--expected', 'run/splits.csv', '--no-skin-tone'];
  call('evaluate', 'run/evaluation/test/predictions.csv', '--truth', data, '--run', 'table', ...same);
  call('evaluate', 'run/model.onnx', '--data', data, '--run', 'file', ...same);
  const own = read('run');
  for (const [run, what] of [
    ['table', 'its table of predictions'],
    ['file', 'its ONNX file'],
  ]) {
    const found = compare(own, read(run), '', []);
    const [place, largest] = found.reduce((most, one) => (one[1] > most[1] ? one : most));
    console.log(
      `${what}: ${found.length} numbers, at most ${largest.toExponential(1)} apart${largest > 0 ? ` (${place.slice(1)})` : ''}`,
    );
  }
} finally {
  rmSync(root, { recursive: true, force: true });
}
