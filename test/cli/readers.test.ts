import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Random } from '../../src/random.js';
import { callCommandLine } from './callCommandLine.js';

let root: string;
const at = (name: string) => join(root, name);
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'lesionlab-readers-'));
  const random = new Random(3);
  const images = Array.from({ length: 60 }, (_, i) => ({
    id: `IMG_${i}`,
    lesion: `L${Math.floor(i / 2)}`,
    malignant: i % 4 < 2 ? 0 : 1,
  }));
  const rows = (header: string, of: string[]) => `${[header, ...of].join('\n')}\n`;
  writeFileSync(
    at('truth.csv'),
    rows(
      'image_id,lesion_id,dx',
      images.map(({ id, lesion, malignant }) => `${id},${lesion},${malignant ? 'mel' : 'nv'}`),
    ),
  );
  writeFileSync(
    at('model.csv'),
    rows(
      'image_id,score',
      images.map(({ id, malignant }) => `${id},${((malignant + random.next()) / 2).toFixed(3)}`),
    ),
  );
  const reads = ['Ann', 'Bob', 'Cleo', 'Dan'].flatMap((reader) =>
    ['without', 'with'].flatMap((condition) =>
      images.map(({ id, malignant }) => {
        const confidence = Math.round(
          100 * (0.4 * malignant + (condition === 'with' ? 0.1 : 0) * malignant + 0.5 * random.next()),
        );
        return `${reader},${id}.jpg,${confidence >= 45 ? 'yes' : 'no'},${confidence},${condition}`;
      }),
    ),
  );
  writeFileSync(at('reads.csv'), rows('reader,image_id,answer,confidence,condition', reads));
  writeFileSync(
    at('answers.csv'),
    rows(
      'image_name,target',
      images.map(({ id, malignant }) => `${id},${malignant ? 0.75 : 0.25}`),
    ),
  );
  writeFileSync(
    at('target.csv'),
    rows(
      'image_name,target',
      images.map(({ id, malignant }) => `${id},${malignant}`),
    ),
  );
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe('readers', () => {
  it('compares conditions and a model with readers, and writes what it found', async () => {
    const options = [
      '--truth',
      at('truth.csv'),
      '--positive',
      'mel',
      '--model',
      at('model.csv'),
      '--resamples',
      '100',
      '--together',
      'either',
    ];
    const text = await callCommandLine(['readers', at('reads.csv'), ...options, '--out', at('out')]);
    expect(text.status).toBe(0);
    expect(text.stdout).toMatch(/4 readers, 60 images of 30 lesions, 30 positive \(mel against all others\)/);
    expect(text.stdout).toMatch(/with − without +\+0\.\d/);
    expect(text.stdout).toMatch(/model − readers \(with\)/);
    expect(text.stdout).toMatch(/simulated \(yes if either says so\)/);
    expect(text.stdout).toMatch(/So few readers can be alike by chance/);
    expect(text.stdout).toMatch(/after\s+Obuchowski 1997/);
    expect(existsSync(at('out/readers.svg'))).toBe(true);
    const page = readFileSync(at('out/readers.html'), 'utf8');
    for (const words of [
      'Each reader',
      'Differences, with 95% intervals.',
      'What this rests on',
      'Not a medical device',
    ])
      expect(page).toContain(words);
    const svg = readFileSync(at('out/readers.svg'), 'utf8');
    expect(svg).toMatch(/Line: the model at every threshold/);
    const json = (await callCommandLine(['readers', at('reads.csv'), ...options, '--json'])).json() as Record<
      string,
      unknown
    >;
    expect(json).toMatchObject({ readers: 4, lesions: 30, covariance: 'components', random: 'readers-and-cases' });
    const written = JSON.parse(readFileSync(at('out/readers.json'), 'utf8'));
    expect(written.analysis.figures).toEqual(json.figures);
  });

  it('says whom the results are about', async () => {
    const all = ['readers', at('reads.csv'), '--truth', at('truth.csv'), '--positive', 'mel', '--resamples', '0'];
    const fixed = await callCommandLine([...all, '--random', 'cases', '--covariance', 'jackknife']);
    expect(fixed.stdout).toMatch(/these very\s+readers/);
    expect(fixed.stdout).not.toMatch(/So few readers/);
    expect(fixed.stdout).toMatch(/jackknife over\s+lesions/);
  });

  it('ends with status 2 or 3 where something is missing, with what to do', async () => {
    const noClass = await callCommandLine([
      'readers',
      at('reads.csv'),
      '--truth',
      at('truth.csv'),
      '--positive',
      'wart',
    ]);
    expect(noClass).toMatchObject({ status: 2, stdout: '' });
    const noFile = await callCommandLine(['readers', at('nothing.csv'), '--truth', at('truth.csv')]);
    expect(noFile.status).toBe(3);
    expect(noFile.stderr).toMatch(/no such file/);
    expect((await callCommandLine(['readers', at('reads.csv'), '--columns', 'nurse=x'])).status).toBe(2);
    expect((await callCommandLine(['readers', at('reads.csv')])).stderr).toMatch(/--truth <dataset or table>/);
  });
});

describe('official-score', () => {
  it('scores answers, and writes them in the form of the challenge', async () => {
    const scored = await callCommandLine([
      'official-score',
      at('answers.csv'),
      '--challenge',
      'isic2020',
      '--truth',
      at('target.csv'),
      '--submission',
      at('mine.csv'),
    ]);
    expect(scored.status).toBe(0);
    expect(scored.stdout).toMatch(/ISIC 2020: AUROC 1\.000000 \(60 images count\)/);
    expect(readFileSync(at('mine.csv'), 'utf8')).toBe(readFileSync(at('answers.csv'), 'utf8'));
    const area = await callCommandLine([
      'official-score',
      at('answers.csv'),
      '--challenge',
      'isic2024',
      '--truth',
      at('target.csv'),
      '--json',
    ]);
    expect(area.json()).toMatchObject({ challenge: 'isic2024', score: expect.closeTo(0.2, 12) });
  });

  it('refuses what it can’t score', async () => {
    expect((await callCommandLine(['official-score', at('answers.csv'), '--challenge', 'isic2020'])).status).toBe(2);
    expect((await callCommandLine(['official-score', at('answers.csv'), '--truth', at('target.csv')])).status).toBe(2);
    const other = await callCommandLine([
      'official-score',
      at('answers.csv'),
      '--challenge',
      'isic2018',
      '--truth',
      at('target.csv'),
    ]);
    expect(other.status).toBe(3);
    expect(other.stderr).toMatch(/expected the columns image, MEL/);
  });
});
