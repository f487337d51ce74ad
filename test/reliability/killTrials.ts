import { rmSync } from 'node:fs';
import { relative } from 'node:path';
import type { Random } from '../../src/random.js';
import { afterPowerLoss, beginLedger } from './diskFaults.js';
import { differences, type FolderTree, readTree } from './folderTree.js';
import type { Ending, Faults, Stage } from './stage.js';
import type { WritingCommand } from './writingCommands.js';

/** What a command does when nothing disturbs it. */
export interface Undisturbed {
  readonly steps: number;
  readonly milliseconds: number;
  readonly tree: FolderTree;
}

/** One trial: what was done to a command, and all that was wrong with what came of it; nothing where all is well. */
export interface Trial {
  readonly command: string;
  readonly what: readonly string[];
  /** Times that the process, or one that it started, was really killed, rather than having ended before. */
  readonly kills: number;
  readonly wrong: readonly string[];
}

const known = new WeakMap<Stage, Map<string, Promise<Undisturbed>>>();

/** Lets a command run undisturbed, once a stage. */
export function undisturbed(stage: Stage, command: WritingCommand): Promise<Undisturbed> {
  const results = known.get(stage) ?? new Map<string, Promise<Undisturbed>>();
  known.set(stage, results);
  const found =
    results.get(command.name) ??
    (async () => {
      stage.set(command.from);
      const { milliseconds } = await stage.require(command.words, {});
      return { steps: stage.countSteps(), milliseconds, tree: readTree(stage.folder) };
    })();
  results.set(command.name, found);
  return found;
}

/** Kills at most so many times: at a step, in the middle of one, or at any moment. */
export async function killTrial(
  stage: Stage,
  command: WritingCommand,
  random: Random,
  { most, power }: { readonly most: number; readonly power?: 'synced' | 'names' },
): Promise<Trial> {
  const usual = await undisturbed(stage, command);
  stage.set(command.from);
  const what: string[] = [];
  const wrong: string[] = [];
  let kills = 0;
  for (let i = 0; i < most; i++) {
    const words = i === 0 ? command.words : (command.again ?? command.words);
    const atStep = power !== undefined || random.next() < 0.7;
    const at = 1 + Math.floor(random.next() * usual.steps);
    const torn = random.next() < 0.5;
    if (power) beginLedger(stage.folder, stage.ledger);
    const faults: Faults | undefined = atStep
      ? { kill: { at, torn, all: power !== undefined }, ...(power && { ledger: stage.ledger }) }
      : undefined;
    const { child, ended } = stage.start(words, faults);
    const wait = 200 + random.next() * usual.milliseconds;
    const timer = atStep ? undefined : setTimeout(() => child.kill('SIGKILL'), wait);
    const ending = await ended;
    clearTimeout(timer);
    const report = stage.readReport();
    const place =
      report && `${torn ? 'in' : 'before'} step ${at}, ${report.kind} ${relative(stage.folder, report.path)}`;
    if (ending.signal === 'SIGKILL') {
      kills++;
      what.push(place ? `killed ${place}` : `killed after ${Math.round(wait)} ms`);
      if (power) {
        afterPowerLoss(stage.folder, stage.ledger, power, `${stage.root}/after`);
        stage.set('after');
        rmSync(`${stage.root}/after`, { recursive: true });
        what.push(`power lost (${power})`);
      }
      // An impatient person tries more than once.
      continue;
    }
    if (place) {
      kills++;
      what.push(`a process of its own was killed ${place}`);
    } else what.push('ended before it was killed');
    if (ending.status !== 0 && !(i > 0 && isRefusal(command, ending))) wrong.push(describe(words, ending));
    break;
  }
  wrong.push(...(await doAgain(stage, command)), ...differences(usual.tree, readTree(stage.folder)));
  return { command: command.name, what, kills, wrong };
}

