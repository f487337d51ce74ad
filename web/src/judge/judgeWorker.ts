import { z } from 'zod';
import type { Dataset } from '../../../src/data/dataset.js';
import { datasetFromFiles } from '../../../src/data/formats/datasetFromFiles.js';
import { decodeText } from '../../../src/data/reading/decodeText.js';
import { type MetadataTable, parseTable } from '../../../src/data/reading/metadataTable.js';
import type { StoredFile } from '../../../src/data/storedFile.js';
import { dataError, usageError } from '../../../src/errors.js';
import { assembleAnswers, type Direction } from '../../../src/evaluation/judging/assembleAnswers.js';
import {
  type CalibrationPart,
  type JudgeAnswersOptions,
  judgeAnswers,
  keepListed,
  truthForAnswers,
} from '../../../src/evaluation/judging/judgeAnswers.js';
import { type JudgedRun, judgedRun } from '../../../src/evaluation/judging/judgedRun.js';
import { type AskedNetwork, networkAnswers, planNetwork } from '../../../src/evaluation/judging/networkAnswers.js';
import {
  imagesInTable,
  imagesInTruth,
  isTablePath,
  truthOfDataset,
  truthOfTable,
  withAnyDiagnosis,
} from '../../../src/evaluation/judging/openTruth.js';
import type { ClassChoices } from '../../../src/evaluation/judging/outputClasses.js';
import {
  type Answers,
  type PredictionTableChoices,
  readPredictionTable,
  type TableReading,
} from '../../../src/evaluation/judging/predictionTable.js';
import type { TrainingList } from '../../../src/evaluation/judging/trainingOverlap.js';
import { completeTrainingList } from '../../../src/evaluation/judging/trainingOverlap.js';
import type { Truth } from '../../../src/evaluation/judging/truth.js';
import {
  type JudgedReaders,
  type JudgeReadersOptions,
  judgeReaders,
} from '../../../src/evaluation/readers/judgeReaders.js';
import { toUtf8 } from '../../../src/models/weights/utf8.js';
import { type PostedError, postError } from '../../../src/postedError.js';
import type { PickedFiles } from '../browser/pickedFiles.js';
import { type CallContext, ownedMemory, serveCalls, Transferred } from '../browser/workerCalls.js';
import { looseFiles } from '../dataset/looseFiles.js';
import { sha256 } from '../dataset/sha256.js';
import { unpackFiles } from '../dataset/unpackFiles.js';
import { writeZip } from '../dataset/writeZip.js';
import { version } from '../training/version.js';
import { type FileRole, guessRole } from './fileRoles.js';

// The page's policy forbids code that is made at run time.
z.config({ jitless: true });

/** A table, or all else that was given: a dataset with images or the files of one. */
export interface GivenFile {
  /** Of a table its place among all files; `dataset` of all else. */
  readonly key: string;
  readonly name: string;
  readonly role: FileRole;
  /** In words: rows and columns, or files. */
  readonly about: string;
  /** Of a table. */
  readonly columns?: readonly string[];
  /** Why it can't be read. */
  readonly problem?: PostedError;
}

/** Which of the given files is what; keys of `GivenFile`. */
export interface Roles {
  /** Undefined of a network, whose answers are asked for. */
  readonly answers?: string;
  readonly readers?: string;
  /** Undefined where there is no truth but in the readers' own table. */
  readonly truth?: string;
  readonly learned?: string;
  readonly expected?: string;
}

/** What is estimated of answers. */
export type JudgeChoices = Pick<
  JudgeAnswersOptions,
  'unit' | 'join' | 'threshold' | 'prevalence' | 'labelErrors' | 'resamples' | 'direction'
> & { readonly calibrateOn?: Exclude<CalibrationPart, { answers: Answers }>; readonly name?: string };

/** A class of the truth with its images. */
export interface TruthClass {
  readonly id: string;
  readonly name: string;
  readonly images: number;
  readonly malignant?: boolean;
}

/** What is known of the truth. */
export interface LookedTruth {
  readonly name: string;
  readonly classes: readonly TruthClass[];
  readonly images: number;
  readonly hasLesions: boolean;
  readonly hasPatients: boolean;
  readonly hasValidation: boolean;
}

