import type { Audit } from '../../data/audit/audit.js';
import { type AuditOptions, auditDataset } from '../../data/audit/auditDataset.js';
import type { Exploration } from '../../data/audit/exploration.js';
import { exploreDataset } from '../../data/audit/exploreDataset.js';
import { requireSomeUsable } from '../../data/audit/requireUsable.js';
import type { Dataset } from '../../data/dataset.js';
import { sharpCodec } from '../files/codec.js';
import type { StepContext } from '../machine/stepContext.js';
import { writeExplorationReport } from '../pictures/explorationReport.js';

/** What is known of the images already. */
export interface ExploreStepOptions {
  /** What preparation has decoded already; without it, every image is decoded here to find those that can't be. */
  readonly decoded?: AuditOptions['decoded'];
  /** An audit that looked at every image, where there is one: nothing is decoded again. */
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
  { progress, signal, seed, threads }: Pick<StepContext, 'progress' | 'signal' | 'seed' | 'threads'>,
  dataset: Dataset,
  outFolder: string,
  { decoded, audit: known }: ExploreStepOptions = {},
): Promise<ExploreStepResult> {
  const decode = decoded === undefined;
  const audit =
    known ??
    (await auditDataset(dataset, { codec: sharpCodec, decode, decoded, concurrency: threads, progress, signal }));
  requireSomeUsable(dataset, audit);
  const exploration = exploreDataset(dataset, { audit, seed });
  const files = await writeExplorationReport({ exploration, dataset, outFolder, codec: sharpCodec });
  return { exploration, audit, files };
}
