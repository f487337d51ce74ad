import { describe, expect, it } from 'vitest';
import { publicEntries, publicExports } from './publicExports.js';

const all = publicExports();
const names = (found: readonly { entry: string; name: string; file: string }[]) =>
  found.map(({ entry, name, file }) => `${entry}: ${name} (${file})`);

describe('what the package exports', () => {
  it('is found, entry by entry', () => {
    expect([...publicEntries().keys()]).toEqual(expect.arrayContaining(['lesionlab/browser', 'lesionlab/node']));
    for (const [entry, name, kind] of [
      ['lesionlab/node', 'trainRun', 'function'],
      ['lesionlab/browser', 'openPredictor', 'function'],
      ['lesionlab/graph', 'Graph', 'class'],
      ['lesionlab/graph', 'conv', 'const'],
      ['lesionlab/evaluation', 'Predictions', 'interface'],
      ['lesionlab/training', 'TrainEvent', 'type'],
      ['lesionlab/errors', 'LesionlabError', 'class'],
    ])
      expect(all.find((found) => found.entry === entry && found.name === name)?.kind, `${entry}: ${name}`).toBe(kind);
    expect(all.length).toBeGreaterThan(300);
  });

  it('has a docstring for everything', () => {
    expect(names(all.filter(({ docstring }) => !docstring))).toEqual([]);
  });

  it('takes options by name: no argument is a bare true or false', () => {
    // Members of an object end with a semicolon; arguments stand between parentheses and commas.
    const bare = /[(,]\s*\w+\??: boolean(?: \| undefined)?\s*(?=[,)])/;
    expect('export declare function flip(image: Raster, vertical: boolean): Raster;').toMatch(bare);
    expect('export declare function flip(image: Raster, options: { vertical: boolean; }): boolean;').not.toMatch(bare);
    expect(names(all.filter(({ declaration }) => bare.test(declaration)))).toEqual([]);
  });
});