/** How answers would be read. */
export interface LookedReading {
  readonly words: readonly string[];
  readonly isScore: boolean;
  /** By output the id of the class that it speaks for; empty where it is left out. */
  readonly classOf: Readonly<Record<string, string>>;
  /** Of a table. */
  readonly table?: TableReading;
  /** Of a score, classes of the truth for which it is high. */
  readonly positive: readonly string[];
}

/** How answers would be read, as far as they can be, and what keeps them from being judged. */
export interface LookedAnswers {
  readonly truth?: LookedTruth;
  readonly reading?: LookedReading;
  readonly problem?: PostedError;
}

/** Where answers are from: a table, or a network that was asked. */
export type AnswerSource =
  | { readonly kind: 'table'; readonly key: string; readonly choices: PredictionTableChoices }
  | {
      readonly kind: 'network';
      readonly file: string;
      readonly sha256: string;
      readonly asked: Omit<AskedNetwork, 'dataName'>;
      readonly choices: ClassChoices;
      /** How its images were prepared, for config.json. */
      readonly said: unknown;
    };

/** What was judged: the contents of a run folder. */
export interface JudgedInPage extends JudgedRun {
  /** SHA-256 of what was judged. */
  readonly sha256: string;
}

let files: StoredFile[] = [];
let root = 'files';
const tables = new Map<string, Promise<MetadataTable>>();
let opened: { readonly key: string; readonly truth: Promise<OpenedTruth> } | undefined;

interface OpenedTruth {
  readonly truth: Truth;
  /** Null of a table alone. */
  readonly dataset: Dataset | null;
  /** Of a table's bytes; null of a dataset. */
  readonly sha256: string | null;
}

const keyOf = ({ location }: StoredFile) => location;
const isLooseTable = (file: StoredFile) =>
  file.folders.length === 0 && file.archive === undefined && isTablePath(file.name);

function fileOf(key: string): StoredFile {
  const found = files.find((file) => keyOf(file) === key);
  if (found) return found;
  throw usageError('no-file', `${key} is not among the files.`, { hint: 'Choose the files again.' });
}

function tableOf(key: string): Promise<MetadataTable> {
  const known = tables.get(key);
  if (known) return known;
  const file = fileOf(key);
  const table = file.read().then((bytes) => parseTable(decodeText(bytes, file.name).text, file.name));
  tables.set(key, table);
  return table;
}

/** All files but tables that are something else than the truth. */
const datasetFiles = (roles: Roles): StoredFile[] =>
  files.filter((file) => !isLooseTable(file) || keyOf(file) === roles.truth || roles.truth === 'dataset');

async function openTruth(roles: Roles, needImages: boolean): Promise<OpenedTruth> {
  const key = JSON.stringify([roles.truth, needImages, files.length]);
  if (opened?.key === key) return opened.truth;
  const truth = readTruth(roles, needImages);
  opened = { key, truth };
  return truth;
}

async function readTruth(roles: Roles, needImages: boolean): Promise<OpenedTruth> {
  if (roles.truth === undefined)
    throw usageError('no-truth', 'Nothing says what is true of these images.', {
      hint: 'Give a dataset, or a table of ids and diagnoses, and say that it is what is true.',
    });
  const all = datasetFiles(roles);
  if (needImages || roles.truth === 'dataset') {
    const own = roles.truth === 'dataset' ? files.filter((file) => !isLooseTable(file)) : all;
    const dataset = await withAnyDiagnosis((options) =>
      datasetFromFiles(root, own, { recordsOnly: !needImages, ...options }, async () => {}),
    );
    return { truth: truthOfDataset(dataset), dataset: needImages ? dataset : null, sha256: null };
  }
  const table = await tableOf(roles.truth);
  const beside = files.filter((file) => isLooseTable(file));
  const truth = await truthOfTable(root, table, beside);
  return { truth, dataset: null, sha256: await sha256(await fileOf(roles.truth).read()) };
}

async function listOf(key: string | undefined): Promise<TrainingList | undefined> {
  if (key === undefined) return undefined;
  if (key !== 'dataset') return imagesInTable(await tableOf(key), fileOf(key).name);
  const { truth } = await readTruth({ truth: 'dataset' }, false);
  return imagesInTruth(truth, root);
}

