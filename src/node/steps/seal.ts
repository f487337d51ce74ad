import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { z } from 'zod';
import { dataError, runError, usageError } from '../../errors.js';
import { assembleAnswers } from '../../evaluation/judging/assembleAnswers.js';
import { joinUnits } from '../../evaluation/judging/units.js';
import { type AnalysisResult, analysePlan } from '../../evaluation/planned/analyse.js';
import { type AnalysisPlan, readAnalysisPlan } from '../../evaluation/planned/analysisPlan.js';
import { openTruth } from '../dataset/openTruth.js';
import { hashFile } from '../files/fileHash.js';
import { listFolder } from '../files/folderFiles.js';
import { appendJsonLine, readJsonLines } from '../files/jsonLines.js';
import { readJson } from '../files/readJson.js';
import { writeJson } from '../files/writeFile.js';
import { packageInfo } from '../machine/packageInfo.js';
import type { StepContext } from '../machine/stepContext.js';
import { answersOfSource } from '../prediction/answersOfSource.js';

const hash = z.string().regex(/^[0-9a-f]{64}$/);
const sealContent = z.object({
  lesionlab: z.string(),
  /** ISO 8601. */
  sealed: z.string(),
  plan: z.object({ file: z.string(), sha256: hash }),
  /** As the plan names them. */
  inputs: z.array(z.object({ role: z.string(), path: z.string(), sha256: hash })),
});
const sealFile = z.object({ ...sealContent.shape, sha256: hash });
/** What was fixed before the truth was opened: SHA-256 of the plan and of all that it names, and of these together. */
export type Seal = z.infer<typeof sealFile>;

/** One line of the log beside a plan. */
const sealLogLine = z.looseObject({
  time: z.string(),
  event: z.enum(['sealed', 'opened', 'recorded', 'checked']),
  /** Of the seal. */
  seal: z.string(),
  /** Of the record. */
  record: z.string().optional(),
});
type SealLogEntry = z.infer<typeof sealLogLine>;

/**
 * Plans beside this one that were opened on the same truth. Only those in the folder are seen: seals that lie elsewhere are nobody's to find.
 * @throws LesionlabError kind `run` where a log can't be read
 */
async function openingsBefore(path: string, seal: Seal): Promise<EarlierOpening[]> {
  const folder = dirname(path);
  const own = basename(sealPaths(path).seal);
  const names = (await readdir(folder)).filter((name) => name.endsWith('.seal.json') && name !== own).sort();
  const found: EarlierOpening[] = [];
  for (const name of names) {
    const other = await readJson(join(folder, name), sealFile).catch(() => undefined);
    if (!other) continue;
    const hashes = new Map(other.inputs.map((input) => [input.role, input.sha256]));
    const same = seal.inputs.filter((input) => hashes.get(input.role) === input.sha256).map(({ role }) => role);
    if (!same.includes('truth')) continue;
    const entries = await readJsonLines(sealPaths(join(folder, other.plan.file)).log, sealLogLine);
    const opened = entries.find((entry) => entry.event === 'opened' && entry.seal === other.sha256);
    if (opened) found.push({ plan: other.plan.file, opened: opened.time, same });
  }
  return found;
}

/** What a reviewer gets: what was sealed, when it was opened, and what came of it. */
export interface SealedRecord {
  readonly lesionlab: string;
  readonly seal: Seal;
  readonly opened: string;
  /** Other plans in the folder that opened the same truth before this one was; left out where there are none. */
  readonly openedBefore?: readonly EarlierOpening[];
  readonly plan: AnalysisPlan;
  readonly result: AnalysisResult;
  /** Of all the above, in hexadecimal. */
  readonly sha256: string;
}

/** Another plan beside this one whose opening showed the same truth, or the same predictions. */
export interface EarlierOpening {
  readonly plan: string;
  /** ISO 8601, by its log. */
  readonly opened: string;
  /** What both name, by its content. */
  readonly same: readonly string[];
}

