import type { ImageRecord } from '../../data/dataset.js';
import type { AttributionMap, ExplainingProgress } from '../../explain/explainers/explainer.js';
import { type Fitting, fittingKey } from '../../image/fitImage.js';
import type { Weights } from '../../nn/index.js';
import type { PreparedRecords, SizedImages } from '../dataset/sizedImages.js';
import type { StepContext } from '../machine/stepContext.js';
import { loadWeightsBeforeTraining } from '../run/checkpointFile.js';
import type { ModelMember, RunModel } from '../run/runModel.js';
import { type ExplainedNetwork, networksOf } from './explainedNetwork.js';
import { type HeatMapOptions, type HeatMaps, type ImageToExplain, openHeatMaps } from './heatMaps.js';

/** An image of the data, and the class to explain in it. */
export interface AskedRecord {
  readonly record: ImageRecord;
  readonly classIndex: number;
}

/** Where the network looks in an image, before and after training. */
export interface ExplainedRecord extends AskedRecord {
  readonly before: AttributionMap;
  readonly after: AttributionMap;
}

export interface Explainer {
  readonly layer: string;
  /** Maps of the network before and after its training. @param onProgress hears how many of the images are done */
  explain(records: readonly AskedRecord[], onProgress?: ExplainingProgress): Promise<ExplainedRecord[]>;
  /** Maps of the trained network, or of the same one with other weights. */
  explainWith(
    records: readonly AskedRecord[],
    onProgress?: ExplainingProgress,
    weightsOf?: (member: ModelMember) => Weights,
  ): Promise<AttributionMap[]>;
  /** The images of records as each network wants them. */
  imagesOf(records: readonly AskedRecord[]): ImageToExplain[];
  close(): Promise<void>;
}

/**
 * Opens every network of a run's model twice: with the weights that its training began with, and with those that it ended with.
 * @throws LesionlabError as `openHeatMaps` does
 */
export async function openExplainer(
  context: Pick<StepContext, 'threads' | 'device' | 'signal'>,
  { members }: Pick<RunModel, 'members'>,
  data: SizedImages,
  options: HeatMapOptions,
): Promise<Explainer> {
  const sized = new Map<string, PreparedRecords>();
  const networks = networksOf(members);
  const after = await openHeatMaps(context, networks, options);
  let before: HeatMaps | undefined;
  try {
    const untrained: ExplainedNetwork[] = [];
    for (const [m, { folder }] of members.entries())
      untrained.push({ ...networks[m], weights: await loadWeightsBeforeTraining(folder) });
    before = await openHeatMaps(context, untrained, options);
    for (const { checkpoint } of members) {
      const { preprocessing } = checkpoint.config;
      sized.set(fittingKey(preprocessing), await data.sizedFor(preprocessing));
    }
  } catch (error) {
    await after.close();
    await before?.close();
    throw error;
  }
  const opened = before;
  const imagesOf = (records: readonly AskedRecord[]): ImageToExplain[] =>
    records.map(({ record, classIndex }) => ({
      classIndex,
      pixels(fitting: Fitting) {
        const { prepared, preparedIndex } = sized.get(fittingKey(fitting))!;
        const pixels = new Uint8Array(fitting.imageSize ** 2 * 3);
        prepared.read(preparedIndex(record.imageId), pixels);
        return pixels;
      },
    }));
  return {
    layer: after.layer,
    imagesOf,
    async explain(records, onProgress) {
      const images = imagesOf(records);
      const first = await opened.explain(images, (done) => onProgress?.(done / 2));
      const second = await after.explain(images, (done) => onProgress?.((records.length + done) / 2));
      return records.map((entry, i) => ({ ...entry, before: first[i], after: second[i] }));
    },
    async explainWith(records, onProgress, weightsOf) {
      if (!weightsOf) return after.explain(imagesOf(records), onProgress);
      const changed = members.map((member, m) => ({ ...networks[m], weights: weightsOf(member) }));
      const other = await openHeatMaps(context, changed, options);
      return other.explain(imagesOf(records), onProgress).finally(() => other.close());
    },
    async close() {
      await opened.close();
      await after.close();
    },
  };
}
