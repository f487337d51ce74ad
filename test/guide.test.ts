import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { copyFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findModel } from '../src/models/index.js';
import { encodeSafetensors } from '../src/models/weights/safetensors.js';
import { writeSyntheticDataset } from '../src/node/dataset/writeSyntheticDataset.js';
import { silentProgress as progress } from '../src/progress.js';
import { chapterBlocks } from '../web/src/views/guide/chapterBlocks.js';
import { noiseWeights } from './models/noiseWeights.js';

const root = resolve(import.meta.dirname, '..');
const guide = join(root, 'guide');
const chapters = readdirSync(guide)
  .filter((name) => /^\d\d-.*\.md$/.test(name))
  .sort()
  .map((name) => ({ name, text: readFileSync(join(guide, name), 'utf8') }));
const blocksOf = (text: string, language: string): string[] =>
  [...text.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, 'gm'))].map(([, code]) => code);

/** What commands get beyond the guide's line, so that they take seconds: less of the same work. */
const shorter: Readonly<Record<string, readonly string[]>> = {
  train: ['--epochs', '1', '--image-size', '32'],
  leak: ['--epochs', '1', '--image-size', '32'],
  'cross-validate': ['--epochs', '1', '--image-size', '32'],
  'find-lr': ['--image-size', '32'],
  evaluate: ['--resamples', '50'],
  compare: ['--resamples', '50'],
};
/** The same in programs; each must occur in a chapter. */
const shorterPrograms = { 'overrides: { epochs: 2, imageSize: 64 }': 'overrides: { epochs: 1, imageSize: 32 }' };

