import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { callCommandLine } from './callCommandLine.js';

const folder = mkdtempSync(join(tmpdir(), 'lesionlab-describe-'));
const data = join(folder, 'clinic');
const put = (path: string, content: string) => {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), content);
};

beforeAll(() => {
  const rows = Array.from({ length: 12 }, (_, i) => `${i + 1};f${i + 1};P${i >> 1};${i % 3 ? 'naevus' : 'melanoma'}`);
  put('clinic/cases.csv', ['nr;photo;patient;finding_class', ...rows].join('\n'));
  for (let i = 1; i <= 12; i++) put(`clinic/photos/f${i}.jpg`, `image ${i}`);
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('describe', () => {
  it('says what it believes and writes nothing', async () => {
    const { status, stdout } = await callCommandLine(['describe', data]);
    expect(status).toBe(0);
    expect(stdout).toContain('12 of its 12 values are names of image files that are there.');
    expect(stdout).toContain('Read so, it has 12 images of 6 patients:');
    expect(stdout).toContain('--write writes it.');
    expect(() => readFileSync(join(data, 'dataset.yaml'))).toThrow();
  });

  it('writes dataset.yaml, by which the data is read from then on, and never a second time', async () => {
    const first = await callCommandLine(['describe', data, '--write', '--json']);
    expect(JSON.parse(first.stdout)).toMatchObject({
      written: join(data, 'dataset.yaml'),
      trial: { images: 12, patients: 6 },
    });
    const text = readFileSync(join(data, 'dataset.yaml'), 'utf8');
    const again = await callCommandLine(['describe', data, '--write']);
    expect(again.status).toBe(2);
    expect(again.stderr).toContain('is there already, and is not written over');
    expect(readFileSync(join(data, 'dataset.yaml'), 'utf8')).toBe(text);
    expect((await callCommandLine(['describe', data])).stdout).toContain('describes this data already');
    const split = await callCommandLine(['split', data, '--out', join(folder, 'out'), '--json']);
    expect(split.stderr + split.stdout).not.toContain('no-metadata');
  });

  it('writes nothing by which the data could not be read', async () => {
    const rows = ['f1,A,naevus', 'f1,A,melanoma', 'f2,B,naevus', 'f3,C,melanoma', 'f4,D,naevus', 'f5,E,melanoma'];
    put('twice/cases.csv', ['photo,patient,finding_class', ...rows].join('\n'));
    for (let i = 1; i <= 5; i++) put(`twice/f${i}.jpg`, `image ${i}`);
    const { status, stderr } = await callCommandLine(['describe', join(folder, 'twice'), '--write']);
    expect(status).toBe(3);
    expect(stderr).toContain('was not written');
    expect(stderr).toContain('row 3: image f1 already stands in row 2, with finding_class "naevus" in place of');
    expect(() => readFileSync(join(folder, 'twice', 'dataset.yaml'))).toThrow();
  });

  it('says so where there is nothing to describe', async () => {
    put('empty/readme.txt', 'x');
    const { status, stderr } = await callCommandLine(['describe', join(folder, 'empty'), '--write']);
    expect(status).toBe(2);
    expect(stderr).toContain('Nothing in');
    expect((await callCommandLine(['describe', join(folder, 'nowhere')])).status).toBe(3);
  });
});
