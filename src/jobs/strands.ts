import { inOrder } from './inOrder.js';
import type { Plan, PlannedJob } from './plan.js';

/** Jobs that one process does after each other: those of one folder, which could not be done beside each other. */
export interface Strand {
  /** From 0, among all strands of the plan: what an array's index names. */
  readonly index: number;
  /** Strands of stage 0 need none, those of stage 1 need some of stage 0, and so on. */
  readonly stage: number;
  readonly jobs: readonly PlannedJob[];
}

/** Strands that may be begun together, and take as much of a machine. */
export interface StrandGroup {
  readonly stage: number;
  readonly threads: number;
  readonly device: PlannedJob['device'];
  readonly strands: readonly Strand[];
}

/**
 * The strands of a plan, stage by stage, each stage in the plan's order. The same plan has the same strands, whatever of it is done.
 * A job that needs one of another folder begins a strand of a later stage.
 */
export function strandsOf({ jobs }: Plan): Strand[] {
  const stages = stagesOf(jobs);
  const found = new Map<string, PlannedJob[]>();
  for (const job of jobs) {
    const key = `${String(stages.get(job.id)).padStart(5, '0')} ${job.run}`;
    found.set(key, [...(found.get(key) ?? []), job]);
  }
  const stageOf = ([job]: readonly PlannedJob[]) => stages.get(job.id)!;
  return [...found.values()]
    .sort((a, b) => stageOf(a) - stageOf(b))
    .map((inFolder, index) => ({ index, stage: stageOf(inFolder), jobs: inOrder(inFolder) }));
}

/** Strands together that an array may hold: of one stage, and of as many threads and the same device. */
export function groupStrands(strands: readonly Strand[]): StrandGroup[] {
  const groups = new Map<string, Strand[]>();
  for (const strand of strands) {
    const key = `${strand.stage} ${threadsOf(strand)} ${deviceOf(strand)}`;
    groups.set(key, [...(groups.get(key) ?? []), strand]);
  }
  return [...groups.values()].map((members) => ({
    stage: members[0].stage,
    threads: threadsOf(members[0]),
    device: deviceOf(members[0]),
    strands: members,
  }));
}

const threadsOf = ({ jobs }: Strand) => Math.max(...jobs.map(({ threads }) => threads));
const deviceOf = ({ jobs }: Strand) => (jobs.some(({ device }) => device === 'webgpu') ? 'webgpu' : 'cpu');

function stagesOf(jobs: readonly PlannedJob[]): ReadonlyMap<string, number> {
  const byId = new Map(jobs.map((job) => [job.id, job]));
  const stages = new Map<string, number>();
  const stageOf = (job: PlannedJob): number => {
    const known = stages.get(job.id);
    if (known !== undefined) return known;
    const needs = job.needs.map((id) => byId.get(id)!);
    const stage = Math.max(0, ...needs.map((need) => stageOf(need) + (need.run === job.run ? 0 : 1)));
    stages.set(job.id, stage);
    return stage;
  };
  for (const job of jobs) stageOf(job);
  return stages;
}
