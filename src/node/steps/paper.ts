import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { usageError } from '../../errors.js';
import { paperFiles } from '../../report/paper/paperFiles.js';
import type { ComparedPart, RunPart } from '../../report/paper/paperInput.js';
import { splitFileOf } from '../../report/paper/splitFileOf.js';
import { ownFiles, writeOwnFiles } from '../files/writeOwnFiles.js';
import { packageInfo } from '../machine/packageInfo.js';
import type { StepContext } from '../machine/stepContext.js';
import { plotDocument } from '../pictures/plotDocument.js';
import { readRunPart } from '../run/readRunPart.js';
import { readStudy, studyPath } from '../run/readStudy.js';
import { openRunFolder } from '../run/runFolder.js';
import { compareStep } from './compare.js';

/** What a paper is about, and where its parts are written. */
export interface PaperStepOptions {
  /** Run folders, the others compared with the first; and at most one reader study (the folder that `readers --out` wrote). */
  readonly sources: readonly string[];
  /** Folder for the files; nothing else may lie in it at first. */
  readonly to: string;
  /** A split file: runs are compared on its test images. */
  readonly on?: string;
  /** Bootstrap resamples behind the intervals of comparisons. Default 2,000. */
  readonly resamples?: number;
}

/** What was written for a paper. */
export interface PaperStepResult {
  readonly folder: string;
  /** Relative to it. */
  readonly files: readonly string[];
  /** The split file, and the SHA-256 that it is cited by; null where the images' division is not on record. */
  readonly splitFile: { readonly name: string; readonly sha256: string } | null;
}

/** Name of the list by which the folder is known as this step's own. */
const listName = 'paper.json';

/**
 * Writes what goes into a paper, from files alone: paragraphs, tables, figures, the flow of images, checklists, the split as a file to cite.
 * @throws LesionlabError kind `usage` where nothing, or two reader studies, are named; kind `run` where a file can't be used, or the folder holds other files
 */
export async function paperStep(
  context: StepContext,
  { sources, to, on, resamples }: PaperStepOptions,
): Promise<PaperStepResult> {
  const studies = sources.flatMap((path) => studyPath(path) ?? []);
  const runs = sources.filter((path) => studyPath(path) === null);
  if (sources.length === 0 || studies.length > 1)
    throw usageError(
      'paper-of-what',
      `A paper is about runs and at most one reader study; named were ${studies.length} studies and ${runs.length} runs.`,
      { hint: 'Name a run folder, or the folder that `lesionlab readers --out` wrote.' },
    );
  if (on !== undefined && runs.length < 2)
    throw usageError('nothing-to-compare', 'A split file to compare on is for two or more runs.', {
      hint: 'Name another run, or leave --on out.',
    });
  await ownFiles(to, listName);
  const names = nameRuns(runs);
  const run = runs.length > 0 ? await readRunPart(await openRunFolder(runs[0]), names[0]) : null;
  const split = run && splitFileOf(run);
  const splitFile = split && { name: split.name, sha256: createHash('sha256').update(split.content).digest('hex') };
  const input = {
    run,
    study: studies.length > 0 ? await readStudy(studies[0]) : null,
    compared: runs.length > 1 ? await compare(context, runs, names, { on, resamples }) : null,
    writtenBy: `lesionlab ${packageInfo.version}`,
    splitFile,
  };
  const files = paperFiles(input, split?.content ?? null, { document: plotDocument() });
  await writeOwnFiles(to, listName, files);
  return { folder: to, files: files.map(({ path }) => path), splitFile };
}

/** Runs by the names of their folders, or by their paths where two have one name. */
function nameRuns(runs: readonly string[]): string[] {
  const names = runs.map((path) => basename(path.replace(/[\\/]+$/, '')));
  return new Set(names).size === names.length ? names : [...runs];
}

async function compare(
  context: StepContext,
  runs: readonly string[],
  names: readonly RunPart['name'][],
  options: Pick<PaperStepOptions, 'on' | 'resamples'>,
): Promise<ComparedPart> {
  const { classes, comparisons, on, notes } = await compareStep(context, { runs, ...options });
  return {
    reference: names[0],
    classes,
    comparisons: comparisons.map((comparison, i) => ({ ...comparison, run: names[i + 1] })),
    ...(on && { on }),
    notes,
  };
}
