import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { groupStrands, type Strand, type StrandGroup } from '../../../jobs/strands.js';
import { writeFileWhole } from '../../files/writeFile.js';
import { type CallSlurm, describeRefusal, SlurmRefusal } from './callSlurm.js';
import { fillTemplate, formatIndexes } from './slurmScript.js';

/** What is submitted, and how. */
export interface Submission {
  /** Folder for scripts and words of tasks. */
  readonly folder: string;
  /** What tasks are called in Slurm's lists. */
  readonly name: string;
  readonly template: string;
  /** Options of sbatch that were given; they go before those of the script. */
  readonly options: readonly string[];
  /** Tasks of an array at once at most. */
  readonly beside?: number;
  /** Program and arguments of a task, but for its number. */
  readonly command: readonly string[];
  /** Told apart from other calls in the folder. */
  readonly call: string;
}

/** An array that Slurm has taken. */
export interface SubmittedArray {
  readonly id: string;
  /** To be added to Slurm's index for that of a strand. */
  readonly offset: number;
  readonly strands: readonly number[];
}

/**
 * Submits strands as arrays, one for each stage and number of threads, and more where the cluster takes smaller ones. Those of a stage wait for all of the stage before.
 * @throws LesionlabError kind `run` where Slurm refuses one: then those that it had taken are cancelled
 */
export async function submitStrands(
  call: CallSlurm,
  strands: readonly Strand[],
  submission: Submission,
): Promise<SubmittedArray[]> {
  const limit = await readMaxArraySize(call);
  const submitted: (SubmittedArray & { readonly stage: number })[] = [];
  try {
    for (const group of groupStrands(strands))
      for (const { members, offset } of chunks(group, limit)) {
        const before = submitted.filter(({ stage }) => stage < group.stage);
        const lastStage = Math.max(...before.map(({ stage }) => stage));
        const needs = before.filter(({ stage }) => stage === lastStage).map(({ id }) => id);
        const number = submitted.length + 1;
        const id = await submit(call, group, { members, offset, needs, number }, submission);
        submitted.push({ id, offset, strands: members.map(({ index }) => index), stage: group.stage });
      }
  } catch (error) {
    if (submitted.length > 0)
      await call(
        'scancel',
        submitted.map(({ id }) => id),
      ).catch(() => {});
    if (error instanceof SlurmRefusal) throw describeRefusal(`an array of ${strands.length} tasks`, error);
    throw error;
  }
  return submitted.map(({ id, offset, strands: indexes }) => ({ id, offset, strands: indexes }));
}

interface Chunk {
  readonly members: readonly Strand[];
  readonly offset: number;
  readonly needs: readonly string[];
  readonly number: number;
}

async function submit(
  call: CallSlurm,
  { threads, device }: StrandGroup,
  { members, offset, needs, number }: Chunk,
  { folder, name, template, options, beside, command, call: ofCall }: Submission,
): Promise<string> {
  await mkdir(folder, { recursive: true });
  const numbers = formatIndexes(members.map(({ index }) => index - offset));
  const indexes = beside === undefined ? numbers : `${numbers}%${beside}`;
  const log = join(folder, `%A-%a.log`);
  const script = join(folder, `${ofCall}-${number}.sh`);
  await writeFileWhole(script, fillTemplate(template, { name, indexes, threads, device, log, command, offset }));
  const dependency = needs.length > 0 ? [`--dependency=afterany:${needs.join(':')}`] : [];
  const answer = await call('sbatch', ['--parsable', ...options, ...dependency, script]);
  // `17` or `17;cluster`.
  return answer.trim().split(';')[0];
}

/** No array may have an index of the limit or above. */
function* chunks({ strands }: StrandGroup, limit: number): Iterable<{ members: Strand[]; offset: number }> {
  for (let rest = [...strands]; rest.length > 0; ) {
    const offset = rest.at(-1)!.index < limit ? 0 : rest[0].index;
    const members = rest.filter(({ index }) => index - offset < limit);
    yield { members, offset };
    rest = rest.slice(members.length);
  }
}

async function readMaxArraySize(call: CallSlurm): Promise<number> {
  const text = await call('scontrol', ['show', 'config']);
  return Number(/^MaxArraySize\s*=\s*(\d+)/m.exec(text)?.[1] ?? 1001);
}