/** Files beside a plan. */
export function sealPaths(plan: string): { readonly seal: string; readonly log: string; readonly record: string } {
  const stem = plan.replace(/\.(ya?ml|json)$/i, '');
  return { seal: `${stem}.seal.json`, log: `${stem}.seal-log.jsonl`, record: `${stem}.record.json` };
}

/**
 * Seals a plan before its truth is opened: hashes the plan, predictions (or model) and truth without reading what is true.
 * @throws LesionlabError kind `usage` where the plan is none, or was sealed before; kind `data` or `run` where a file is missing
 */
export async function sealStep(
  path: string,
): Promise<{ readonly seal: Seal; readonly file: string; readonly openedBefore: readonly EarlierOpening[] }> {
  const { bytes, plan } = await readPlan(path);
  const paths = sealPaths(path);
  if (existsSync(paths.seal)) {
    const earlier = await readSeal(path);
    const changed = earlier.plan.sha256 !== sha256(bytes);
    // A call that was killed between the two: this one does what it left.
    if (!changed && !(await logged(path, earlier)).some(({ event }) => event === 'sealed')) {
      await log(path, { event: 'sealed', seal: earlier.sha256 });
      return { seal: earlier, file: paths.seal, openedBefore: await openingsBefore(path, earlier) };
    }
    throw usageError(
      changed ? 'plan-changed' : 'already-sealed',
      changed
        ? `${path} has changed since it was sealed at ${earlier.sealed}; a sealed plan is not sealed again.`
        : `${path} is sealed since ${earlier.sealed}.`,
      {
        hint: changed
          ? 'Put the plan back as it was, or write another plan under another name.'
          : `Open it with \`lesionlab evaluate ${path} --sealed\`.`,
      },
    );
  }
  const content = {
    lesionlab: packageInfo.version,
    sealed: new Date().toISOString(),
    plan: { file: basename(path), sha256: sha256(bytes) },
    inputs: await hashInputs(path, plan),
  };
  const seal: Seal = { ...content, sha256: hashJson(content) };
  await writeJson(paths.seal, seal);
  await log(path, { event: 'sealed', seal: seal.sha256 });
  return { seal, file: paths.seal, openedBefore: await openingsBefore(path, seal) };
}

/**
 * Opens a sealed plan, once: does the analysis, writes the record, and appends to the log.
 * @throws LesionlabError kind `usage` where it was not sealed, or the plan has changed; kind `data` where what it names has changed; kind `run`
 *   where it was opened before
 */
export async function openSealedStep(
  context: StepContext,
  path: string,
): Promise<{ readonly record: SealedRecord; readonly file: string }> {
  const { plan, seal } = await verifySeal(path);
  const paths = sealPaths(path);
  const recorded = (await logged(path, seal)).find(({ event }) => event === 'recorded');
  const unlogged = recorded ? undefined : await readRecord(path);
  if (unlogged && isRecordOf(unlogged, seal)) {
    // A call that was killed between the two: this one does what it left.
    await log(path, { event: 'recorded', seal: seal.sha256, record: unlogged.sha256 });
    return { record: unlogged, file: paths.record };
  }
  if (recorded || unlogged)
    throw runError(
      'already-opened',
      `${path} was opened before${recorded ? `, at ${recorded.time}` : ''}: a sealed plan is opened once.`,
      {
        hint: `What came of it is in ${paths.record}; \`lesionlab seal ${path} --check\` checks it again.`,
      },
    );
  const opened = new Date().toISOString();
  const openedBefore = await openingsBefore(path, seal);
  // Before the truth is read, so that looking at it can't go unnoticed.
  await log(path, { event: 'opened', seal: seal.sha256 });
  const content = {
    lesionlab: packageInfo.version,
    seal,
    opened,
    ...(openedBefore.length > 0 && { openedBefore }),
    plan,
    result: await analyse(context, path, plan),
  };
  const record: SealedRecord = { ...content, sha256: hashJson(content) };
  await writeJson(paths.record, record);
  await log(path, { event: 'recorded', seal: seal.sha256, record: record.sha256 });
  return { record, file: paths.record };
}

