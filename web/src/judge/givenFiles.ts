import type { Dataset } from '../../../src/data/dataset.js';
import { datasetFromFiles } from '../../../src/data/formats/datasetFromFiles.js';
import { isSplitFile, parseSplitFile, requireUnchanged, tableBelowHead } from '../../../src/data/groups/splitFile.js';
import { decodeText } from '../../../src/data/reading/decodeText.js';
import type { StoredFile } from '../../../src/data/storedFile.js';
import { usageError } from '../../../src/errors.js';
import { keepListed } from '../../../src/evaluation/judging/judgeAnswers.js';
import {
  type AnyTable,
  imagesInTable,
  imagesInTruth,
  isTablePath,
  truthOfDataset,
  truthOfTable,
  withAnyDiagnosis,
} from '../../../src/evaluation/judging/openTruth.js';
import { scoredTruth } from '../../../src/evaluation/judging/splitTruth.js';
import { completeTrainingList, type TrainingList } from '../../../src/evaluation/judging/trainingOverlap.js';
import type { Truth } from '../../../src/evaluation/judging/truth.js';
import { toUtf8 } from '../../../src/models/weights/utf8.js';
import { type PostedError, postError } from '../../../src/postedError.js';
import type { PickedFiles } from '../browser/pickedFiles.js';
import type { CallContext } from '../browser/workerCalls.js';
import { looseFiles } from '../dataset/looseFiles.js';
import { sha256 } from '../dataset/sha256.js';
import { unpackFiles } from '../dataset/unpackFiles.js';
import { type FileRole, guessRoles } from './fileRoles.js';

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
  /** Answers to other images, to fit temperature and thresholds on. */
  readonly calibration?: string;
}

let files: StoredFile[] = [];
let root = 'files';
const tables = new Map<string, Promise<AnyTable>>();
let opened: { readonly key: string; readonly truth: Promise<OpenedTruth> } | undefined;

/** A truth as it was given. */
export interface OpenedTruth {
  readonly truth: Truth;
  /** Null of a table alone. */
  readonly dataset: Dataset | null;
  /** Of a table's bytes; null of a dataset. */
  readonly sha256: string | null;
}

const keyOf = ({ location }: StoredFile) => location;
const isLooseTable = (file: StoredFile) =>
  file.folders.length === 0 && file.archive === undefined && isTablePath(file.name);

/** A file that was given. @throws LesionlabError kind `usage` where it is not there any more */
export function fileOf(key: string): StoredFile {
  const found = files.find((file) => keyOf(file) === key);
  if (found) return found;
  throw usageError('no-file', `${key} is not among the files.`, { hint: 'Choose the files again.' });
}

/** A table that was given, read once. */
export function tableOf(key: string): Promise<AnyTable> {
  const known = tables.get(key);
  if (known) return known;
  const table = readTable(fileOf(key));
  tables.set(key, table);
  return table;
}

/** @throws LesionlabError kind `data` where it is no table, or a split file that was changed after it was written */
async function readTable(file: StoredFile): Promise<AnyTable> {
  const { text } = decodeText(await file.read(), file.name);
  const table = tableBelowHead(text, file.name);
  if (!isSplitFile(text)) return { table, splitFile: null };
  const splitFile = parseSplitFile(text, file.name);
  requireUnchanged(splitFile, await sha256(toUtf8(splitFile.hashed)), file.name);
  return { table, splitFile };
}

/** All files but tables that are something else than the truth. */
const datasetFiles = (roles: Roles): StoredFile[] =>
  files.filter((file) => !isLooseTable(file) || keyOf(file) === roles.truth || roles.truth === 'dataset');

/** Opens what is true of the images, once. @param needImages a network is to be asked about them */
export async function openTruth(roles: Roles, needImages: boolean): Promise<OpenedTruth> {
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
  if (needImages && roles.truth !== 'dataset' && (await tableOf(roles.truth)).splitFile)
    throw usageError('no-images', `${fileOf(roles.truth).name} is a split file: it tells of images, and has none.`, {
      hint: 'Say that it lists the images that should have an answer, and give the dataset itself as what is true.',
    });
  if (needImages || roles.truth === 'dataset') {
    const own = roles.truth === 'dataset' ? files.filter((file) => !isLooseTable(file)) : datasetFiles(roles);
    const dataset = await withAnyDiagnosis((options) =>
      datasetFromFiles(root, own, { recordsOnly: !needImages, ...options }, async () => {}),
    );
    return { truth: truthOfDataset(dataset), dataset: needImages ? dataset : null, sha256: null };
  }
  const truth = await truthOfTable(root, await tableOf(roles.truth), files.filter(isLooseTable));
  return { truth, dataset: null, sha256: await sha256(await fileOf(roles.truth).read()) };
}

async function listOf(key: string | undefined, part: 'learned' | 'tested'): Promise<TrainingList | undefined> {
  if (key === undefined) return undefined;
  if (key !== 'dataset') return imagesInTable(await tableOf(key), fileOf(key).name, part);
  const { truth } = await readTruth({ truth: 'dataset' }, false);
  return imagesInTruth(truth, root);
}

/** Truth of the images that are scored, and of all. @param fitsOnValidation the truth's own validation split is calibrated on */
export async function truthFor(roles: Roles, needImages: boolean, fitsOnValidation = false) {
  const { truth: whole, ...found } = await openTruth(roles, needImages);
  const expected = await listOf(roles.expected, 'tested');
  const learned = await listOf(roles.learned, 'learned');
  return {
    ...found,
    whole,
    expected,
    trainedOn: learned && completeTrainingList(learned, whole),
    truth: expected ? keepListed(whole, expected) : scoredTruth(whole, fitsOnValidation ? 'validation' : undefined),
  };
}

/** Takes files in, and says what each seems to be. */
export async function takeFiles(picked: PickedFiles, context: CallContext): Promise<GivenFile[]> {
  files = await unpackFiles(looseFiles(picked), context);
  root = picked.root;
  tables.clear();
  opened = undefined;
  const loose = files.filter(isLooseTable);
  const read = await Promise.all(
    loose.map(async (file) => {
      try {
        return { file, ...(await tableOf(keyOf(file))) };
      } catch (error) {
        return { file, problem: postError(error) };
      }
    }),
  );
  const others = files.filter((file) => !isLooseTable(file) && !/\.onnx|\.json$|\.data$/i.test(file.name));
  const hasNetwork = files.some(({ name }) => /\.onnx$/i.test(name));
  const roles = guessRoles(
    read.flatMap((one) => ('table' in one ? [one] : [])),
    hasNetwork,
  );
  const found = read.map((one): GivenFile => {
    const [key, { name }] = [keyOf(one.file), one.file];
    if (!('table' in one)) return { key, name, role: 'unused', about: 'can’t be read', problem: one.problem };
    const { rows, columns } = one.table;
    return {
      ...{ key, name, columns },
      role: roles.get(one.table)!,
      about: `${one.splitFile ? 'a split file: ' : ''}${rows.length.toLocaleString('en-US')} rows; columns ${columns.slice(0, 12).join(', ')}${columns.length > 12 ? ' …' : ''}`,
    };
  });
  if (others.length > 0)
    found.push({
      key: 'dataset',
      name: picked.root,
      role: found.some(({ role }) => role === 'truth') ? 'unused' : 'truth',
      about: `${others.length.toLocaleString('en-US')} files in folders or zips`,
    });
  return found;
}
