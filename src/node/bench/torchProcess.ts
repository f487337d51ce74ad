import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { interruptedError } from '../../errors.js';
import type { BenchOptions } from './benchOptions.js';
import type { Measurement } from './measureSteps.js';

export type BenchKind = 'train' | 'predict';

export interface TorchMeasurement extends Measurement {
  /** The better of PyTorch's two. */
  readonly memoryFormat: 'contiguous' | 'channels last';
  readonly torch: string;
  readonly threads: number;
  /** Most memory of a process that does nothing else in that format, MiB; null where the system can't tell. */
  readonly peakMemory: number | null;
}

/** What PyTorch does with batch norm. */
export type TorchBatchNorm = 'own' | 'folded';

/** Which network PyTorch's side takes, and how. */
export interface TorchNetwork {
  /** torchvision's or timm's: `resnet50`, `timm:vit_small_patch16_224`. */
  readonly name: string;
  readonly classCount: number;
  /** `own`: as the library has it. `folded`: it goes into the convolutions before it, what remains keeps its statistics. */
  readonly batchNorm: TorchBatchNorm;
}

/** PyTorch's side of the comparison, kept running so that rounds can alternate. */
export interface TorchProcess {
  readonly version: string;
  measure(): Promise<TorchMeasurement>;
  close(): void;
}

const script = fileURLToPath(new URL('../../../bench/torchTrainStep.py', import.meta.url));

/** Where Python is looked for, where nobody says: what is on the path, of any version, and the system's. */
export const usualPythons: readonly string[] = [
  'python3',
  'python',
  ...[15, 14, 13, 12, 11, 10, 9].map((minor) => `python3.${minor}`),
  '/usr/bin/python3',
];

/**
 * Of the Pythons that have torch and, from torchvision or timm, the network of that name, the one with the newest torch, the earlier one of two alike;
 * undefined where none has it.
 * @param asked the script whose `find` tells
 */
export async function findTorchPython(
  name: string,
  candidates: readonly string[] = usualPythons,
  asked = script,
): Promise<string | undefined> {
  if (!existsSync(asked)) return undefined;
  let newest: { readonly python: string; readonly version: string } | undefined;
  for (const python of candidates) {
    try {
      const { stdout } = await promisify(execFile)(python, [asked, 'find', name], { timeout: 120_000 });
      const version = stdout.trim();
      if (!newest || isNewer(version, newest.version)) newest = { python, version };
    } catch {
      // Not installed, or without torch: the next one.
    }
  }
  return newest?.python;
}

/** By the numbers of versions such as `2.15.0+cpu`. */
export function isNewer(version: string, than: string): boolean {
  const [ours, theirs] = [version, than].map((text) => (text.split('+')[0].match(/\d+/g) ?? []).map(Number));
  const place = ours.findIndex((number, i) => number !== (theirs[i] ?? 0));
  return place >= 0 && ours[place] > (theirs[place] ?? 0);
}

/** Other ways in which a user of PyTorch could have the same. */
export const torchWays = ['compiled', 'bfloat16'] as const;
export type TorchWay = (typeof torchWays)[number];

/** Images a second in another way, or why it can't be had here. */
export type TorchAlternative =
  | { readonly imagesPerSecond: number; readonly reason: null }
  | { readonly imagesPerSecond: null; readonly reason: string };

/** Measures PyTorch in one of its other ways, once. @throws LesionlabError kind `interrupted` */
export async function measureTorchWay(
  python: string,
  kind: BenchKind,
  network: TorchNetwork,
  way: TorchWay,
  options: BenchOptions,
): Promise<TorchAlternative> {
  const { signal } = options;
  try {
    const { stdout } = await promisify(execFile)(python, [...torchArguments(kind, network, options), '--as', way], {
      signal,
    });
    return { imagesPerSecond: (JSON.parse(stdout) as TorchMeasurement).imagesPerSecond, reason: null };
  } catch (error) {
    if (signal?.aborted) throw interruptedError('The comparison was interrupted.');
    const { code, stderr = '' } = error as { code?: number; stderr?: string };
    if (code !== 3) throw new Error(`bench/torchTrainStep.py ended early: exit status ${code}\n${stderr}`.trim());
    return { imagesPerSecond: null, reason: stderr.trim().split('\n').at(-1)! };
  }
}

function torchArguments(
  kind: BenchKind,
  { name, classCount, batchNorm }: TorchNetwork,
  { imageSize, batchSize, threads, seconds }: BenchOptions,
): string[] {
  const args = [script, kind, name, imageSize, batchSize, threads, seconds, '--classes', classCount].map(String);
  return batchNorm === 'folded' ? [...args, '--folded'] : args;
}

/** Starts bench/torchTrainStep.py and waits until it is ready. @throws where it ends early, with what it printed */
export async function startTorch(
  python: string,
  kind: BenchKind,
  network: TorchNetwork,
  options: BenchOptions,
): Promise<TorchProcess> {
  const { signal } = options;
  const args = [...torchArguments(kind, network, options), '--wait'];
  const child = spawn(python, args, { stdio: ['pipe', 'pipe', 'pipe'] });
  const abort = () => child.kill();
  signal?.addEventListener('abort', abort, { once: true });
  const lines = readJsonLines(child, signal);
  const close = () => {
    signal?.removeEventListener('abort', abort);
    child.stdin.end();
    child.kill();
  };
  try {
    const { torch } = (await lines.next()) as { torch: string };
    return {
      version: torch,
      async measure() {
        child.stdin.write('\n');
        return (await lines.next()) as TorchMeasurement;
      },
      close,
    };
  } catch (error) {
    close();
    throw error;
  }
}

/** The child's lines on stdout, parsed, one at a time; rejects when the child ends instead. */
function readJsonLines(child: ChildProcess, signal?: AbortSignal): { next(): Promise<unknown> } {
  let errors = '';
  child.stderr?.on('data', (chunk) => {
    errors = (errors + chunk).slice(-2000);
  });
  child.stdin?.on('error', () => {}); // a pipe that closed is reported by the end of the output
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', (status) => resolve(`exit status ${status}\n${errors}`.trim()));
  });
  const lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
  return {
    async next() {
      const { value, done } = await lines.next();
      if (!done) return JSON.parse(value);
      if (signal?.aborted) throw interruptedError('The comparison was interrupted.');
      throw new Error(`bench/torchTrainStep.py ended early: ${await ended}`);
    },
  };
}