/** What checking a record again found. */
export interface SealCheck {
  readonly record: SealedRecord;
  /** Times that the truth was opened, by the log. */
  readonly timesOpened: number;
  /** Numbers of the record that do not come out again, by their names; empty where all do. */
  readonly differences: readonly string[];
}

/**
 * Checks a record: that plan, predictions and truth are what was sealed, that the record is what was written, and that the analysis gives
 * the same numbers again.
 * @throws LesionlabError as `openSealedStep` does; kind `run` where there is no record, or it was changed
 */
export async function checkSealedStep(context: StepContext, path: string): Promise<SealCheck> {
  const { plan, seal } = await verifySeal(path);
  const paths = sealPaths(path);
  const record = (await readJson(paths.record, recordFile)) as unknown as SealedRecord;
  const entries = await logged(path, seal);
  const own = record.sha256;
  if (!isRecordOf(record, seal) || entries.find(({ event }) => event === 'recorded')?.record !== own)
    throw runError('record-changed', `${paths.record} is not what was written when the plan was opened.`, {
      hint: 'Ask for the record, the seal and the log as they were written.',
    });
  const again = await analyse(context, path, plan);
  await log(path, { event: 'checked', seal: seal.sha256, record: own });
  return {
    record,
    timesOpened: entries.filter(({ event }) => event === 'opened').length,
    differences: differ(record.result, again),
  };
}

/** Names of values that differ, numbers by more than rounding. */
function differ(a: unknown, b: unknown, name = 'result'): string[] {
  if (typeof a === 'number' && typeof b === 'number')
    return Math.abs(a - b) <= 1e-9 * Math.max(1, Math.abs(a)) ? [] : [`${name}: ${a}, again ${b}`];
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null)
    return a === b ? [] : [`${name}: ${a}, again ${b}`];
  const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...keys].flatMap((key) =>
    differ((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key], `${name}.${key}`),
  );
}

async function verifySeal(path: string): Promise<{ readonly plan: AnalysisPlan; readonly seal: Seal }> {
  const { bytes, plan } = await readPlan(path);
  const seal = await readSeal(path);
  if (seal.plan.sha256 !== sha256(bytes))
    throw usageError(
      'plan-changed',
      `${path} has changed since it was sealed at ${seal.sealed}: its SHA-256 is ${sha256(bytes)}, sealed was ${seal.plan.sha256}.`,
      {
        hint: 'Put the plan back as it was. A changed plan is another one: write it under another name, and say that it came later.',
      },
    );
  const now = await hashInputs(path, plan);
  const changed = seal.inputs.filter(
    ({ role, sha256: sealed }) => now.find((input) => input.role === role)?.sha256 !== sealed,
  );
  if (changed.length > 0)
    throw dataError(
      'sealed-input-changed',
      `${changed.map(({ role, path: file }) => `${role} (${file})`).join(', ')} changed since the plan was sealed at ${seal.sealed}.`,
      {
        hint: 'Put the files back as they were.',
        details: changed.map(({ role, path: file, sha256: sealed }) => `${role} ${file}: sealed ${sealed}`),
      },
    );
  return { plan, seal };
}

async function readSeal(path: string): Promise<Seal> {
  const { seal: file } = sealPaths(path);
  if (!existsSync(file))
    throw usageError('not-sealed', `${path} was not sealed: there is no ${file}.`, {
      hint: `Seal it first: \`lesionlab seal ${path}\`.`,
    });
  const seal = (await readJson(file, sealFile)) as Seal;
  const { sha256: own, ...content } = seal;
  if (hashJson(content) !== own)
    throw runError('seal-changed', `${file} was changed after it was written.`, {
      hint: 'Put the seal back as it was.',
    });
  return seal;
}

