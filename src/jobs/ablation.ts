import { z } from 'zod';
import { readYaml } from '../data/reading/readYaml.js';
import { usageError } from '../errors.js';
import { choiceFigures } from '../evaluation/ablation/choiceFigures.js';
import { trainJob } from './kinds/trainJob.js';
import { jobId } from './plan.js';

/** Names of files and folders that an ablation makes beside those of its choices. */
const taken = ['baseline', 'jobs'];

const settings = z.record(z.string(), z.unknown());
const seed = z
  .int()
  .min(0)
  .max(2 ** 32 - 1);

const choice = z.strictObject({
  id: jobId.max(40),
  /** Settings of a recipe that differ from the baseline's. */
  change: settings.optional(),
  /** In place of the baseline's: a preset's name, or the path of a recipe file. */
  recipe: z.string().min(1).optional(),
  /** In place of the weights that all begin with. */
  weights: z.string().min(1).optional(),
  /** In place of the teacher of all. */
  teacher: trainJob.settings.shape.teacher,
});

/** A declared grid of ways to train: a baseline, what differs from it, and the seeds with which each is trained. */
export const ablation = z.strictObject({
  /** A preset's name, the path of a recipe file, or what a recipe says. */
  baseline: z.union([z.string().min(1), settings]),
  /** How many, or which; all choices have the same. */
  seeds: z.union([z.int().min(1).max(100), z.array(seed).min(1).max(100)]),
  /** By which the images are split, for all alike. Default 0. */
  splitSeed: seed.default(0),
  /** The figure that decides; the others are beside it. */
  figure: z.enum(choiceFigures).default('logLoss'),
  /** Frequencies of diagnoses that all probabilities are made for: all alike, or those of the validation images. */
  prevalence: z.enum(['equal', 'data']).default('equal'),
  /** Settings of all trainings: those of a job `train`, and settings of a recipe by name. */
  settings: settings.optional(),
  choices: z.array(choice).min(1).max(200),
});
/** An ablation as it was declared. */
export type Ablation = z.infer<typeof ablation>;
/** One of its choices. */
export type AblationChoice = Ablation['choices'][number];

/** An ablation's file that was read; recipes are not looked at yet. */
export interface AblationFile {
  readonly name: string;
  readonly ablation: Ablation;
  /** Line of each name, from 1, by path: `choices.0.change.training`. */
  readonly lines: ReadonlyMap<string, number>;
}

/**
 * Reads the text of an ablation's file: YAML 1.2, of which JSON is a part.
 * @param name of the file, for messages
 * @throws LesionlabError kind `usage` with all that is wrong, and the lines where it stands
 */
export function readAblation(text: string, name = 'ablation.yaml'): AblationFile {
  const { value, lines } = readYaml(text, 'ablation', (findings) => badAblation(name, findings));
  const parsed = ablation.safeParse(value);
  if (!parsed.success)
    throw badAblation(
      name,
      parsed.error.issues.slice(0, 20).map((issue) => {
        const path = issue.path.map(String);
        return `${placeOf(lines, path) ?? (path.join('.') || 'the whole')}: ${wordsOf(issue)}`;
      }),
    );
  const findings = checkChoices(parsed.data.choices, lines);
  const { seeds } = parsed.data;
  const twice = Array.isArray(seeds) ? seeds.find((own, i) => seeds.indexOf(own) < i) : undefined;
  if (twice !== undefined) findings.push(`${placeOf(lines, ['seeds'])}: ${twice} is there twice`);
  if (findings.length > 0) throw badAblation(name, findings);
  return { name, ablation: parsed.data, lines };
}

/** What is wrong with an ablation's file, as one error. */
export const badAblation = (name: string, findings: readonly string[]) =>
  usageError(
    'bad-ablation',
    findings.length === 1
      ? `${name} cannot be used: ${findings[0]}`
      : `${name} cannot be used: ${findings.length} things are wrong`,
    { details: findings, hint: 'docs/recipes.md says what an ablation declares, with an example.' },
  );

/** `choices.0.id (line 7)`; undefined where the file has no such place. */
export function placeOf(lines: ReadonlyMap<string, number>, path: readonly string[]): string | undefined {
  const line = lines.get(path.join('.')) ?? lines.get(path.slice(0, -1).join('.'));
  return line === undefined ? undefined : `${path.join('.')} (line ${line})`;
}

function wordsOf(issue: z.core.$ZodIssue): string {
  const [first] = issue.path;
  if (first === 'seeds') return 'expected how many seeds, from 1 to 100, or a list of them: [0, 1, 2]';
  if (first === 'baseline')
    return "expected a preset's name, a recipe file, or what a recipe says: {extends: transfer}";
  return issue.message;
}

function checkChoices(choices: readonly AblationChoice[], lines: ReadonlyMap<string, number>): string[] {
  const findings: string[] = [];
  const seen = new Map<string, number>();
  for (const [i, { id, change, recipe, weights, teacher }] of choices.entries()) {
    const place = placeOf(lines, ['choices', String(i), 'id']);
    // Some disks take no notice of capitals.
    const name = id.toLowerCase();
    if (taken.includes(name)) findings.push(`${place}: a choice can't be called ${id}: that is a name of its folder`);
    const before = seen.get(name);
    if (before !== undefined)
      findings.push(`${place}: two choices are called ${id}, the first on line ${lines.get(`choices.${before}.id`)}`);
    else seen.set(name, i);
    if (change !== undefined && recipe !== undefined)
      findings.push(`${place}: ${id} has both a change and a recipe: one of them is meant`);
    if ([change, recipe, weights, teacher].every((given) => given === undefined))
      findings.push(`${place}: ${id} says nothing that differs: give it a change, a recipe, weights or a teacher`);
  }
  return findings;
}
