import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { copyFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findModel } from '../src/models/index.js';
import { encodeSafetensors } from '../src/models/weights/safetensors.js';
import { writeSyntheticDataset } from '../src/node/dataset/writeSyntheticDataset.js';
import { silentProgress as progress } from '../src/progress.js';
import { blocksInOrder, blocksOf, chapters } from './guideChapters.js';
import { noiseWeights } from './models/noiseWeights.js';

const root = resolve(import.meta.dirname, '..');

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
  const runCommand = (line: string) => {
    const [npx, program, command, ...args] = line.split(' ');
    expect([npx, program], line).toEqual(['npx', 'lesionlab']);
    seen.add(command);
    const given = [command, ...args, ...(shorter[command] ?? []), '--quiet'];
    // What a run keeps from its beginning is not given again.
    const resumed = args.includes('--resume') ? [command, ...args, '--quiet'] : given;
    const { status, stderr } = call([join(root, 'bin/lesionlab.js'), ...resumed]);
    expect(status, `${line}\n${stderr}`).toBe(0);
  };
  const runProgram = (name: string, i: number, code: string) => {
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
  };
  for (const { name, text } of chapters)
    it(`runs in ${name}`, { timeout: 300_000 }, () => {
      let programs = 0;
      // In the order of reading: programs leave files that commands take, and the other way round.
      for (const { language, code } of blocksInOrder(text, ['sh', 'ts'])) {
        if (language === 'ts') runProgram(name, programs++, code);
        else for (const line of code.trim().split('\n')) runCommand(line);
      }
    });

  it('is shortened only where the guide has it', () => {
    for (const words of [...Object.keys(shorter), ...Object.keys(shorterPrograms)]) expect(seen).toContain(words);
  });
});
