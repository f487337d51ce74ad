import { interruptedError } from '../../errors.js';
import { chooseViews } from '../../evaluation/answers/chooseViews.js';
import { openClassifier } from '../../models/index.js';
import { nodeRuntime } from '../../runtime/node.js';
import type { RunConfig } from '../../training/recipe/config.js';
import type { SplitImages } from '../../training/recipe/trainingSplits.js';
import type { PreparedFile } from '../dataset/preparedFile.js';
import { writeJson } from '../files/writeFile.js';
import type { StepContext } from '../machine/stepContext.js';
import { loadCheckpoint } from '../run/checkpointFile.js';
import type { RunFolder } from '../run/runFolder.js';
import { pause, predictionBatchSize } from './predictionBatches.js';

/**
 * Where a recipe leaves it to the validation images, chooses the views whose mean the best checkpoint answers with, and writes them, with all that were tried, into config.json.
 * @param validation its images, with what the network is told of them, where it is told anything
 * @returns the configuration with them; the same where there is nothing to choose
 * @throws LesionlabError kind `interrupted` once the signal is aborted; kind `run` where the checkpoint can't be used
 */
export async function chooseRunViews(
  { progress, signal, device, threads }: StepContext,
  run: RunFolder,
  config: RunConfig,
  prepared: PreparedFile,
  validation: SplitImages & { readonly metadata?: Float32Array },
): Promise<RunConfig> {
  if (config.recipe.evaluation.testTimeAugmentation !== 'chosen') return config;
  const { model, weights, path } = await loadCheckpoint(run, 'best');
  const { preprocessing } = config;
  const classCount = config.data.classes.length;
  const size = { model, weights, classCount, imageSize: preprocessing.imageSize };
  const classifier = await openClassifier(
    nodeRuntime,
    { ...size, batchSize: predictionBatchSize, source: path, takesMetadata: true },
    { device, threads },
  );
  const task = progress.start('Choosing views on validation', validation.labels.length);
  try {
    const { chosen, tried } = await chooseViews(
      classifier,
      { images: prepared, ...validation, preprocessing, seed: 0 },
      async (done) => {
        await pause();
        if (signal.aborted)
          throw interruptedError('Interrupted while views were chosen; the training itself is saved.', {
            hint: 'The same command with --resume chooses them.',
          });
        task.update(done);
      },
    );
    const next: RunConfig = {
      ...config,
      recipe: { ...config.recipe, evaluation: { ...config.recipe.evaluation, testTimeAugmentation: chosen } },
      chosenViews: [...tried],
    };
    await writeJson(run.config, next);
    return next;
  } finally {
    task.end();
    await classifier.close();
  }
}
