import type { Progress, ProgressTask } from '../progress.js';
import type { TrainEvent } from '../training/events.js';

const percent = (share: number) => `${(100 * share).toFixed(1)}%`;

/** Shows a training: one bar over all epochs with loss and speed, and a line an epoch that stays. */
export function trainProgress(progress: Progress, epochs: number): (event: TrainEvent) => void {
  let task: ProgressTask | undefined;
  let firstStep = 0;
  return (event) => {
    if (event.type === 'start') {
      firstStep = event.firstStep;
      const from = firstStep > 0 ? `, going on from step ${firstStep}` : '';
      progress.note(`Training: ${epochs} epochs, ${event.steps} steps${from}`);
      task = progress.start('Training', event.steps - firstStep);
    } else if (event.type === 'step') {
      const { step, loss, accuracy, imagesPerSecond, epoch } = event.record;
      const current = Math.min(epochs, Math.floor(epoch) + 1);
      task?.update(
        step - firstStep,
        `epoch ${current}/${epochs}, loss ${loss.toFixed(3)}, accuracy ${percent(accuracy)}, ${imagesPerSecond.toFixed(0)} images/s`,
      );
    } else if (event.type === 'epoch') {
      const { record, best } = event;
      progress.note(
        `epoch ${String(record.epoch).padStart(String(epochs).length)}/${epochs}  ` +
          `train loss ${record.trainLoss.toFixed(3)}, accuracy ${percent(record.trainAccuracy)}  ` +
          `validation loss ${record.validationLoss.toFixed(3)}, accuracy ${percent(record.validationAccuracy)}, ` +
          `balanced ${percent(record.validationBalancedAccuracy)}${best ? '  best so far' : ''}`,
      );
    } else if (event.type === 'done' || event.type === 'stopped') {
      task?.end();
      task = undefined;
    }
  };
}
