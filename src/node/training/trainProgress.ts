import type { Progress, ProgressTask } from '../../progress.js';
import type { EpochRecord, StepRecord, TrainEvent } from '../../training/events.js';

/** Columns of the table that grows by a row an epoch; it fits into 80 columns. */
const header = ['train loss', 'accuracy', 'validation loss', 'accuracy', 'balanced'];
/** Share of the newest record in the figures beside the bar: single batches jump about. */
const newestShare = 0.1;

/** Shows a training: one bar over all steps with loss, accuracy and speed, and a line an epoch that stays. */
export function trainProgress(progress: Progress, epochs: number): (event: TrainEvent) => void {
  const number = (epoch: number | string) => `${epoch}`.padStart(String(epochs).length);
  const epochWidth = Math.max('epoch'.length, 2 * String(epochs).length + 1);
  let task: ProgressTask | undefined;
  let recent: Recent | undefined;
  let headed = false;
  return (event) => {
    if (event.type === 'features') {
      task ??= progress.start('Computing features', event.total);
      task.update(event.done);
    } else if (event.type === 'start') {
      task?.end();
      task = undefined;
      if (event.firstStep >= event.steps) return;
      const from = event.firstStep > 0 ? `, going on from step ${event.firstStep}` : '';
      progress.note(`Training: ${epochs} ${epochs === 1 ? 'epoch' : 'epochs'}, ${event.steps} steps${from}`);
      task = progress.start('Training', event.steps);
      if (event.firstStep > 0) task.update(event.firstStep);
    } else if (event.type === 'step') {
      recent = smooth(recent, event.record);
      const current = Math.min(epochs, Math.floor(event.record.epoch) + 1);
      task?.update(event.record.step, `epoch ${current}/${epochs}, ${describe(recent)}`, event.secondsLeft);
    } else if (event.type === 'epoch') {
      if (!headed) progress.note(`${'epoch'.padStart(epochWidth)}  ${header.join('  ')}`);
      headed = true;
      const row = [`${number(event.record.epoch)}/${epochs}`.padStart(epochWidth), ...cells(event.record)];
      progress.note(`${row.join('  ')}${event.best ? '  best' : ''}`);
    } else if (event.type === 'done' || event.type === 'stopped') {
      task?.end();
      task = undefined;
    }
  };
}

type Recent = Pick<StepRecord, 'loss' | 'accuracy' | 'imagesPerSecond'>;

function smooth(before: Recent | undefined, { loss, accuracy, imagesPerSecond }: StepRecord): Recent {
  if (!before) return { loss, accuracy, imagesPerSecond };
  const mix = (old: number, added: number) => old + newestShare * (added - old);
  return {
    loss: mix(before.loss, loss),
    accuracy: mix(before.accuracy, accuracy),
    // Of the times, not of the speeds: one that is slow weighs as much as it took.
    imagesPerSecond: 1 / mix(1 / before.imagesPerSecond, 1 / imagesPerSecond),
  };
}

const describe = ({ loss, accuracy, imagesPerSecond }: Recent) =>
  `loss ${loss.toFixed(3)}, accuracy ${(100 * accuracy).toFixed(0)}%, ${imagesPerSecond.toFixed(0)} images/s`;

function cells(record: EpochRecord): string[] {
  const percent = (share: number) => `${(100 * share).toFixed(1)}%`;
  const texts = [
    record.trainLoss.toFixed(3),
    percent(record.trainAccuracy),
    record.validationLoss.toFixed(3),
    percent(record.validationAccuracy),
    percent(record.validationBalancedAccuracy),
  ];
  return texts.map((text, i) => text.padStart(header[i].length));
}