/** Lets the disk fail, or the clock jump, or the process stop for a while; then does it again where that was needed. */
export async function faultTrial(
  stage: Stage,
  command: WritingCommand,
  random: Random,
  fault: 'full' | 'quota' | 'read-only' | 'no permission' | 'broken' | 'clock' | 'suspended',
): Promise<Trial> {
  const usual = await undisturbed(stage, command);
  stage.set(command.from);
  const at = 1 + Math.floor(random.next() * usual.steps);
  const codes = { full: 'ENOSPC', quota: 'EDQUOT', 'read-only': 'EROFS', 'no permission': 'EACCES', broken: 'EIO' };
  const wrong: string[] = [];
  let what = `${fault} from step ${at}`;
  let ending: Ending;
  if (fault === 'suspended') {
    const { child, ended } = stage.start(command.words);
    const wait = 100 + random.next() * usual.milliseconds;
    what = `suspended after ${Math.round(wait)} ms`;
    const timers = [setTimeout(() => child.kill('SIGSTOP'), wait), setTimeout(() => child.kill('SIGCONT'), wait + 700)];
    ending = await ended;
    for (const timer of timers) clearTimeout(timer);
    if (ending.status !== 0) wrong.push(describe(command.words, ending));
  } else if (fault === 'clock') {
    const by = random.next() < 0.5 ? -86_400_000 : 86_400_000;
    what += ` by ${by < 0 ? 'a day back' : 'a day ahead'}`;
    ending = await stage.start(command.words, { clock: { at, by } }).ended;
    if (ending.status !== 0) wrong.push(describe(command.words, ending));
  } else {
    const once = random.next() < 0.3;
    if (once) what += ', once';
    ending = await stage.start(command.words, { fail: { at, code: codes[fault], ...(once && { steps: 1 }) } }).ended;
    // What can do without what it could not write, such as marks in the cache, may go on.
    if (![0, 2, 3, 4].includes(ending.status ?? -1) || /\n\s+at .*:\d+:\d+|This is a bug/.test(ending.output))
      wrong.push(describe(command.words, ending));
    else if (ending.status !== 0) what += `: ${ending.output.trim().split('\n')[0].replaceAll(stage.folder, '')}`;
  }
  // What went on without what it could not keep, such as a studio, keeps it the next time.
  if (ending.status !== 0 || differences(usual.tree, readTree(stage.folder)).length > 0)
    wrong.push(...(await doAgain(stage, command)));
  wrong.push(...differences(usual.tree, readTree(stage.folder)));
  return { command: command.name, what: [what], kills: 0, wrong };
}

/** Whether a command that ended with success had brought to the disk all that it says it wrote; what the cache holds can be made again. */
export async function durabilityTrial(stage: Stage, command: WritingCommand): Promise<Trial> {
  const usual = await undisturbed(stage, command);
  stage.set(command.from);
  beginLedger(stage.folder, stage.ledger);
  await stage.require(command.words, { ledger: stage.ledger });
  afterPowerLoss(stage.folder, stage.ledger, 'synced', `${stage.root}/after`);
  const isOwn = (name: string) => !name.startsWith('cache');
  const only = (tree: FolderTree) => new Map([...tree].filter(([name]) => isOwn(name)));
  const wrong = differences(only(usual.tree), only(readTree(`${stage.root}/after`))).filter(
    // A lease that is gone may come back with the folder's name list of before; its owner is gone too.
    (line) => !/^left over: .*\.lesionlab-lease/.test(line),
  );
  return { command: command.name, what: ['power lost at the end'], kills: 0, wrong };
}

const isRefusal = ({ refused }: WritingCommand, { output }: Ending) =>
  refused !== undefined && output.includes(`"code":"${refused.code}"`);

/** What is wrong with doing a command again; nothing where it is done in the end. */
async function doAgain(stage: Stage, command: WritingCommand): Promise<string[]> {
  const words = command.again ?? command.words;
  const ending = await stage.start(words).ended;
  if (ending.status === 0) return [];
  if (!isRefusal(command, ending)) return [describe(words, ending)];
  const { words: then } = command.refused!;
  if (!then) return [];
  const last = await stage.start(then).ended;
  return last.status === 0 ? [] : [describe(then, last)];
}

const describe = (words: readonly string[], { status, signal, output }: Ending) =>
  `${words.join(' ')} ended with ${status ?? signal}: ${output.trim().slice(-2000)}`;
