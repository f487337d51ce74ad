import { type ChildProcess, spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { csvParse } from 'd3-dsv';
import { writeSyntheticDataset } from '../../src/node/dataset/writeSyntheticDataset.js';
import { type DiskFaults, withFaults } from './diskFaults.js';

const binary = resolve(import.meta.dirname, '../../bin/lesionlab.js');

/** What is done to a command, but for where it is written down. */
export type Faults = Omit<DiskFaults, 'root' | 'counter' | 'report'>;

/** How a process ended. */
export interface Ending {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly output: string;
  readonly milliseconds: number;
}

/** A process that was started, and how it ends. */
export interface Started {
  readonly child: ChildProcess;
  readonly ended: Promise<Ending>;
}

/** A folder in which commands are called again and again from the same beginning, at the same paths. */
export class Stage {
  readonly root = mkdtempSync(join(tmpdir(), 'lesionlab-stage-'));
  readonly folder = join(this.root, 'stage');
  readonly #counter = join(this.root, 'steps');
  readonly #report = join(this.root, 'report.json');
  readonly ledger = join(this.root, 'ledger');

  /** Puts the stage as it was set; `from` another folder where one is named. */
  set(from: string): void {
    rmSync(this.folder, { recursive: true, force: true });
    cpSync(from.startsWith('/') ? from : join(this.root, from), this.folder, {
      recursive: true,
      preserveTimestamps: true,
      verbatimSymlinks: true,
    });
  }

  /** Keeps the stage as it is now under a name. */
  keep(name: string): void {
    rmSync(join(this.root, name), { recursive: true, force: true });
    cpSync(this.folder, join(this.root, name), { recursive: true, preserveTimestamps: true, verbatimSymlinks: true });
  }

  start(words: readonly string[], faults?: Faults): Started {
    for (const path of [this.#report, this.#counter]) rmSync(path, { force: true });
    const files = { root: this.folder, counter: this.#counter, report: this.#report };
    const under = faults && withFaults({ ...files, ...faults });
    const began = performance.now();
    const child = spawn(process.execPath, [binary, ...words, '--threads', '1', '--quiet', '--json'], {
      cwd: this.folder,
      env: { ...process.env, LESIONLAB_CACHE: join(this.folder, 'cache'), ...under },
      // A group of its own, so that all that it starts can be ended with it.
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout!, child.stderr!])
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text;
      });
    if (words[0] === 'studio') void visitStudio(child, () => output);
    const ended = new Promise<Ending>((done) =>
      child.on('close', (status, signal) => done({ status, signal, output, milliseconds: performance.now() - began })),
    );
    return { child, ended };
  }

  /** How many steps there were under faults, by all processes. */
  countSteps(): number {
    return existsSync(this.#counter) ? statSync(this.#counter).size : 0;
  }

  /** At which step a process was killed; null where none came so far. */
  readReport(): { readonly number: number; readonly kind: string; readonly path: string } | null {
    return existsSync(this.#report) ? JSON.parse(readFileSync(this.#report, 'utf8')) : null;
  }

  async require(words: readonly string[], faults?: Faults): Promise<Ending> {
    const ending = await this.start(words, faults).ended;
    if (ending.status !== 0) throw new Error(`${words.join(' ')} ended with ${ending.status}:\n${ending.output}`);
    return ending;
  }

  /** Makes the folders from which commands begin: `data`, and `runs` with two trained runs. */
  async prepare(withRuns: boolean): Promise<void> {
    mkdirSync(this.folder);
    const at = (name: string) => join(this.folder, name);
    await writeSyntheticDataset(at('data'), { images: 140, size: [40, 30], seed: 0 });
    const table = csvParse(readFileSync(join(at('data'), 'HAM10000_metadata.csv'), 'utf8'));
    await writeSyntheticDataset(at('painted'), { images: 100, size: [40, 30], seed: 9 });
    for (const row of csvParse(readFileSync(join(at('painted'), 'HAM10000_metadata.csv'), 'utf8')).slice(0, 100)) {
      if (!['mel', 'nv'].includes(row.dx)) continue;
      const part = ['HAM10000_images_part_1', 'HAM10000_images_part_2'].find((name) =>
        existsSync(join(at('painted'), name, `${row.image_id}.jpg`)),
      )!;
      cpSync(join(at('painted'), part, `${row.image_id}.jpg`), join(at('other'), row.dx, `other_${row.image_id}.jpg`));
    }
    rmSync(at('painted'), { recursive: true });
    mkdirSync(at('clinic'));
    cpSync(join(at('data'), 'HAM10000_images_part_1'), join(at('clinic'), 'photos'), { recursive: true });
    const photos = table.slice(0, 60).map((row) => `${row.image_id}.jpg,${row.dx},${row.lesion_id}`);
    writeFileSync(join(at('clinic'), 'list.csv'), `photo,finding,mole\n${photos.join('\n')}\n`);
    const isMalignant = (dx: string) => ['mel', 'bcc', 'akiec'].includes(dx);
    const answers = ['ann', 'bea', 'cem'].flatMap((reader, r) =>
      table.slice(0, 80).map(({ image_id, dx }, i) => {
        const truth = isMalignant(dx);
        return `${reader},${image_id},${(i * 7 + r * 3) % 5 === 0 ? !truth : truth ? 'yes' : 'no'},${truth ? 'yes' : 'no'}`
          .replace(',true,', ',yes,')
          .replace(',false,', ',no,');
      }),
    );
    writeFileSync(at('jobs.yaml'), planOfTwo);
    writeFileSync(at('ablation.yaml'), ablationOfTwo);
    writeFileSync(at('readers.csv'), `reader,image_id,answer,truth\n${answers.join('\n')}\n`);
    mkdirSync(at('sorted'));
    await this.require(['organize', 'data', '--out', 'sorted', '--link', 'copy']);
    this.keep('data');
    if (!withRuns) return;
    const training = [
      '--preset',
      'demo',
      '--image-size',
      '24',
      '--batch-size',
      '8',
      '--ratios',
      '60/20/20',
      '--epochs',
      '2',
    ];
    await this.require(['run', 'data', '--run', 'runs/a', ...training]);
    await this.require(['train', 'data', '--run', 'runs/b', ...training, '--seed', '1', '--split-seed', '0']);
    cpSync(join(at('runs/a'), 'evaluation/test/predictions.csv'), at('answers.csv'));
    const rows = csvParse(readFileSync(at('answers.csv'), 'utf8'));
    const scores = (name: string, every: number) =>
      writeFileSync(
        at(name),
        `id,score\n${rows.map(({ image_id, dx }, i) => `${image_id},${(dx === 'nv' ? 0.4 : 0) + (i % every) / 16}`).join('\n')}\n`,
      );
    scores('ours.csv', 9);
    scores('theirs.csv', 7);
    writeFileSync(
      at('truth.csv'),
      `id,label,lesion\n${rows.map((row) => `${row.image_id},${row.dx === 'nv' ? 1 : 0},${row.lesion_id}`).join('\n')}\n`,
    );
    for (const name of ['plan', 'sealed', 'opened'])
      writeFileSync(
        at(`${name}.yaml`),
        [
          `name: ${name}`,
          'truth: truth.csv',
          'predictions: ours.csv',
          'reference: theirs.csv',
          'positive: ["1"]',
          'threshold: 0.3',
          'referenceThreshold: 0.25',
          'endpoints:',
          '  - { id: sensitivity, metric: sensitivity, hypothesis: non-inferiority, margin: 0.05, against: reference }',
          '',
        ].join('\n'),
      );
    for (const name of ['sealed', 'opened']) await this.require(['seal', `${name}.yaml`]);
    await this.require(['evaluate', 'opened.yaml', '--sealed']);
    this.keep('runs');
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}

/** What somebody does with a studio: opens it, looks at a run's heat maps, which makes a model, and ends it. */
async function visitStudio(child: ChildProcess, output: () => string): Promise<void> {
  for (let i = 0; i < 600 && child.exitCode === null && child.signalCode === null; i++) {
    const [url] = /http:[\d./:]+/.exec(output()) ?? [];
    if (url) {
      await fetch(`${url}api/runs/b/model`).then(
        (answer) => answer.arrayBuffer(),
        () => {},
      );
      child.kill('SIGINT');
      return;
    }
    await new Promise((next) => setTimeout(next, 50));
  }
}

/** A plan by hand: two trainings beside each other, and what follows one of them. */
const planOfTwo = `data: data
threads: 1
settings:
  train: { preset: demo, ratios: [60, 20, 20], overrides: { imageSize: 24, epochs: 1, batchSize: 8 } }
jobs:
  - id: a
  - { id: b, seed: 1 }
  - { id: look, kind: evaluate, needs: a, settings: { resamples: 0, scoresOnly: true } }
  - { id: ask, kind: predict, needs: b, settings: { images: [other] } }
`;

/** A declared comparison: one choice, two seeds. */
const ablationOfTwo = `baseline: { extends: demo, imageSize: 24, training: { batchSize: 8 } }
seeds: 2
settings: { ratios: [60, 20, 20] }
choices:
  - { id: focal, change: { training: { focalLoss: 2 } } }
`;
