import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Corpus } from './corpus.js';

/** One mutated file: its kind, which of the corpus, and the number that its changes follow from. */
type Input = readonly [kind: string, index: number, number: number];

/** What came of the inputs of a kind. */
export interface KindResult {
  inputs: number;
  /** Inputs that were taken in spite of their changes; all others were refused with an error for people. */
  taken: number;
  slowest: number;
}

export interface FuzzResult {
  readonly kinds: Record<string, KindResult>;
  /** Stack traces, crashes, hangs, and files outside, each with the input that it came of. */
  readonly faults: string[];
  /** Most memory of a process that read inputs, bytes. */
  peak: number;
}

export interface FuzzOptions {
  readonly corpusFolder: string;
  readonly corpus: Corpus;
  /** For processes' own files. */
  readonly root: string;
  readonly seed: number;
  /** Files of each kind that are tried in each round. */
  readonly perRound: number;
  /** Ends at the first round after so many milliseconds; at least one round is done. */
  readonly milliseconds: number;
  readonly log?: (line: string) => void;
  /** What is done with inputs. */
  readonly targets?: string;
  /** Milliseconds after which an input that says nothing hangs. */
  readonly hang?: number;
}

/** No input takes so long, on a machine that does much else, too. */
const longest = 60_000;
const mostMemory = 2 ** 30;
const ownTargets = join(import.meta.dirname, 'targets.mjs');

/** Has processes read mutated files until the time is over; one that ends, hangs or grows too large is replaced behind the input at fault. */
export async function fuzz(options: FuzzOptions): Promise<FuzzResult> {
  const result: FuzzResult = { kinds: {}, faults: [], peak: 0 };
  const began = Date.now();
  for (let round = 0; round === 0 || Date.now() - began < options.milliseconds; round++) {
    let waiting = listInputs(options, round);
    for (let process = 0; waiting.length > 0; process++)
      waiting = await runChild(options, join(options.root, `${round}-${process}`), waiting, result);
    options.log?.(`${Math.round((Date.now() - began) / 1000)} s: ${describe(result)}`);
  }
  return result;
}

const describe = ({ kinds, faults, peak }: FuzzResult): string =>
  `${Object.values(kinds).reduce((sum, { inputs }) => sum + inputs, 0)} inputs, ${faults.length} faults, at most ${Math.round(peak / 2 ** 20)} MiB`;

/** A run folder has many files, each with many readers. */
const shareOf = (kind: string): number => (kind === 'run' ? 4 : 1);

/** Goes round the files of each kind; the same files come again with other changes. */
function listInputs({ corpus, perRound }: FuzzOptions, round: number): Input[] {
  return Object.entries(corpus).flatMap(([kind, files]) =>
    Array.from({ length: shareOf(kind) * perRound }, (_, i): Input => {
      const number = round * shareOf(kind) * perRound + i;
      return [kind, number % files.length, number];
    }),
  );
}

/** @returns the inputs behind the one that ended the process */
function runChild(
  { corpusFolder, seed, log, targets = ownTargets, hang = longest }: FuzzOptions,
  root: string,
  inputs: readonly Input[],
  result: FuzzResult,
): Promise<Input[]> {
  mkdirSync(root, { recursive: true });
  const child = spawn(
    process.execPath,
    [join(import.meta.dirname, 'child.mjs'), corpusFolder, root, String(seed), targets],
    {
      stdio: ['pipe', 'pipe', 'pipe'],
    },
  );
  child.stdin.end(JSON.stringify(inputs));
  return new Promise((resolve, reject) => {
    let at = -1;
    let current = 'before the first input';
    let ended = false;
    let [out, errors] = ['', ''];
    let watchdog = setTimeout(() => {}, 0);
    const note = (fault: string) => {
      result.faults.push(fault);
      log?.(fault);
    };
    const end = (why: string) => {
      note(`${current}: ${why}`);
      ended = true;
      child.kill('SIGKILL');
    };
    const watch = () => {
      clearTimeout(watchdog);
      watchdog = setTimeout(() => end('hang'), hang);
    };
    const hear = (line: string) => {
      // What it still said after it was told to end is tried again.
      if (ended) return;
      watch();
      const said = JSON.parse(line);
      if (said.kind !== undefined) {
        at += 1;
        current = `${said.kind}, ${said.file}, number ${said.number}`;
        return;
      }
      if (!said.done) return;
      const { taken, fault, milliseconds, peak } = said.done;
      const [kind] = inputs[at];
      result.kinds[kind] ??= { inputs: 0, taken: 0, slowest: 0 };
      const ofKind = result.kinds[kind];
      ofKind.inputs += 1;
      ofKind.taken += taken ? 1 : 0;
      ofKind.slowest = Math.max(ofKind.slowest, milliseconds);
      if (fault !== undefined) note(`${current}: ${fault}`);
      result.peak = Math.max(result.peak, peak);
      if (peak > mostMemory) end(`${Math.round(peak / 2 ** 20)} MiB`);
    };
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      const lines = (out + text).split('\n');
      out = lines.pop()!;
      for (const line of lines) if (line.startsWith('{')) hear(line);
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      errors = (errors + text).slice(-2000);
    });
    child.on('error', reject);
    child.on('close', (code, signal) => {
      clearTimeout(watchdog);
      if (!ended && code === 0 && at === inputs.length - 1) return resolve([]);
      if (at < 0) return reject(new Error(`The process ended (${code ?? signal}) before the first input: ${errors}`));
      if (!ended) note(`${current}: the process ended (${code ?? signal}): ${errors}`);
      resolve(inputs.slice(at + 1));
    });
    watch();
  });
}
