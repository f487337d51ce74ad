import { basename, join } from 'node:path';
import type { SplitName } from '../../data/dataset.js';
import { runError, usageError } from '../../errors.js';
import { evaluatePredictions } from '../../evaluation/evaluate.js';
import { countTruth } from '../../evaluation/judging/assembleAnswers.js';
import { type ClassChoices, planClasses } from '../../evaluation/judging/outputClasses.js';
import { sumByClass } from '../../evaluation/judging/predictionTable.js';
import type { Predictions } from '../../evaluation/predictions/predictions.js';
import type { ShortcutResult } from '../../explain/shortcuts/shortcutResult.js';
import type { ForeignChoices } from '../../models/foreign/readForeign.js';
import { dataUrl } from '../../report/html.js';
import { renderShortcutsPage } from '../../report/shortcutsPage.js';
import { isJudged } from '../../training/recipe/ensembleConfig.js';
import { type DataPaths, onePlace } from '../dataset/openDatasets.js';
import { openMaskedTruth } from '../dataset/openTruth.js';
import { sharpCodec } from '../files/codec.js';
import { hashFile } from '../files/fileHash.js';
import { writeFileWhole } from '../files/writeFile.js';
import { packageInfo } from '../machine/packageInfo.js';
import type { StepContext } from '../machine/stepContext.js';
import { type FindShortcutsOptions, findShortcuts } from '../prediction/findShortcuts.js';
import { openModel } from '../prediction/openModel.js';
import type { CheckpointName } from '../run/checkpointFile.js';
import { holdRun } from '../run/holdRun.js';
import { isNetworkFile } from '../run/networkFile.js';
import { openRunData } from '../run/runData.js';
import { type RunFolder, readConfig, refuseFolds } from '../run/runFolder.js';
import { writeShortcuts } from '../run/shortcutFiles.js';
import { logTestLook } from '../run/testEvaluation.js';

/** Whose answers are looked at, on which images, and which changes are made. */
export interface ShortcutsStepOptions extends FindShortcutsOptions, Pick<ClassChoices, 'map'> {
  /** Run folder, or an .onnx classifier of anybody. */
  readonly source: string;
  /** Of a run: where its data lies now. Of a file: the dataset to ask it about. */
  readonly data?: DataPaths;
  /** Folder or zip of lesion masks. Default: those that the data's own folder holds. */
  readonly masks?: string;
  /** Of a run's own data. Default `validation`; a look at `test` is logged. */
  readonly split?: SplitName;
  /** Of a run. Default `best`. */
  readonly checkpoint?: CheckpointName;
  /** Of a file: the run that `evaluate` made of it, which takes the result. */
  readonly run?: string;
  /** Of a file without a run: folder for the result. Default `shortcuts-<name>`. */
  readonly out?: string;
  /** What is said of somebody else's network. */
  readonly network?: ForeignChoices;
}

/** What remains of the answers, and where it was written. */
export interface ShortcutsStepResult {
  readonly result: ShortcutResult;
  /** shortcuts.json, shortcuts.csv, shortcuts.png; shortcuts.html where there is no run with a report. */
  readonly files: readonly string[];
}

/**
 * Looks at what a model's answers rest on: its pictures are changed (the lesion erased, only it or the border left, a ruler, ink or dark corners
 * drawn in) and asked about again, and metrics and probabilities compared with paired intervals. Writes evaluation/<split>/shortcuts.json, .csv and
 * .png into a run, or a folder with a page of its own.
 * @throws LesionlabError kind `usage` for options that don't fit; kind `data` where there are no masks, or images can't be read; kind `run` where the
 *   run or the file can't be used; kind `interrupted`, nothing being written
 */
export async function shortcutsStep(context: StepContext, options: ShortcutsStepOptions): Promise<ShortcutsStepResult> {
  const { source, run, out } = options;
  if (!isNetworkFile(source)) {
    refuse(options, ['run', 'out', 'network', 'map', 'excludeUnusable'], `is for an ONNX file, and ${source} is a run`);
    return await holdRun(context, source, 'shortcuts', (folder) => ofRun(context, options, folder));
  }
  refuse(options, ['split', 'checkpoint'], `is for a run, and ${source} is a file`);
  if (run === undefined) return await ofFile(context, options, null);
  if (out !== undefined)
    throw usageError('two-places', 'The result goes into one folder, and both a run and another folder were given.', {
      hint: { terminal: 'Give one of --run and --out.', page: 'Give one of them.' },
    });
  return await holdRun(context, run, 'shortcuts', (folder) => ofFile(context, options, folder));
}

/** @throws LesionlabError kind `usage` where an option is given that has no use */
function refuse(options: ShortcutsStepOptions, names: readonly (keyof ShortcutsStepOptions)[], why: string): void {
  const idle = names.find((name) => options[name] !== undefined && options[name] !== false);
  if (idle) throw usageError('idle-option', `"${idle}" ${why}.`, { hint: 'Leave it out.' });
}