async function readPlan(path: string): Promise<{ readonly bytes: Uint8Array; readonly plan: AnalysisPlan }> {
  const bytes = await readFile(path).catch((cause: NodeJS.ErrnoException) => {
    throw usageError(
      'no-plan',
      cause.code === 'ENOENT' ? `There is no plan ${path}.` : `Cannot read ${path}: ${cause.message}`,
      { hint: 'Give the path of a YAML file; docs/judge.md has an example.', cause },
    );
  });
  return { bytes, plan: readAnalysisPlan(bytes.toString('utf8'), path) };
}

const roles = ['truth', 'predictions', 'reference', 'expected'] as const;

async function hashInputs(path: string, plan: AnalysisPlan): Promise<Seal['inputs']> {
  const inputs: Seal['inputs'] = [];
  for (const role of roles) {
    const named = plan[role];
    if (named === undefined) continue;
    const at = resolve(dirname(path), named);
    const isFolder = await stat(at).then(
      (found) => found.isDirectory(),
      () => false,
    );
    inputs.push({ role, path: named, sha256: isFolder ? await hashFolder(at) : await hashFile(at) });
  }
  return inputs;
}

/** Of a folder: every file's place and content. */
async function hashFolder(folder: string): Promise<string> {
  const files = await listFolder(folder);
  const lines: string[] = [];
  for (const { path, folders, name } of files) lines.push(`${[...folders, name].join('/')} ${await hashFile(path)}`);
  return sha256(lines.sort().join('\n'));
}

async function analyse(context: StepContext, path: string, plan: AnalysisPlan): Promise<AnalysisResult> {
  const at = (name: string) => resolve(dirname(path), name);
  const opened = await openTruth(at(plan.truth));
  try {
    const { unit, join, positive, map } = plan;
    const expected = plan.expected === undefined ? undefined : at(plan.expected);
    const side = async (source: string) => {
      const { truth, answers } = await answersOfSource(
        context,
        { source: at(source), truth: at(plan.truth), positive, map, expected },
        opened,
      );
      const assembled = assembleAnswers(answers, truth, {
        source: basename(source),
        expected: expected !== undefined,
        direction: undefined,
      });
      return { ...joinUnits(assembled.predictions, unit, join), records: assembled.records };
    };
    const own = await side(plan.predictions);
    const reference = plan.reference === undefined ? null : (await side(plan.reference)).predictions;
    const recordOf = new Map(own.predictions.imageIds.map((id, u) => [id, own.records[own.members[u][0]]]));
    return analysePlan(plan, { predictions: own.predictions, reference, recordOf });
  } finally {
    await opened.close();
  }
}

const recordFile = z.looseObject({ sha256: hash });

/** The record of a plan; undefined where there is none. @throws LesionlabError kind `run` where it can't be read */
async function readRecord(path: string): Promise<SealedRecord | undefined> {
  const { record } = sealPaths(path);
  return existsSync(record) ? ((await readJson(record, recordFile)) as unknown as SealedRecord) : undefined;
}

/** Whether a record is as it was written, and of this seal. */
function isRecordOf({ sha256: own, ...content }: SealedRecord, seal: Seal): boolean {
  return hashJson(content) === own && content.seal?.sha256 === seal.sha256;
}

/** What the log says of a seal. */
const logged = async (path: string, seal: Seal): Promise<SealLogEntry[]> =>
  (await readJsonLines(sealPaths(path).log, sealLogLine)).filter((entry) => entry.seal === seal.sha256);

const log = (path: string, entry: Omit<SealLogEntry, 'time'>) =>
  appendJsonLine(sealPaths(path).log, { time: new Date().toISOString(), ...entry });
const sha256 = (bytes: Uint8Array | string) => createHash('sha256').update(bytes).digest('hex');
const hashJson = (value: unknown) => sha256(JSON.stringify(value));
