import { join } from 'node:path';
import { LesionlabError } from '../../errors.js';
import { isTablePath } from '../../evaluation/judging/openTruth.js';
import type { Progress } from '../../progress.js';
import { clearDermChecklist } from '../../report/documents/clearDerm.js';
import { renderMarkdown } from '../../report/documents/markdown.js';
import { modelCard } from '../../report/documents/modelCard.js';
import { epochLine } from '../../report/files/trainingLines.js';
import type { PagePicture } from '../../report/pageParts.js';
import { chooseTestImages } from '../../report/parts/errors.js';
import type { ReportInput } from '../../report/reportInput.js';
import { renderReport } from '../../report/reportPage.js';
import { withoutFolders, withoutPaths } from '../../report/withoutPaths.js';
import { type AnyConfig, isJudged } from '../../training/recipe/ensembleConfig.js';
import { type DataPaths, pathsOf } from '../dataset/openDatasets.js';
import { sharpCodec } from '../files/codec.js';
import { readJsonLines } from '../files/jsonLines.js';
import { writeFileWhole } from '../files/writeFile.js';
import { packageInfo } from '../machine/packageInfo.js';
import type { StepContext } from '../machine/stepContext.js';
import { type EmbeddedPicture, readPicture, readThumbnails } from '../pictures/pagePictures.js';
import { plotDocument } from '../pictures/plotDocument.js';
import { holdRun } from '../run/holdRun.js';
import { findLeak, leakPlaces } from '../run/leakFolder.js';
import { openRunSources } from '../run/openRunSources.js';
import { readExplanations } from '../run/readExplanations.js';
import { readExternals } from '../run/readExternals.js';
import { type RunFiles, readRunFiles } from '../run/readRunFiles.js';
import type { OpenRunDataOptions } from '../run/runData.js';
import { type RunFolder, readConfig } from '../run/runFolder.js';
import { readShortcuts } from '../run/shortcutFiles.js';
import { shortPath } from '../run/shortPath.js';

/** The page that was written. */
export interface ReportStepResult {
  /** report.html. */
  readonly path: string;
  /** Its size in bytes. */
  readonly bytes: number;
  /** model-card.md. */
  readonly modelCard: string;
  /** clear-derm.md. */
  readonly clearDerm: string;
}

/** What the report is made from besides the run folder. */
export interface ReportStepOptions extends Pick<OpenRunDataOptions, 'data'> {
  /** Folder that `leak` wrote; default: `leak` in the run's folder or beside it, where it is of the same images. */
  readonly leak?: string;
}

/** Side of a test image in the report, pixels. */
const thumbnailSize = 128;

/**
 * Writes report.html, and beside it the model card and the CLEAR Derm checklist, from what the other steps left in a run folder; a part that isn't there is named in the report, with the
 * command that makes it. Test images are shown where the data's folder can still be read, and named otherwise (a note says so).
 * @throws LesionlabError kind `run` where the folder is no run, or a file in it can't be used
 */
export async function reportStep(
  context: Pick<StepContext, 'progress'>,
  runFolder: string,
  options: ReportStepOptions = {},
): Promise<ReportStepResult> {
  return await holdRun(context, runFolder, 'report', (folder) => reportHeld(context, folder, options));
}

async function reportHeld(
  { progress }: Pick<StepContext, 'progress'>,
  folder: RunFolder,
  { data, leak: named }: ReportStepOptions,
): Promise<ReportStepResult> {
  const config = await readConfig(folder);
  const task = progress.start('Writing the report');
  try {
    const files = await readRunFiles(folder);
    const leak = await findLeak(folder, config, named, progress);
    const externals = await readExternals(folder);
    const input: ReportInput = {
      config: withoutPaths(config),
      runFolder: shortPath(folder.path),
      ...files,
      externals: externals.map((external) => withoutFolders(external, [folder.path, config.data.folder])),
      leak: leak?.demonstration ?? null,
      leakFolder: shortPath(leak?.folder ?? leakPlaces(folder)[1]),
      records: await readJsonLines(folder.metrics, epochLine),
      trainingBatch: describe(
        await readPicture(folder.trainingBatch, sharpCodec, 960),
        'Training images in a grid, varied at random, each with its diagnosis written below',
      ),
      sampleGrid: await readSampleGrid(folder),
      pictures: await readTestImages(progress, config, files, data),
      explanations: await readExplanations(folder, sharpCodec),
      shortcuts: await readShortcuts(folder),
      writtenBy: `lesionlab ${packageInfo.version}`,
    };
    const html = renderReport(input, { document: plotDocument() });
    const documents: [path: string, text: string][] = [
      [folder.modelCard, renderMarkdown(modelCard(input))],
      [folder.clearDerm, renderMarkdown(clearDermChecklist(input))],
    ];
    for (const [path, text] of documents) await writeFileWhole(path, text);
    await writeFileWhole(folder.report, html);
    return {
      path: folder.report,
      bytes: Buffer.byteLength(html),
      modelCard: folder.modelCard,
      clearDerm: folder.clearDerm,
    };
  } finally {
    task.end();
  }
}

async function readTestImages(
  progress: Progress,
  config: AnyConfig,
  { predictions }: RunFiles,
  data?: DataPaths,
): Promise<ReadonlyMap<string, EmbeddedPicture>> {
  // Of a table of truths there are no images to show.
  if (!predictions || (isJudged(config) && isTablePath(pathsOf(data ?? config.data.folder)[0]))) return new Map();
  const { mistakes, confused, samples } = chooseTestImages(predictions, config.seed);
  try {
    const dataset = await openRunSources(config, data);
    try {
      const ids = [...mistakes, ...confused, ...samples].map(({ imageId }) => imageId);
      return await readThumbnails(dataset.images, ids, sharpCodec, { imageSize: thumbnailSize, fit: 'crop' });
    } finally {
      await dataset.images.close();
    }
  } catch (error) {
    // The data may have been moved since; the run itself is complete without them.
    if (!(error instanceof LesionlabError)) throw error;
    progress.note(
      `The report shows no test images: ${error.message} Say where the data lies now: \`lesionlab report <run> --data <folder>\`.`,
    );
    return new Map();
  }
}

async function readSampleGrid(folder: RunFolder): Promise<PagePicture | null> {
  const path = join(folder.evaluation('test').folder, 'sample-grid.png');
  return describe(
    await readPicture(path, sharpCodec, 960),
    'Test images in a grid, each with its true diagnosis and the answer of the model written below',
  );
}

function describe(picture: EmbeddedPicture | null, alternative: string): PagePicture | null {
  return picture ? { ...picture, alternative } : null;
}
