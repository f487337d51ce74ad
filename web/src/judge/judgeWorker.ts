import { z } from 'zod';
import type { Dataset } from '../../../src/data/dataset.js';
import { decodeText } from '../../../src/data/reading/decodeText.js';
import { dataError, usageError } from '../../../src/errors.js';
import { assembleAnswers, type Direction } from '../../../src/evaluation/judging/assembleAnswers.js';
import {
  type CalibrationPart,
  type JudgeAnswersOptions,
  judgeAnswers,
  truthForAnswers,
} from '../../../src/evaluation/judging/judgeAnswers.js';
import { type JudgedRun, judgedRun } from '../../../src/evaluation/judging/judgedRun.js';
import { type AskedNetwork, networkAnswers, planNetwork } from '../../../src/evaluation/judging/networkAnswers.js';
import type { ClassChoices } from '../../../src/evaluation/judging/outputClasses.js';
import {
  type Answers,
  type PredictionTableChoices,
  readPredictionTable,
  type TableReading,
} from '../../../src/evaluation/judging/predictionTable.js';
import type { Truth } from '../../../src/evaluation/judging/truth.js';
import {
  type JudgedReaders,
  type JudgeReadersOptions,
  judgeReaders,
} from '../../../src/evaluation/readers/judgeReaders.js';
import { toUtf8 } from '../../../src/models/weights/utf8.js';
import { type PostedError, postError } from '../../../src/postedError.js';
import { type CallContext, ownedMemory, serveCalls, Transferred } from '../browser/workerCalls.js';
import { sha256 } from '../dataset/sha256.js';
import { writeZip } from '../dataset/writeZip.js';
import { version } from '../training/version.js';
import { fileOf, openTruth, type Roles, tableOf, takeFiles, truthFor } from './givenFiles.js';

// The page's policy forbids code that is made at run time.
z.config({ jitless: true });

/** What is estimated of answers. */
export type JudgeChoices = Pick<
  JudgeAnswersOptions,
  'unit' | 'join' | 'threshold' | 'prevalence' | 'labelErrors' | 'resamples' | 'direction'
> & {
  /** `table`: the answers to other images among the files. */
  readonly calibrateOn?: Exclude<CalibrationPart, { answers: Answers }> | 'table';
  readonly name?: string;
};

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

/** @param whole with images that are not scored */
function describeTruth(truth: Truth, whole: Truth): LookedTruth {
  const [, found] = truthForAnswers(truth);
  return {
    name: truth.info.name,
    classes: truth.info.classes.map(({ id, name, malignant }, k) => ({ id, name, malignant, images: found[k].images })),
    images: truth.records.length,
    hasLesions: truth.hasLesionIds,
    hasPatients: truth.hasPatientIds === true,
    hasValidation: whole.records.some(({ officialSplit }) => officialSplit === 'validation'),
  };
}

async function readAnswers(source: AnswerSource, truth: Truth, dataset: Dataset | null): Promise<Answers> {
  if (source.kind === 'table') return readTableAnswers(source.key, truth, source.choices);
  const { outputs } = source.asked;
  const { plan } = planNetwork(outputs, truth, (id) => dataset?.images.has(id) ?? false, source.choices);
  return networkAnswers({ ...source.asked, dataName: truth.info.name }, plan);
}

const readTableAnswers = async (key: string, truth: Truth, choices: PredictionTableChoices): Promise<Answers> =>
  readPredictionTable((await tableOf(key)).table, ...truthForAnswers(truth), choices);

/** What is fitted on, read; as `JudgeAnswersOptions` has it. @param truth all of it: what is fitted on need not be what is scored */
async function readCalibrationPart(
  { calibration }: Roles,
  calibrateOn: JudgeChoices['calibrateOn'],
  truth: Truth,
  source: AnswerSource,
): Promise<Pick<JudgeAnswersOptions, 'calibrateOn' | 'calibrationSource'>> {
  if (calibrateOn !== 'table') return { calibrateOn };
  if (calibration === undefined)
    throw usageError('no-calibration', 'No table of answers to other images is among the files.', {
      hint: 'Add it, and say that its answers are there to calibrate on; or choose another part to fit on.',
    });
  return {
    calibrateOn: { answers: await readTableAnswers(calibration, truth, source.choices), truth },
    calibrationSource: fileOf(calibration).name,
  };
}

const functions = {
  take: takeFiles,

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
      const { truth, whole, dataset, expected } = await truthFor(roles, source.kind === 'network');
      looked = describeTruth(truth, whole);
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
      choices: { name, calibrateOn, ...choices },
    }: { readonly roles: Roles; readonly source: AnswerSource; readonly choices: JudgeChoices },
    { progress }: CallContext,
  ): Promise<JudgedInPage> {
    const task = progress.start('Judging: drawing resamples');
    try {
      const seed = 0;
      const found = await truthFor(roles, source.kind === 'network', calibrateOn === 'validation');
      const { truth, dataset, expected, trainedOn, sha256: truthSha256 } = found;
      const answers = await readAnswers(source, truth, dataset);
      const file = source.kind === 'table' ? fileOf(source.key).name : source.file;
      const part = await readCalibrationPart(roles, calibrateOn, found.whole, source);
      const judged = judgeAnswers({ truth, answers }, { ...choices, ...part, seed, source: file, expected, trainedOn });
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
            ...given({ calibrateOn: calibrationWords(calibrateOn, part.calibrationSource) }),
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
          : { table: (await tableOf(roles.answers)).table, name: fileOf(roles.answers).name };
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

/** What was fitted on, as the terminal writes it. */
const calibrationWords = (calibrateOn: JudgeChoices['calibrateOn'], source: string | undefined) =>
  typeof calibrateOn === 'object' ? String(calibrateOn.share) : calibrateOn === 'table' ? source : calibrateOn;

/** What was said. */
const given = (choices: object): Record<string, unknown> =>
  Object.fromEntries(Object.entries(choices).filter(([, value]) => value !== undefined));

serveCalls(functions);