describe('the guide', () => {
  it('has sixteen chapters of the same parts, 500 to 1,000 words each', () => {
    expect(chapters).toHaveLength(16);
    for (const { name, text } of chapters) {
      expect(text, name).toMatch(new RegExp(`^# ${Number.parseInt(name, 10)}\\. `));
      const parts = [...text.matchAll(/^## (.*)$/gm)].map(([, title]) => title);
      expect(parts, name).toEqual([
        'What you will see',
        'The idea',
        'Something to try',
        'Commands',
        'What can go wrong',
        'Sources',
      ]);
      for (const reader of ['doctors', 'students', 'researchers']) expect(text, name).toContain(`> **For ${reader}.**`);
      expect(text, name).toMatch(/https:\/\/doi\.org\/10\./);
      const words = text.split(/\s+/).length;
      expect(words, `${name} has ${words} words`).toBeGreaterThan(500);
      expect(words, `${name} has ${words} words`).toBeLessThan(1000);
      expect(blocksOf(text, 'sh').length, name).toBeGreaterThan(0);
      expect(blocksOf(text, 'ts').length, name).toBeGreaterThan(0);
    }
  });

  it('links to chapters and pictures that exist, from its list to every chapter', () => {
    const pages = [{ name: 'README.md', text: readFileSync(join(guide, 'README.md'), 'utf8') }, ...chapters];
    for (const { name, text } of pages)
      for (const [, target] of text.matchAll(/\]\((?!https?:)([^)#]+)\)/g))
        expect(existsSync(join(guide, target)), `${name} links to ${target}`).toBe(true);
    for (const { name } of chapters) expect(pages[0].text).toContain(`](${name})`);
  });

  it('has a picture for every live figure, and no picture without one', () => {
    const used = new Set<string>();
    for (const { name, text } of chapters) {
      const lives = [...text.matchAll(/^<!-- live: ([\w-]+) -->\n!\[(.+)\]\(figures\/([\w-]+)\.(svg|png)\)$/gm)];
      expect(lives.length, name).toBeGreaterThan(0);
      expect(text.match(/<!--|!\[/g), name).toHaveLength(2 * lives.length);
      for (const [, figure, , file, type] of lives) {
        expect(file).toBe(figure);
        used.add(`${file}.${type}`);
      }
      const figures = chapterBlocks(text).flatMap((block) => (block.kind === 'figure' ? [block.name] : []));
      expect(figures, name).toEqual(lives.map(([, figure]) => figure));
    }
    expect(readdirSync(join(guide, 'figures')).sort()).toEqual([...used].sort());
  });

  it('turns readers, links and code into blocks of the studio', () => {
    const blocks = chapterBlocks(
      '## Part one\n\n> **For doctors.** Look.\n\nSee [5](05-splits.md) and [a paper](https://doi.org/10.1).\n\n```sh\nls\n```\n',
    );
    expect(blocks.map(({ kind }) => kind)).toEqual(['heading', 'html', 'code']);
    expect(blocks[0]).toEqual({ kind: 'heading', id: 'part-one', text: 'Part one' });
    const { html } = blocks[1] as { html: string };
    expect(html).toContain('<aside class="aside for-doctors" aria-label="For doctors">');
    expect(html).toContain('<a href="#/guide/05-splits">5</a>');
    expect(html).toContain('<a href="https://doi.org/10.1" target="_blank" rel="noreferrer">a paper</a>');
  });
});

describe.skipIf(!existsSync(join(root, 'dist/cli/main.js')))('what the guide tells people to run', () => {
  const folder = mkdtempSync(join(tmpdir(), 'lesionlab-guide-'));
  const env = { ...process.env, LESIONLAB_CACHE: join(folder, 'cache') };

  beforeAll(async () => {
    await writeSyntheticDataset(join(folder, 'HAM10000'), { images: 140, size: [40, 30], progress });
    await writeSyntheticDataset(join(folder, 'clinic'), { images: 100, seed: 1, size: [40, 30], progress });
    await copyFile(join(folder, 'HAM10000/HAM10000_images_part_1/SYN_0000001.jpg'), join(folder, 'lesion.jpg'));
    for (const [file, id] of [
      ['mobilenet_v2-7ebf99e0.pth', 'mobilenet_v2'],
      ['resnet18-f37072fd.pth', 'resnet18'],
    ])
      await writeFile(
        join(folder, file),
        encodeSafetensors(noiseWeights({ model: findModel(id), classCount: 10, imageSize: 64 }), {}),
      );
    // A project of a reader's own, with lesionlab among its packages.
    mkdirSync(join(folder, 'node_modules/@types'), { recursive: true });
    symlinkSync(root, join(folder, 'node_modules/lesionlab'), 'junction');
    symlinkSync(join(root, 'node_modules/@types/node'), join(folder, 'node_modules/@types/node'), 'junction');
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ type: 'module', dependencies: { lesionlab: '*' } }));
    for (const { name, text } of chapters)
      for (const [i, code] of blocksOf(text, 'ts').entries()) writeFileSync(join(folder, programName(name, i)), code);
  }, 180_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const programName = (chapter: string, i: number) => `${chapter.replace(/\.md$/, '')}-${i + 1}.ts`;
  const call = (args: readonly string[]) => spawnSync(process.execPath, args, { cwd: folder, env, encoding: 'utf8' });

  it('type-checks and compiles', { timeout: 180_000 }, () => {
    const compilerOptions = {
      target: 'ES2023',
      lib: ['ES2023'],
      module: 'NodeNext',
      strict: true,
      noUnusedLocals: true,
      types: ['node'],
      skipLibCheck: true,
    };
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['*.ts'] }));
    const { stdout, status } = call([join(root, 'node_modules/typescript/bin/tsc'), '-p', '.']);
    expect(stdout).toBe('');
    expect(status).toBe(0);
  });

  const seen = new Set<string>();
  for (const { name, text } of chapters) {
    it(`runs in ${name}`, { timeout: 300_000 }, () => {
      for (const line of blocksOf(text, 'sh').join('').trim().split('\n')) {
        const [npx, program, command, ...args] = line.split(' ');
        expect([npx, program], line).toEqual(['npx', 'lesionlab']);
        seen.add(command);
        const given = [command, ...args, ...(shorter[command] ?? []), '--quiet'];
        // What a run keeps from its beginning is not given again.
        const resumed = args.includes('--resume') ? [command, ...args, '--quiet'] : given;
        const { status, stderr } = call([join(root, 'bin/lesionlab.js'), ...resumed]);
        expect(status, `${line}\n${stderr}`).toBe(0);
      }
      for (const [i, code] of blocksOf(text, 'ts').entries()) {
        const file = join(folder, programName(name, i).replace(/ts$/, 'js'));
        const compiled = readFileSync(file, 'utf8');
        let shortened = compiled;
        for (const [words, replacement] of Object.entries(shorterPrograms)) {
          if (!code.includes(words)) continue;
          shortened = shortened.replace(words, replacement);
          expect(shortened).not.toBe(compiled);
          seen.add(words);
        }
        writeFileSync(file, shortened);
        const { status, stdout, stderr } = call([file]);
        expect(status, `${name}\n${stderr}`).toBe(0);
        expect(stdout.trim()).not.toBe('');
        expect(stdout).not.toMatch(/undefined|NaN/);
      }
    });
  }

  it('is shortened only where the guide has it', () => {
    for (const words of [...Object.keys(shorter), ...Object.keys(shorterPrograms)]) expect(seen).toContain(words);
  });
});
