import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readJsonLines } from '../../../../src/node/files/jsonLines.js';
import { isLeaseName } from '../../../../src/node/files/lease/leaseFile.js';
import { isTemporaryName } from '../../../../src/node/files/temporaryFiles.js';
import { runFolderPaths } from '../../../../src/node/run/runFolder.js';
import type { EpochRecord } from '../../../../src/training/events.js';
import { copyPaintedData } from '../../paintedData.js';

const dist = resolve(import.meta.dirname, '../../../../dist');
const binary = resolve(import.meta.dirname, '../../../../bin/lesionlab.js');
const root = mkdtempSync(join(tmpdir(), 'lesionlab-takeover-'));
const data = join(root, 'data');
const epochs = 12;

/** Trains as if on another machine, with a lease that lasts two seconds. */
const script = join(root, 'train.mjs');
const childText = `
import { createContext } from ${JSON.stringify(pathToFileURL(join(dist, 'node/machine/stepContext.js')).href)};
import { holdFolder } from ${JSON.stringify(pathToFileURL(join(dist, 'node/files/lease/holdFolder.js')).href)};
import { trainRun } from ${JSON.stringify(pathToFileURL(join(dist, 'node/steps/run.js')).href)};
const [run, host, resume] = process.argv.slice(2);
const owner = { host, boot: 'boot of ' + host, pids: 'pid:[1]', pid: process.pid, started: '1' };
const timing = { beat: 200, lasts: 2000, watch: 600 };
const context = createContext({ threads: 1, seed: 5, onEvent: ({ type, record }) => console.log(type, record?.epoch ?? '') });
try {
  await holdFolder(run, { command: 'train', owner, timing }, () =>
    trainRun(context, {
      data: ${JSON.stringify(data)}, run, preset: 'demo', resume: resume === 'resume',
      overrides: { imageSize: 24, epochs: ${epochs}, batchSize: 8 }, ratios: [60, 20, 20],
    }));
  console.log('ended');
} catch (error) {
  console.log('error', error.code, error.message);
  process.exitCode = error.exitStatus ?? 1;
}
`;

class Training {
  output = '';
  readonly child: ChildProcess;
  readonly ended: Promise<number | null>;

  constructor(command: readonly string[]) {
    this.child = spawn(process.execPath, command, {
      env: { ...process.env, LESIONLAB_CACHE: join(root, 'cache') },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.child.stdout!, this.child.stderr!])
      stream.setEncoding('utf8').on('data', (text: string) => {
        this.output += text;
      });
    this.ended = new Promise((done) => this.child.on('exit', (status) => done(status)));
  }

  async until(condition: () => boolean): Promise<void> {
    for (let i = 0; i < 2400 && !condition() && this.child.exitCode === null; i++)
      await new Promise((next) => setTimeout(next, 25));
    if (!condition()) throw new Error(`Waited in vain:\n${this.output}`);
  }
}

const train = (run: string, host: string, ...more: string[]) => new Training([script, run, host, ...more]);
const commandLine = (run: string, ...more: string[]) =>
  new Training([
    ...[binary, 'train', data, '--run', run, '--preset', 'demo', '--image-size', '24', '--batch-size', '8'],
    ...['--epochs', String(epochs), '--seed', '5', '--threads', '1', '--ratios', '60,20,20', ...more],
  ]);

/** Every file with its content, but those of a lease, and one that was suspended while it was written, which its owner takes away. */
const contents = (folder: string) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !isLeaseName(entry.name) && !isTemporaryName(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .map((path) => [path, createHash('sha256').update(readFileSync(path)).digest('hex')]);

const leaseFilesIn = (folder: string) => readdirSync(folder).filter(isLeaseName);
const weights = (folder: string) => {
  const { lastCheckpoint, bestCheckpoint } = runFolderPaths(folder);
  return [lastCheckpoint, bestCheckpoint].map((path) => createHash('sha256').update(readFileSync(path)).digest('hex'));
};

describe.skipIf(process.platform === 'win32' || !existsSync(dist))('one process a run folder', () => {
  let undisturbed: string;
  beforeAll(async () => {
    await copyPaintedData(data, { images: 140, size: [40, 30] });
    writeFileSync(script, childText);
    undisturbed = join(root, 'undisturbed');
    expect(await train(undisturbed, 'ward-1').ended).toBe(0);
    expect(leaseFilesIn(undisturbed)).toEqual([]);
  });
  afterAll(() => rmSync(root, { recursive: true, force: true }));

  it('an owner that was suspended past its lease, and taken over elsewhere, writes nothing and says so', async () => {
    const run = join(root, 'suspended');
    const first = train(run, 'ward-1');
    await first.until(() => /epoch 3\b/.test(first.output));
    first.child.kill('SIGSTOP');
    await new Promise((next) => setTimeout(next, 2300));
    const second = train(run, 'ward-2', 'resume');
    await second.until(() => /step|epoch/.test(second.output));
    // Both are awake now, and the second is in the middle of its work.
    first.child.kill('SIGCONT');
    expect(await first.ended).toBe(4);
    expect(first.output).toMatch(/error run-taken-over .*"train" \(process \d+ on ward-2.* has taken it over/);
    expect(await second.ended).toBe(0);
    expect(weights(run)).toEqual(weights(undisturbed));
    const { metrics } = runFolderPaths(run);
    expect((await readJsonLines<EpochRecord>(metrics)).map(({ epoch }) => epoch)).toEqual(
      Array.from({ length: epochs }, (_, i) => i + 1),
    );
    expect(leaseFilesIn(run)).toEqual([]);
  });

  it('one that wakes up after the other has ended changes nothing either', async () => {
    const run = join(root, 'late');
    const first = train(run, 'ward-1');
    await first.until(() => /epoch 2\b/.test(first.output));
    first.child.kill('SIGSTOP');
    await new Promise((next) => setTimeout(next, 2300));
    expect(await train(run, 'ward-2', 'resume').ended).toBe(0);
    const before = contents(run);
    first.child.kill('SIGCONT');
    expect(await first.ended).toBe(4);
    expect(first.output).toContain('error run-taken-over');
    expect(contents(run)).toEqual(before);
    expect(weights(run)).toEqual(weights(undisturbed));
    expect(leaseFilesIn(run)).toEqual([]);
  });

  it('of two --resume at once, the second is refused at once', async () => {
    const run = join(root, 'twice');
    const begun = commandLine(run);
    await begun.until(() => existsSync(runFolderPaths(run).trainingState));
    begun.child.kill('SIGKILL');
    await begun.ended;
    // What it left stands in nobody's way.
    expect(leaseFilesIn(run)).not.toEqual([]);
    const first = commandLine(run, '--resume');
    await first.until(() => leaseFilesIn(run).length > 0 && first.output !== '');
    const began = performance.now();
    const second = commandLine(run, '--resume');
    expect(await second.ended).toBe(4);
    expect(second.output).toMatch(new RegExp(`is being written by "train" \\(process ${first.child.pid} on`));
    expect(performance.now() - began).toBeLessThan(10_000);
    expect(await first.ended).toBe(0);
    expect((await readJsonLines<EpochRecord>(runFolderPaths(run).metrics)).length).toBe(epochs);
    expect(weights(run)).toEqual(weights(undisturbed));
    expect(leaseFilesIn(run)).toEqual([]);
  });
});
