import { auditDataset } from '../../data/audit/auditDataset.js';
import { linksOf, requireUsable } from '../../data/audit/requireUsable.js';
import type { Dataset, LinkedImages, SplitName } from '../../data/dataset.js';
import { splitByRule } from '../../data/groups/splitRule.js';
import { findModel } from '../../models/index.js';
import { learnedSplits, requireEnoughImages } from '../../training/recipe/trainingSplits.js';
import type { StepContext } from '../machine/stepContext.js';
import { loadInitialWeights } from '../run/checkpointFile.js';
import type { RunPlan } from './planRun.js';

/**
 * What can be seen without decoding an image: files that are missing, too few lesions, weights that do not fit.
 * @returns the images that will be trained on, unless some are unusable or alike; undefined where nobody needs to know
 */
export async function refuseEarly(
  ctx: StepContext,
  plan: RunPlan,
  dataset: Dataset,
): Promise<ReadonlySet<string> | undefined> {
  const { recipe, weightsFile, excludeUnusable } = plan;
  const classCount = dataset.info.classes.length;
  const size = { model: findModel(recipe.model), classCount, imageSize: recipe.imageSize };
  if (weightsFile !== null) await loadInitialWeights(weightsFile, size, { progress: ctx.progress });
  const { progress, signal, threads } = ctx;
  const audit = await auditDataset(dataset, { decode: false, concurrency: threads, progress, signal });
  const usable = requireUsable(dataset, audit, { excludeUnusable });
  const splits = trySplit(plan, usable, linksOf(usable, audit));
  requireEnoughImages(splits, recipe);
  const isForeseen = splits.length === usable.records.length && !plan.nearDuplicates;
  if (recipe.normalisation !== 'train-split' || !isForeseen) return undefined;
  const learned = learnedSplits(recipe, splits);
  return new Set(usable.records.flatMap(({ imageId }, i) => (learned[i] === 'train' ? [imageId] : [])));
}

/** The split as it will be, before there is a folder to write it into. */
export function trySplit(
  { splitSeed: seed, ratios, splitRule, splitFile }: RunPlan,
  dataset: Dataset,
  links: readonly LinkedImages[],
): SplitName[] {
  const options = { ratios, seed, links, file: dataset.metadataFile, splitFile, sources: dataset.sources };
  const parts = splitByRule(dataset.records, dataset.info.classes, splitRule, options);
  return parts.filter((part) => part !== null);
}
