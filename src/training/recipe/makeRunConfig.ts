import type { Dataset } from '../../data/dataset.js';
import type { SplitRule } from '../../data/groups/splitRule.js';
import { fitMetadata } from '../../data/preparation/metadataInput.js';
import type { ChannelStatistics } from '../../data/preparation/normalisation.js';
import type { PreparedImages } from '../../data/preparation/preprocessing.js';
import { findToldModel } from '../../models/architectures/findToldModel.js';
import { describeNetwork } from '../../models/index.js';
import { resolveClassBalance } from './classBalance.js';
import type { Recipe, RunConfig } from './config.js';
import { recordsOf, resolvePreprocessing, type SplitImages } from './trainingSplits.js';

export interface RunConfigInput {
  /** What is trained on, without images that were left out. */
  readonly dataset: Pick<
    Dataset,
    'info' | 'records' | 'metadataFile' | 'hasLesionIds' | 'hasPatientIds' | 'asked' | 'columns'
  >;
  /** All images of the dataset, prepared at the recipe's size. */
  readonly prepared: PreparedImages;
  readonly train: SplitImages;
  /** Of the training split, where they were counted already. */
  readonly statistics?: ChannelStatistics;
  readonly recipe: Recipe;
  readonly preset: string;
  readonly overrides: readonly string[];
  readonly recipeFile?: RunConfig['recipeFile'];
  readonly seed: number;
  /** See `datasetHashText`. */
  readonly dataSha256: string;
  /** Where the data lies; of several joined datasets, the first. */
  readonly dataFolder: string;
  /** Where all of them lie, in their order; undefined for one dataset. */
  readonly dataFolders?: readonly string[];
  readonly limit: number | null;
  readonly excluded: readonly string[];
  /** What the training begins with: the name of its file and what its metadata says; null for random weights. */
  readonly weights: {
    readonly file: string;
    readonly metadata: Readonly<Record<string, string>>;
    /** Of the file, in hexadecimal. */
    readonly sha256: string;
  } | null;
  readonly splitRule: SplitRule;
  /** Whether near-duplicates were looked for and kept together. */
  readonly nearDuplicates?: boolean;
  /** What the split was drawn by. */
  readonly splitSeed: number;
  /** Shares of train, validation and test, of any sum. */
  readonly ratios: readonly [number, number, number];
  /** Where and by what it is trained. */
  readonly machine: Pick<RunConfig, 'lesionlab' | 'device' | 'threads' | 'versions'>;
}

/** The whole resolved configuration of a training that begins now. */
export function makeRunConfig(input: RunConfigInput): RunConfig {
  const { dataset, recipe, prepared, train, weights } = input;
  const { lesionlab, device, threads, versions } = input.machine;
  const { info, records } = dataset;
  const metadata =
    recipe.metadata.length > 0
      ? fitMetadata(recordsOf(dataset, prepared, train), recipe.metadata, dataset.columns)
      : undefined;
  const model = findToldModel(recipe.model, metadata);
  const classCount = info.classes.length;
  const network = describeNetwork({ model, classCount, imageSize: recipe.imageSize });
  return {
    lesionlab,
    created: new Date().toISOString(),
    preset: input.preset,
    overrides: [...input.overrides],
    ...(input.recipeFile ? { recipeFile: input.recipeFile } : {}),
    seed: input.seed,
    recipe,
    data: {
      folder: input.dataFolder,
      ...(input.dataFolders && { folders: [...input.dataFolders] }),
      metadataFile: dataset.metadataFile,
      id: info.id,
      name: info.name,
      synthetic: info.synthetic,
      licence: info.licence,
      citation: info.citation,
      classes: [...info.classes],
      hasLesionIds: dataset.hasLesionIds,
      images: records.length,
      lesions: new Set(records.map(({ lesionId }) => lesionId)).size,
      sha256: input.dataSha256,
      limit: input.limit,
      excluded: [...input.excluded],
      ...(dataset.asked && { options: dataset.asked }),
    },
    split: describeSplit(input),
    preprocessing: resolvePreprocessing(
      recipe,
      prepared,
      train,
      weights?.metadata ?? null,
      model.preprocessing,
      input.statistics,
    ),
    ...resolveClassBalance(recipe, train, classCount),
    model: {
      id: model.id,
      parameters: network.parameterCount,
      weightsFile: weights?.file ?? null,
      weightsSha256: weights?.sha256 ?? null,
      ...(model.file && {
        network: {
          file: model.file.name,
          sha256: model.file.sha256,
          use: model.file.use,
          ...(model.preprocessing && { preprocessing: model.preprocessing as RunConfig['preprocessing'] }),
        },
      }),
    },
    ...(metadata && { metadata }),
    device,
    threads,
    versions,
  };
}

function describeSplit(input: RunConfigInput): NonNullable<RunConfig['split']> {
  const { splitRule: rule, splitSeed: seed, ratios, dataset, nearDuplicates } = input;
  const total = ratios.reduce((sum, ratio) => sum + ratio, 0);
  const [train, validation, test] = ratios.map((ratio) => ratio / total);
  const known = dataset.hasPatientIds ? 'patient' : dataset.hasLesionIds ? 'lesion' : 'image';
  const groupedBy = rule.kind === 'images' ? 'image' : known;
  const stratified = rule.kind !== 'official' && rule.kind !== 'test-on' && rule.kind !== 'file';
  return {
    rule,
    groupedBy,
    stratified,
    ratios: { train, validation, test },
    seed,
    ...(nearDuplicates && { nearDuplicates }),
  };
}