function describeTruth(truth: Truth): LookedTruth {
  const [, found] = truthForAnswers(truth);
  return {
    name: truth.info.name,
    classes: truth.info.classes.map(({ id, name, malignant }, k) => ({ id, name, malignant, images: found[k].images })),
    images: truth.records.length,
    hasLesions: truth.hasLesionIds,
    hasPatients: truth.hasPatientIds === true,
    hasValidation: truth.records.some(({ officialSplit }) => officialSplit === 'validation'),
  };
}

/** Truth of the images that should have an answer. */
async function truthFor(roles: Roles, needImages: boolean) {
  const found = await openTruth(roles, needImages);
  const expected = await listOf(roles.expected);
  const learned = await listOf(roles.learned);
  return {
    ...found,
    expected,
    trainedOn: learned && completeTrainingList(learned, found.truth),
    truth: expected ? keepListed(found.truth, expected) : found.truth,
  };
}

async function readAnswers(source: AnswerSource, truth: Truth, dataset: Dataset | null): Promise<Answers> {
  if (source.kind === 'table')
    return readPredictionTable(await tableOf(source.key), ...truthForAnswers(truth), source.choices);
  const { outputs } = source.asked;
  const { plan } = planNetwork(outputs, truth, (id) => dataset?.images.has(id) ?? false, source.choices);
  return networkAnswers({ ...source.asked, dataName: truth.info.name }, plan);
}

