import { requireGradients } from '../../models/foreign/frozenModel.js';
import { initialWeights } from '../../models/index.js';
import { nodeRuntime } from '../../runtime/node.js';
import { Trainer } from '../../training/index.js';
import { type BenchOptions, benchClassCount, benchModel } from './benchOptions.js';
import { freshBatches } from './freshBatches.js';
import { type Measurement, measureSteps } from './measureSteps.js';

/**
 * Measures training steps: a batch that was not there before, weighted loss, backward, Adam on all parameters, the loss
 * read back. A file's network has a new last layer. @throws LesionlabError kind `usage`, `run` (device, file) or `interrupted`
 */
export async function benchTrainStep(options: BenchOptions): Promise<Measurement> {
  const { imageSize, batchSize, seed, threads, device, profilePrefix } = options;
  const model = await benchModel(options);
  requireGradients(model, 'no training step can be measured');
  const classCount = benchClassCount;
  const trainer = await Trainer.open(
    nodeRuntime,
    {
      model,
      classCount,
      imageSize,
      batchSize,
      optimizer: { kind: 'adam', weightDecay: 0 },
      classWeights: Array.from({ length: classCount }, (_, k) => 0.5 + (1.5 * k) / (classCount - 1)),
      labelSmoothing: 0,
      weightAveraging: 0,
    },
    initialWeights({ model, classCount, imageSize }, seed),
    { threads, device, profilePrefix },
  );
  try {
    const nextBatch = freshBatches({ batchSize, imageSize, classCount, seed });
    return await measureSteps(async () => {
      const { images, labels } = nextBatch();
      const { loss } = await trainer.step(images, labels, 1e-5);
      if (!Number.isFinite(loss)) throw new Error(`The loss became ${loss} at step ${trainer.steps}`);
    }, options);
  } finally {
    if (profilePrefix !== undefined) trainer.session.endProfile();
    await trainer.close();
  }
}
