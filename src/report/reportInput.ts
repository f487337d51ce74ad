import type { Exploration } from '../data/audit/exploration.js';
import type { SplitsSummary } from '../data/groups/splitsJson.js';
import type { Evaluation } from '../evaluation/evaluate.js';
import { isJudgedEvaluation } from '../evaluation/judging/judge.js';
import type { SkinToneSummary } from '../evaluation/metrics/skinTones.js';
import type { SubgroupEvaluation } from '../evaluation/metrics/subgroups.js';
import type { ExternalEvaluation } from '../evaluation/outside/externalEvaluation.js';
import type { LeakDemonstration } from '../evaluation/outside/leakDemonstration.js';
import type { Predictions } from '../evaluation/predictions/predictions.js';
import type { ExplanationMethod } from '../explain/explainers/explainer.js';
import type { FaithfulnessSummary } from '../explain/faithfulnessSummary.js';
import type { RandomisationLevel } from '../explain/randomisation.js';
import type { ShortcutResult } from '../explain/shortcuts/shortcutResult.js';
import type { EpochRecord } from '../training/events.js';
import type { RunConfig } from '../training/recipe/config.js';
import { type AnyConfig, type EnsembleConfig, isEnsemble, isJudged } from '../training/recipe/ensembleConfig.js';
import type { JudgedConfig } from '../training/recipe/judgedConfig.js';
import type { PagePicture } from './pageParts.js';

/** One row of the table of a model's layers. */
export interface LayerRow {
  readonly name: string;
  /** What it does, for example `5x5 convolution`. */
  readonly type: string;
  /** Without the batch. */
  readonly outputShape: readonly number[];
  readonly parameters: number;
  /** Multiplications and additions for one image. */
  readonly operations: number;
}

/** Where the model looked in one image. */
export interface ExplainedImage {
  readonly imageId: string;
  /** Class id of the truth. */
  readonly dx: string;
  /** Class id that the trained model gave. */
  readonly predicted: string;
  /** Probability of `predicted`, (0, 1]. */
  readonly confidence: number;
  /** Class id that the maps speak for. */
  readonly explained: string;
  /** Which maps show nothing, because nothing in the layer spoke for the class. */
  readonly empty: { readonly before: boolean; readonly after: boolean };
  readonly original: PagePicture | null;
  /** The map of the same network before training. */
  readonly before: PagePicture | null;
  readonly after: PagePicture | null;
  /** Share of the heat inside the lesion, [0, 1]; null where there is no mask or no heat. */
  readonly heatInside: number | null;
  /** The lesion's share of the image, [0, 1]; null where there is no mask. */
  readonly lesionShare: number | null;
}

/** Means over all explained images with a lesion mask. */
export interface LocalisationWords {
  readonly images: number;
  readonly heatInside: number | null;
  readonly lesionShare: number | null;
  /** Before training. */
  readonly heatInsideBefore: number | null;
}

/** Whether heat maps are worth anything, over a sample of test images. */
export interface ExplanationCheckWords {
  readonly images: number;
  /** Deletion and insertion; null where all maps were empty. */
  readonly faithfulness: FaithfulnessSummary | null;
  /** The maps with randomised weights, from the head to the whole network. */
  readonly randomisation: readonly RandomisationLevel[];
  /** What these numbers say, in sentences. */
  readonly words: readonly string[];
}

/** What the report shows of where the model looks. */
export interface Explanations {
  /** How the maps were made; Grad-CAM where left out. */
  readonly method?: ExplanationMethod;
  /** What stood for an image without evidence, where the method takes that. */
  readonly baseline?: string;
  /** Left out or null where that was not checked. */
  readonly check?: ExplanationCheckWords | null;
  /** What the map was taken from, for example `the last convolution (features.3)`. */
  readonly layer: string | null;
  readonly images: readonly ExplainedImage[];
  readonly localisation: LocalisationWords | null;
  /** Images that the means leave out because their mask can't be laid on them, and why. */
  readonly masksLeftOut: readonly { readonly imageId: string; readonly reason: string }[];
}

/** A look at shortcuts, with the picture of its examples. */
export interface ShownShortcuts {
  readonly result: ShortcutResult;
  readonly picture: Omit<PagePicture, 'alternative'> | null;
}

/** The log of evaluations of the test split, in short. */
export interface TestLooks {
  /** Of all runs that the folder has held. */
  readonly times: number;
  /** Those of runs that were replaced since. Default 0. */
  readonly replaced?: number;
  /** Different sets of weights among them: more than one invites choosing by the test split. */
  readonly weights: number;
  /** Which weights the latest results are of. */
  readonly checkpoint: string | null;
  readonly epoch: number | null;
  /** Of the file of these weights; null or left out where that is not on record. */
  readonly sha256?: string | null;
}

/** Images and lesions of the validation split by class id; lesions null where the data don't name them. */
export type ValidationCounts = Readonly<Record<string, { readonly images: number; readonly lesions: number | null }>>;

