import type { Audit } from '../../data/audit/audit.js';
import type { Exploration } from '../../data/audit/exploration.js';
import { exploreDataset } from '../../data/audit/exploreDataset.js';
import { requireSomeUsable } from '../../data/audit/requireUsable.js';
import type { Dataset } from '../../data/dataset.js';
import { auditImages } from '../dataset/trainingData.js';
import { sharpCodec } from '../files/codec.js';
import type { StepContext } from '../machine/stepContext.js';
import { writeExplorationReport } from '../pictures/explorationReport.js';

/** What is known of the images already. */
export interface ExploreStepOptions {
  /** An audit that looked at every image, where there is one; else each is decoded, unless the cache knows it. */
  readonly audit?: Audit;
}

/** What is in a dataset, what is wrong with it, and what was written. */
export interface ExploreStepResult {
  readonly exploration: Exploration;
  readonly audit: Audit;
  /** Files written. */
  readonly files: readonly string[];
}

/**
 * Audits and counts a dataset, and writes exploration.json, the charts and exploration.html into a folder. Unusable images
 * are listed, not thrown, as long as there are others.
 * @throws LesionlabError kind `data` where no image can be used; kind `run` where the folder can't be written; kind `interrupted` once the signal is aborted
 */
export async function exploreStep(
  ctx: Pick<StepContext, 'progress' | 'signal' | 'seed' | 'threads'>,
  dataset: Dataset,
  outFolder: string,
  { audit: known }: ExploreStepOptions = {},
): Promise<ExploreStepResult> {
  const audit = known ?? (await auditImages(ctx, dataset));
  requireSomeUsable(dataset, audit);
  const exploration = exploreDataset(dataset, { audit, seed: ctx.seed });
  const files = await writeExplorationReport({ exploration, dataset, outFolder, codec: sharpCodec });
  return { exploration, audit, files };
}
