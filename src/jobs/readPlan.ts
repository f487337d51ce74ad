import { z } from 'zod';
import { readYaml } from '../data/reading/readYaml.js';
import { badPlan, checkPlan } from './checkPlan.js';
import { withAbsolutePaths } from './jobPaths.js';
import { findJobKind, type JobKindName, jobKindNames } from './kinds/registry.js';
import { jobId, type Plan, plan, usualAttempts } from './plan.js';

/** What stands where a plan says nothing. */
export interface PlanDefaults {
  readonly lesionlab: string;
  readonly seed: number;
  readonly threads: number;
  readonly device: 'cpu' | 'webgpu';
  /** A path as it is read from the plan's folder. */
  readonly absolute: (path: string) => string;
}

const oneOrMore = z.union([z.string(), z.array(z.string()).min(1)]);
const shared = {
  data: oneOrMore.optional(),
  seed: z.int().min(0).optional(),
  threads: z.int().min(1).max(1024).optional(),
  device: z.enum(['cpu', 'webgpu']).optional(),
};
const settings = z.record(z.string(), z.unknown());
const kind = z.enum(jobKindNames as [JobKindName, ...JobKindName[]]);

/** A plan as people write it: what many jobs have in common stands once, and what follows from the rest is left out. */
const writtenPlan = z.strictObject({
  plan: z.literal(1).optional(),
  lesionlab: z.string().optional(),
  made: plan.shape.made.optional(),
  attempts: plan.shape.attempts.optional(),
  ...shared,
  /** Settings that all jobs of a kind have, by kind. */
  settings: z.partialRecord(kind, settings).optional(),
  jobs: z
    .array(
      z.strictObject({
        ...shared,
        id: jobId,
        kind: kind.optional(),
        run: z.string().optional(),
        needs: z.union([z.string(), z.array(z.string())]).optional(),
        settings: settings.optional(),
      }),
    )
    .min(1),
});
type Written = z.infer<typeof writtenPlan>;

/**
 * Reads a plan, as a command wrote it or somebody by hand: YAML 1.2, of which JSON is a part.
 * @param name of the file, for messages
 * @throws LesionlabError kind `usage` with all that is wrong, and the lines where it stands
 */
export function readPlan(text: string, name: string, defaults: PlanDefaults): Plan {
  const { value, lines } = readYaml(text, 'plan', (findings) => badPlan(name, findings));
  const describe = (issues: readonly z.core.$ZodIssue[]) =>
    issues.slice(0, 20).map((issue) => {
      const path = issue.path.map(String);
      const line = lines.get(path.join('.')) ?? lines.get(path.slice(0, -1).join('.'));
      return `${path.join('.') || 'the whole'}${line === undefined ? '' : ` (line ${line})`}: ${issue.message}`;
    });
  const written = writtenPlan.safeParse(value);
  if (!written.success) throw badPlan(name, describe(written.error.issues));
  const { plan: _, made = { by: 'hand', file: name }, attempts = usualAttempts, lesionlab, jobs } = written.data;
  const parsed = plan.safeParse({
    plan: 1,
    lesionlab: lesionlab ?? defaults.lesionlab,
    made,
    attempts,
    jobs: jobs.map((job) => complete(job, written.data, defaults)),
  });
  if (!parsed.success) throw badPlan(name, describe(parsed.error.issues));
  return checkPlan(parsed.data, name);
}

function complete(job: Written['jobs'][number], written: Written, defaults: PlanDefaults): Record<string, unknown> {
  const { id, kind: name = 'train' } = job;
  const { data: takes, folder } = findJobKind(name);
  const needs = job.needs === undefined ? [] : [job.needs].flat();
  // Data that all have in common is of no concern to those that go on with a run.
  const data = job.data ?? (takes === 'needed' ? written.data : undefined);
  const all = { ...written.settings?.[name], ...job.settings };
  return {
    id,
    kind: name,
    run: job.run ?? usualFolder(folder, id, needs, written),
    ...(data !== undefined && { data: [data].flat().map(defaults.absolute) }),
    seed: job.seed ?? written.seed ?? defaults.seed,
    threads: job.threads ?? written.threads ?? defaults.threads,
    device: job.device ?? written.device ?? defaults.device,
    needs,
    settings: withAbsolutePaths(findJobKind(name), all, defaults.absolute),
  };
}

/** A training's folder is called as it is, what goes on with a run works in that of the job that it needs. */
function usualFolder(
  folder: 'makes' | 'uses' | 'plan',
  id: string,
  needs: readonly string[],
  { jobs }: Written,
): string {
  if (folder !== 'uses') return folder === 'plan' ? '.' : id;
  const [need] = jobs.filter((job) => needs.includes(job.id));
  return need
    ? (need.run ??
        usualFolder(findJobKind(need.kind ?? 'train').folder, need.id, [need.needs ?? []].flat(), { jobs } as Written))
    : id;
}