/** Everything in a report; what is null was not made (yet), and the report says how to make it. */
export interface ReportInput {
  readonly config: AnyConfig;
  /** Folder of the run as the user names it, for the commands that the report mentions. */
  readonly runFolder: string;
  readonly exploration: Exploration | null;
  readonly splits: SplitsSummary | null;
  /** What a split by image does to results; null where that was not tried. */
  readonly leak: LeakDemonstration | null;
  /** Where it is, or where to put it, as the user would name it. */
  readonly leakFolder: string;
  /** What stands behind the curves of each class. */
  readonly validationCounts: ValidationCounts | null;
  /** metrics.jsonl, in order; empty before the first epoch is done. */
  readonly records: readonly EpochRecord[];
  readonly layers: readonly LayerRow[] | null;
  readonly trainingBatch: PagePicture | null;
  /** Of the test split. */
  readonly evaluation: Evaluation | null;
  readonly predictions: Predictions | null;
  /** Of the test split, by age, sex, localization and kind of diagnosis. */
  readonly subgroups: readonly SubgroupEvaluation[] | null;
  /** Skin tones estimated beside the lesion in the test images; null or left out where there were no masks. */
  readonly skinTones?: SkinToneSummary | null;
  /** How often the test split was looked at; null where that is not on record. */
  readonly testLooks: TestLooks | null;
  /** Of other data than the run's, by name; folders without their paths. */
  readonly externals: readonly ExternalEvaluation[];
  /** The grid of test images that evaluation drew. */
  readonly sampleGrid: PagePicture | null;
  /** Small pictures of test images by id; those without one are named in words. */
  readonly pictures: ReadonlyMap<string, Omit<PagePicture, 'alternative'>>;
  readonly explanations: Explanations | null;
  /** What remains of the answers when pictures are changed, of each split that was looked at; left out or empty where that was not done. */
  readonly shortcuts?: readonly ShownShortcuts[];
  /** What wrote the report, for example `lesionlab 0.1.0`. */
  readonly writtenBy: string;
}

/** Of a run that was trained. */
export type TrainedReportInput = ReportInput & { readonly config: RunConfig };
/** Of an ensemble of other runs. */
export type EnsembleReportInput = ReportInput & { readonly config: EnsembleConfig };

/** Tells the two kinds of run apart. */
export const isOfEnsemble = <T extends Pick<ReportInput, 'config'>>(
  input: T,
): input is T & { readonly config: EnsembleConfig } => isEnsemble(input.config);

/** Of a classifier that somebody else made. */
export const isOfJudged = <T extends Pick<ReportInput, 'config'>>(
  input: T,
): input is T & { readonly config: JudgedConfig } => isJudged(input.config);

/** Of a network that was trained in this run. */
export const isOfTraining = <T extends Pick<ReportInput, 'config'>>(
  input: T,
): input is T & { readonly config: RunConfig } => !isEnsemble(input.config) && !isJudged(input.config);

/** Whether it is known which images show the same patient. */
export function namesPatients({
  config,
  splits,
  evaluation,
}: Pick<ReportInput, 'config' | 'splits' | 'evaluation'>): boolean {
  if ('split' in config && config.split?.groupedBy === 'patient') return true;
  if ((splits?.proof?.patients.groups ?? 0) > 0) return true;
  return evaluation !== null && isJudgedEvaluation(evaluation) && evaluation.judgement.unit.clusters === 'patient';
}

const modelNames: Readonly<Record<string, string>> = {
  ensemble: 'Ensemble',
  lenet: 'LeNet',
  resnet18: 'ResNet-18',
  resnet34: 'ResNet-34',
  resnet50: 'ResNet-50',
  resnet101: 'ResNet-101',
  resnet152: 'ResNet-152',
  mobilenet_v2: 'MobileNetV2',
  mobilenet_v2_levels: 'MobileNetV2 with features of five levels',
  mobilenet_v3_small: 'MobileNetV3-Small',
  mobilenet_v3_large: 'MobileNetV3-Large',
  efficientnet_b0: 'EfficientNet-B0',
  efficientnet_b1: 'EfficientNet-B1',
  efficientnet_b2: 'EfficientNet-B2',
  efficientnet_b3: 'EfficientNet-B3',
  efficientnet_b4: 'EfficientNet-B4',
  efficientnet_v2_s: 'EfficientNetV2-S',
  efficientnet_lite0: 'EfficientNet-Lite0',
  efficientnet_lite1: 'EfficientNet-Lite1',
  efficientnet_lite2: 'EfficientNet-Lite2',
  convnext_tiny: 'ConvNeXt-Tiny',
  convnext_small: 'ConvNeXt-Small',
  densenet121: 'DenseNet-121',
  regnet_y_400mf: 'RegNetY-400MF',
  vit_b_16: 'ViT-B/16',
  swin_t: 'Swin-T',
};

/** A model's name for readers. */
export function modelName(id: string): string {
  return modelNames[id] ?? id;
}