const functions = {
  /** Takes files in, and says what each seems to be. */
  async take(picked: PickedFiles, context: CallContext): Promise<GivenFile[]> {
    files = await unpackFiles(looseFiles(picked), context);
    root = picked.root;
    tables.clear();
    opened = undefined;
    const loose = files.filter(isLooseTable);
    const found: GivenFile[] = [];
    for (const file of loose) {
      const key = keyOf(file);
      try {
        const table = await tableOf(key);
        const { rows, columns } = table;
        found.push({
          key,
          name: file.name,
          role: guessRole(table),
          about: `${rows.length.toLocaleString('en-US')} rows; columns ${columns.slice(0, 12).join(', ')}${columns.length > 12 ? ' …' : ''}`,
          columns,
        });
      } catch (error) {
        found.push({ key, name: file.name, role: 'unused', about: 'can’t be read', problem: postError(error) });
      }
    }
    const others = files.filter((file) => !isLooseTable(file) && !/\.onnx|\.json$|\.data$/i.test(file.name));
    if (others.length > 0)
      found.push({
        key: 'dataset',
        name: picked.root,
        role: found.some(({ role }) => role === 'truth') ? 'unused' : 'truth',
        about: `${others.length.toLocaleString('en-US')} files in folders or zips`,
      });
    return found;
  },

  /** How answers would be read; cheap, so that it can be asked after every change of the form. */
  async look({
    roles,
    source,
    direction,
  }: {
    readonly roles: Roles;
    readonly source: AnswerSource;
    readonly direction?: Direction;
  }): Promise<LookedAnswers> {
    let looked: LookedTruth | undefined;
    let found: LookedReading | undefined;
    try {
      const { truth, dataset, expected } = await truthFor(roles, source.kind === 'network');
      looked = describeTruth(truth);
      const answers = await readAnswers(source, truth, dataset);
      const { plan, isScore, reading } = answers;
      const outputs = source.kind === 'network' ? source.asked.outputs : (reading?.outputs ?? []);
      found = {
        words: [...truth.words, ...answers.words],
        isScore,
        classOf: isScore
          ? {}
          : Object.fromEntries(outputs.map((name, o) => [name, plan.classes[plan.classOfOutput[o]]?.id ?? ''])),
        table: reading,
        positive: isScore ? looked.classes.filter((_, k) => plan.labelOf[k] === 1).map(({ id }) => id) : [],
      };
      if (source.kind === 'table') {
        const of = { source: fileOf(source.key).name, expected: expected !== undefined, direction };
        found = { ...found, words: [...found.words, ...assembleAnswers(answers, truth, of).words] };
      }
      return { truth: looked, reading: found };
    } catch (error) {
      return { truth: looked, reading: found, problem: postError(error) };
    }
  },

  /** Images that a network is to be asked about. */
  async imagesToAsk({
    roles,
    outputs,
    choices,
  }: {
    readonly roles: Roles;
    readonly outputs: readonly string[];
    readonly choices: ClassChoices;
  }): Promise<readonly string[]> {
    const { truth, dataset } = await truthFor(roles, true);
    const { imageIds } = planNetwork(outputs, truth, (id) => dataset?.images.has(id) ?? false, choices);
    if (imageIds.length === 0)
      throw dataError('no-images', 'None of the images of the truth is among the files.', {
        hint: 'Give the folder or the zips with the images, too.',
      });
    return imageIds;
  },

  async readImage({ roles, imageId }: { readonly roles: Roles; readonly imageId: string }) {
    const { dataset } = await openTruth(roles, true);
    const bytes = Uint8Array.from(await dataset!.images.read(imageId));
    return new Transferred(bytes, ownedMemory(bytes));
  },

  /** Judges answers; what comes of it is what the terminal writes into a run folder. */
  async judge(
    {
      roles,
      source,
      choices: { name, ...choices },
    }: { readonly roles: Roles; readonly source: AnswerSource; readonly choices: JudgeChoices },
    { progress }: CallContext,
  ): Promise<JudgedInPage> {
    const task = progress.start('Judging: drawing resamples');
    try {
      const seed = 0;
      const {
        truth,
        dataset,
        expected,
        trainedOn,
        sha256: truthSha256,
      } = await truthFor(roles, source.kind === 'network');
      const answers = await readAnswers(source, truth, dataset);
      const file = source.kind === 'table' ? fileOf(source.key).name : source.file;
      const judged = judgeAnswers({ truth, answers }, { ...choices, seed, source: file, expected, trainedOn });
      const hash = source.kind === 'table' ? await sha256(await fileOf(source.key).read()) : source.sha256;
      const run = await judgedRun(truth, judged, {
        lesionlab: version,
        created: new Date().toISOString(),
        seed,
        name: name ?? file.replace(/\.[^.]+$/, ''),
        judged: {
          kind: source.kind === 'table' ? 'table' : 'file',
          file,
          sha256: hash,
          truthSha256,
          options: {
            ...given(source.choices),
            ...given(choices),
            ...(source.kind === 'network' && given({ network: source.said })),
            ...(roles.learned !== undefined && { trainedOn: trainedOn!.source }),
            ...(expected && { expected: expected.source }),
          },
        },
        device: 'cpu',
        threads: 1,
        versions: { node: 'none (browser)', onnxruntime: source.kind === 'table' ? 'none' : 'onnxruntime-web' },
        truthPath: truth.metadataFile,
        resamples: choices.resamples,
        hash: (text) => sha256(toUtf8(text)),
      });
      return { ...run, sha256: hash };
    } finally {
      task.end();
    }
  },

  /** Analyses a reader study, with a model's table beside it where there is one. */
  async readers(
    { roles, options }: { readonly roles: Roles; readonly options: JudgeReadersOptions },
    { progress }: CallContext,
  ): Promise<JudgedReaders> {
    const task = progress.start('Analysing what readers said');
    try {
      const file = fileOf(roles.readers!);
      const truth = roles.truth === undefined ? undefined : (await openTruth(roles, false)).truth;
      const model =
        roles.answers === undefined
          ? undefined
          : { table: await tableOf(roles.answers), name: fileOf(roles.answers).name };
      const text = decodeText(await file.read(), file.name).text;
      return judgeReaders({ readers: { text, file: file.name }, truth, model }, { ...options, seed: 0 });
    } finally {
      task.end();
    }
  },

  /** Packs texts into a zip of a folder. */
  async pack(
    { folder, texts }: { readonly folder: string; readonly texts: Readonly<Record<string, string>> },
    context: CallContext,
  ): Promise<Blob> {
    return await writeZip(
      Object.entries(texts).map(([path, text]) => ({ path: `${folder}/${path}`, read: () => toUtf8(text) })),
      context,
    );
  },
};
export type JudgeFunctions = typeof functions;

/** What was said. */
const given = (choices: object): Record<string, unknown> =>
  Object.fromEntries(Object.entries(choices).filter(([, value]) => value !== undefined));

serveCalls(functions);
