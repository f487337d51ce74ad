import type { ImageRecord } from '../../data/dataset.js';
import type { ClassActivationMap } from '../../explain/index.js';
import { type Fitting, fittingKey } from '../../image/fitImage.js';
import type { PreparedRecords, SizedImages } from '../dataset/sizedImages.js';
import type { StepContext } from '../machine/stepContext.js';
import { loadWeightsBeforeTraining } from '../run/checkpointFile.js';
import type { RunModel } from '../run/runModel.js';
import { type HeatMapOptions, type HeatMaps, openHeatMaps } from './heatMaps.js';

/** Where the network looks in an image, before and after training. */
export interface ExplainedRecord {
  readonly record: ImageRecord;
  /** Class that is explained. */
  readonly classIndex: number;
  readonly before: ClassActivationMap;
  readonly after: ClassActivationMap;
}

export interface Explainer {
  readonly layer: string;
  /** @param records with the class to explain for each */
  explain(
    records: readonly { readonly record: ImageRecord; readonly classIndex: number }[],
  ): Promise<ExplainedRecord[]>;
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
  const after = await openHeatMaps(context, members, options);
  let before: HeatMaps | undefined;
  try {
    before = await openHeatMaps(context, members, options, ({ folder }) => loadWeightsBeforeTraining(folder));
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
  return {
    layer: after.layer,
    async explain(records) {
      const images = records.map(({ record, classIndex }) => ({
        classIndex,
        pixels(fitting: Fitting) {
          const { prepared, preparedIndex } = sized.get(fittingKey(fitting))!;
          const pixels = new Uint8Array(fitting.imageSize ** 2 * 3);
          prepared.read(preparedIndex(record.imageId), pixels);
          return pixels;
        },
      }));
      const maps = { before: await opened.explain(images), after: await after.explain(images) };
      return records.map((entry, i) => ({ ...entry, before: maps.before[i], after: maps.after[i] }));
    },
    async close() {
      await opened.close();
      await after.close();
    },
  };
}
