import { networkInput } from '../data/preparation/networkInput.js';
import type { Preprocessing } from '../data/preparation/preprocessing.js';
import type { Classifier } from '../models/index.js';
import type { Session } from '../runtime/runtime.js';
import type { ClassHeat, OpenedModel } from './predictedImage.js';

/** A network that answers for one image at a time. */
export interface PageNetwork {
  readonly classCount: number;
  /**
   * @param view [1, 3, S, S], normalised @param heat whether heat maps are wanted, too @param metadata [1, width], encoded, where it takes any
   * @returns `heat` null where it isn't wanted, or the network has none
   */
  answer(
    view: Float32Array,
    heat: boolean,
    metadata?: Float32Array,
  ): Promise<{
    readonly probabilities: Float32Array;
    readonly outOfDistribution?: Float32Array;
    readonly heat: ClassHeat | null;
  }>;
  close(): Promise<void>;
}

/** A network with what is known of it before it has a device. */
export interface OpenedNetwork {
  readonly network: PageNetwork;
  readonly known: Omit<OpenedModel, 'device' | 'deviceNote'>;
}

interface GraphOutputs {
  readonly classCount: number;
  /** How the graph takes images. */
  readonly preprocessing: Pick<Preprocessing, 'imageSize' | 'layout'>;
  /** Whether it tells images of another kind. */
  readonly scores: boolean;
  /** Whether it has heat maps. */
  readonly heat: boolean;
}

/** A session of a graph with the inputs and outputs of an exported model. */
export function graphNetwork(
  session: Session,
  { classCount, preprocessing, scores, heat: hasHeat }: GraphOutputs,
): PageNetwork {
  const names = ['probabilities', ...(scores ? ['out_of_distribution'] : [])];
  const ofHeat = session.outputNames.includes('heat_classes') ? ['heat_maps', 'heat_classes'] : ['heat_maps'];
  return {
    classCount,
    async answer(view, heat, metadata) {
      const wanted = heat && hasHeat;
      const feed = networkInput(view, preprocessing, 1);
      const rows = metadata && { metadata: { data: metadata, shape: [1, metadata.length] } };
      const outputs = await session.run({ images: feed, ...rows }, {}, wanted ? [...names, ...ofHeat] : names);
      return {
        probabilities: outputs.probabilities.data as Float32Array,
        outOfDistribution: outputs.out_of_distribution?.data as Float32Array | undefined,
        heat: wanted ? readHeat(outputs) : null,
      };
    },
    close: () => session.close(),
  };
}

function readHeat({ heat_maps: maps, heat_classes: classes }: Awaited<ReturnType<Session['run']>>): ClassHeat {
  const [, , height, width] = maps.shape;
  return {
    width,
    height,
    values: (maps.data as Float32Array).slice(),
    ...(classes && { classes: Array.from(classes.data as BigInt64Array, Number) }),
  };
}

/** A network that the runtime alone knows: it has no heat maps. */
export const classifierNetwork = (classifier: Classifier): PageNetwork => ({
  classCount: classifier.classCount,
  answer: async (view) => ({ ...(await classifier.classify(view)), heat: null }),
  close: () => classifier.close(),
});