async function ofRun(
  context: StepContext,
  options: ShortcutsStepOptions,
  folder: RunFolder,
): Promise<ShortcutsStepResult> {
  const { source, split = 'validation', checkpoint, data, masks } = options;
  const config = await readConfig(folder);
  refuseFolds(folder, config);
  if (isJudged(config))
    throw usageError('judged-run', `${source} holds the judgement of a classifier, not the classifier.`, {
      hint: {
        terminal: `Name its file: lesionlab shortcuts <model.onnx> --data <folder> --run ${source}.`,
        page: 'Choose its file.',
      },
    });
  const opened = await openRunData(context, folder, { data, masks });
  try {
    const records = opened.splits[split];
    if (records.length === 0)
      throw runError('empty-split', `The ${split} split of ${folder.path} has no images.`, {
        hint: 'Look at another split with --split.',
      });
    const model = await openModel(context, source, checkpoint);
    try {
      const { dataset } = opened;
      const { classes } = model;
      const asked = { model, dataset, records, name: split, classes, toClasses: (row: Float32Array) => row, words: [] };
      const found = await findShortcuts(context, asked, options);
      const { name, epoch, sha256 } = model.runModel!;
      if (split === 'test') await logTestLook(folder, { name, epoch, sha256 }, scoresOf(found.original), 'shortcuts');
      return { result: found.result, files: await writeShortcuts(folder.evaluation(split).folder, found) };
    } finally {
      await model.close();
    }
  } finally {
    await opened.close();
  }
}

/** @param folder the run that takes the result; null for a folder of its own */
async function ofFile(
  context: StepContext,
  options: ShortcutsStepOptions,
  folder: RunFolder | null,
): Promise<ShortcutsStepResult> {
  const { source, masks, network, map } = options;
  const data = onePlace(options.data);
  if (data === undefined)
    throw usageError('no-data', `${source} is a network: to ask it, images with lesion masks are needed.`, {
      hint: {
        terminal: 'Name them with --data <folder>, and with --masks <folder> where the masks lie elsewhere.',
        page: 'Choose the folder with images and masks.',
      },
    });
  const sha256 = await hashFile(source);
  if (folder) await requireSameFile(folder, source, sha256);
  const opened = await openMaskedTruth(data, masks);
  try {
    const { dataset, truth } = opened;
    if (!dataset)
      throw usageError('no-images', `${data} is a table: to ask ${source}, its images are needed.`, {
        hint: {
          terminal: 'Name the folder with images and table with --data <folder>.',
          page: 'Choose the folder with images and table.',
        },
      });
    const model = await openModel(context, source, undefined, network);
    try {
      const names = model.classes.map(({ id }) => id);
      const plan = planClasses(names, truth.info.classes, countTruth(truth), { map }, 'output');
      const records = truth.records.flatMap((record) => {
        const label = plan.labelOf[record.label];
        return label >= 0 && dataset.images.has(record.imageId) ? [{ ...record, label }] : [];
      });
      const asked = {
        ...{ model, dataset, records, name: dataset.info.name, classes: plan.classes },
        toClasses: (row: Float32Array) => sumByClass(row, names.length, plan),
        words: [
          ...plan.words,
          'Whether the network learned from these images is unknown; of images that it knows, answers may rest on other things.',
        ],
      };
      const found = await findShortcuts(context, asked, options);
      if (folder) {
        const scores = scoresOf(found.original);
        await logTestLook(folder, { name: 'judged', epoch: null, sha256 }, scores, 'shortcuts');
        return { result: found.result, files: await writeShortcuts(folder.evaluation('test').folder, found) };
      }
      const place = options.out ?? `shortcuts-${basename(source).replace(/\.[^.]+$/, '')}`;
      const files = await writeShortcuts(place, found);
      const page = join(place, 'shortcuts.html');
      await writeFileWhole(page, await pageOf(found, dataset.info.synthetic));
      return { result: found.result, files: [...files, page] };
    } finally {
      await model.close();
    }
  } finally {
    await opened.close();
  }
}

async function pageOf({ result, png }: { result: ShortcutResult; png: Uint8Array }, synthetic: boolean) {
  const { width, height } = await sharpCodec.decode(png);
  const picture = { source: dataUrl(png, 'image/png'), width, height };
  return renderShortcutsPage({ result, picture }, { synthetic, writtenBy: `lesionlab ${packageInfo.version}` });
}

/** @throws LesionlabError kind `usage` where a run is not the judgement of this very file */
async function requireSameFile(folder: RunFolder, source: string, sha256: string): Promise<void> {
  const config = await readConfig(folder);
  if (isJudged(config) && config.judged.sha256 === sha256) return;
  const what = isJudged(config) ? `it is of ${config.judged.file}, with other contents` : 'it was trained';
  throw usageError('other-file', `${folder.path} is no judgement of ${source}: ${what}.`, {
    hint: {
      terminal: 'Name the run that `lesionlab evaluate` made of this file, or leave --run out.',
      page: 'Choose the run that was made of this file.',
    },
  });
}

function scoresOf(original: Predictions) {
  const { images, accuracy, balancedAccuracy } = evaluatePredictions(original, { resamples: 0 });
  return { images, accuracy, balancedAccuracy };
}
