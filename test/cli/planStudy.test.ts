import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { callCommandLine } from './callCommandLine.js';

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'lesionlab-plan-'));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));
const plan = (...words: string[]) => callCommandLine(['plan-study', ...words, '--simulate', '100']);

describe('plan-study', () => {
  it('says how many lesions, and checks it by simulation', async () => {
    const text = await plan(
      'sensitivity',
      '--expected',
      '0.85',
      '--width',
      '0.1',
      '--prevalence',
      '0.1',
      '--images-per-lesion',
      '2',
    );
    expect(text.status).toBe(0);
    expect(text.stdout).toMatch(
      /positive lesions in \d+ images \(design effect 1\.50\): [\d,]+ lesions in all, where 10\.0% are positive/,
    );
    expect(text.stdout).toContain(
      [
        'Assumed:',
        '- a true sensitivity of 0.85',
        '- 10.0% of lesions positive',
        '- 2 images a lesion on average, answers about two of one lesion correlated by 0.5; lesions independent of each other',
        '- intervals at 95.0%',
      ].join('\n'),
    );
    expect(text.stdout).toMatch(/100 simulated studies the interval is 0\.(09|10)\d wide/);
    const specificity = (
      await plan('specificity', '--expected', '0.85', '--width', '0.1', '--prevalence', '0.1', '--json')
    ).json() as Record<string, number>;
    expect(specificity.allLesions).toBe(Math.ceil(specificity.lesions / 0.9));
    expect((await plan('auroc', '--expected', '0.85', '--width', '0.15')).stdout).toMatch(
      /interval is 0\.1[45]\d wide/,
    );
  });

  it('plans comparisons, of superiority and of non-inferiority', async () => {
    expect((await plan('difference', '--expected', '0.85', '--other', '0.75')).stdout).toMatch(
      /the difference is found in/,
    );
    expect((await plan('difference', '--expected', '0.85', '--other', '0.85', '--margin', '0.08')).stdout).toMatch(
      /not worse by 0.08/,
    );
  });

  it('plans reader studies from guesses and from a pilot', async () => {
    const rows = await plan('readers', '--expected', '0.85', '--difference', '0.06', '--prevalence', '0.5');
    expect(rows.stdout).toMatch(/Assumed:.*difference of 0\.06.*Van Dyke’s study/s);
    expect(rows.stdout.match(/readers: [\d,]+ lesions/g)!.length).toBeGreaterThan(4);
    const pilot = join(root, 'readers.json');
    const components = { variance: 0.0008, cov1: 0.00035, cov2: 0.00034, cov3: 0.00024 };
    writeFileSync(
      pilot,
      JSON.stringify({
        analysis: { lesions: 114, figures: [{ figure: 'auroc', test: { components, meanSquareReaders: 0.00055 } }] },
      }),
    );
    const found = await plan('readers', '--difference', '0.0438', '--pilot', pilot, '--readers', '8', '--json');
    expect(found.json()).toMatchObject({
      components: { error: 0.0008, lesions: 114 },
      studies: [{ readers: 8, power: expect.closeTo(0.8, 1) }],
    });
    writeFileSync(pilot, '{}');
    expect((await plan('readers', '--difference', '0.05', '--pilot', pilot)).status).toBe(3);
  });

  it('plans calibration', async () => {
    expect((await plan('calibration', '--expected', '0.75', '--prevalence', '0.3')).stdout).toMatch(
      /for observed over expected, [\d,]+ for the slope/,
    );
  });

  it('says what is missing', async () => {
    expect((await plan('sensitivity', '--width', '0.1')).stderr).toMatch(/needs the sensitivity that is expected/);
    expect((await plan('weight')).status).toBe(2);
    const strange = await plan(
      'sensitivity',
      '--expected',
      '0.8',
      '--width',
      '0.1',
      '--images-per-lesion',
      '2',
      '--margin',
      '0.1',
    );
    expect(strange).toMatchObject({ status: 2, stdout: '' });
    expect(strange.stderr).toMatch(/--margin has nothing to do with sensitivity/);
  });
});
