import { foldRatios } from '../../../src/data/groups/splitRule.js';
import { usageError } from '../../../src/errors.js';
import { foldJobs } from '../../../src/jobs/foldJobs.js';

/** A plan as people write it (docs/jobs.md); its paths begin with the name of a place. */
export interface WrittenPlan {
  readonly data?: string;
  readonly seed?: number;
  readonly jobs: readonly WrittenJob[];
}

interface WrittenJob {
  readonly id: string;
  readonly kind?: string;
  readonly run?: string;
  readonly data?: string;
  readonly needs?: string | readonly string[];
  readonly seed?: number;
  readonly settings?: Readonly<Record<string, unknown>>;
}

/** How often, and on which images, something is trained. */
export type Repetition = 'once' | 'seeds-3' | 'seeds-5' | 'folds-5';

/** What a training is made of beside its name. */
export interface TrainingChoice {
  /** As the page names it. */
  readonly data: string;
  /** Of a plan's training: a preset, or what a recipe says. */
  readonly recipe: Readonly<Record<string, unknown>>;
  /** Path of a file, `imagenet`, or empty for none. */
  readonly weights: string;
  readonly seed: number;
  readonly repetition: Repetition;
  /** Images at most; null for all. */
  readonly limit: number | null;
  readonly excludeUnusable: boolean;
  /** Evaluates on the test images afterwards, and writes the report. */
  readonly judged: boolean;
}

/** A plan of one or several trainings. */
export function planTraining(choice: TrainingChoice): WrittenPlan {
  const { data, recipe, weights, seed, repetition, limit, excludeUnusable, judged } = choice;
  const common = {
    ...recipe,
    ...(weights !== '' && { weights }),
    ...(limit !== null && { limit }),
    ...(excludeUnusable && { excludeUnusable }),
  };
  const [kind, count] = repetition.split('-');
  if (kind === 'folds') {
    const ratios = foldRatios(Number(count));
    const jobs = foldJobs(Number(count)).map((job) =>
      job.kind === 'train' ? { ...job, settings: { ...common, ratios, ...job.settings } } : job,
    );
    return { data, seed, jobs };
  }
  const seeds = kind === 'seeds' ? Array.from({ length: Number(count) }, (_, i) => seed + i) : [seed];
  // One split for all of them: it is what the seeds are compared on.
  const settings = kind === 'seeds' ? { ...common, splitSeed: seed } : common;
  const jobs = seeds.flatMap((own): WrittenJob[] => {
    const id = kind === 'seeds' ? `seed-${own}` : 'run';
    return [{ id, seed: own, settings }, ...(judged ? judging(id, { needs: id }) : [])];
  });
  return { data, seed, jobs };
}

/** Evaluation on the test images, and the report. */
function judging(id: string, job: Partial<WrittenJob>): WrittenJob[] {
  const evaluation = { ...job, id: `${id}-test`, kind: 'evaluate' };
  return [evaluation, { ...job, id: `${id}-report`, kind: 'report', needs: evaluation.id }];
}

/** What a run that is there already is evaluated on: images of its own split, or other data. */
export interface EvaluationChoice {
  /** Path of the run. */
  readonly source: string;
  readonly split: 'test' | 'validation' | 'other';
  /** With `other`. */
  readonly data: string;
  readonly excludeUnusable: boolean;
}

/** @throws LesionlabError kind `usage` where data is missing */
export function planEvaluation({ source, split, data, excludeUnusable }: EvaluationChoice): WrittenPlan {
  const isOther = split === 'other';
  if (isOther && data === '') throw usageError('no-data', 'Choose the data to evaluate on.');
  const id = isOther ? nameFrom(data.split('/').at(-1)!) : `run-${split}`;
  const settings = { source, ...(isOther ? { ...(excludeUnusable && { excludeUnusable }) } : { split }) };
  return {
    jobs: [
      { id, kind: 'evaluate', ...(isOther && { data }), settings },
      { id: `${id}-report`, kind: 'report', needs: id, settings: { source } },
    ],
  };
}

/** Writes the model of a run as an ONNX file. */
export const planExport = (source: string): WrittenPlan => ({
  jobs: [{ id: 'export', kind: 'export', settings: { source } }],
});

/** Asks a run about images. @param images paths of folders, zips or files */
export function planPrediction(source: string, images: readonly string[], excludeUnusable: boolean): WrittenPlan {
  if (images.length === 0) throw usageError('no-images', 'Choose the images that the model is asked about.');
  return {
    jobs: [
      { id: 'answers', kind: 'predict', settings: { source, images, ...(excludeUnusable && { excludeUnusable }) } },
    ],
  };
}

/** Judges somebody's table of predictions, or ONNX file, by what is true. */
export function planJudgement(source: string, truth: string, name: string): WrittenPlan {
  if (source === '') throw usageError('no-answers', 'Choose the table of predictions that is judged.');
  if (truth === '') throw usageError('no-truth', 'Choose what says which diagnoses are true.');
  const settings = { source, ...(name !== '' && { name }) };
  return {
    data: truth,
    jobs: [
      { id: 'judged', kind: 'judge', settings },
      { id: 'report', kind: 'report', needs: 'judged' },
    ],
  };
}

/** A name of a folder, of what somebody typed. */
export function nameFrom(text: string): string {
  const name = text
    .normalize('NFKD')
    .replace(/[^\w.-]+/g, '-')
    .replace(/^[^A-Za-z0-9]+|-+$/g, '')
    .slice(0, 60);
  return name === '' ? 'work' : name;
}

/** How plans name a run that the studio lists, whatever the places are called. */
export const runPath = (id: string): string => `./${id}`;

/** The folder of a plan that works in runs which are there already. */
export const planName = (run: string, what: string): string => `work/${nameFrom(run.replaceAll('/', '-'))}-${what}`;
