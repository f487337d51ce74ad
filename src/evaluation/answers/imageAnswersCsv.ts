import { csvFormatRows } from 'd3-dsv';
import type { ClassInfo } from '../../data/dataset.js';
import type { ImageAnswer } from './imageAnswer.js';

/** Answers of one model, for a table. */
export interface ImageAnswers {
  readonly classes: readonly ClassInfo[];
  /** Null where the model has no calibration. */
  readonly temperature: number | null;
  readonly images: readonly (ImageAnswer & { readonly file: string })[];
}

/**
 * Answers as CSV, without a last line break: `file,predicted`, a column of probabilities for each class, then where the model has
 * a calibration `calibrated_<class>` and `set_<level>` (class ids with spaces between), then where it tells them
 * `out_of_distribution,flagged`. Numbers are exact.
 */
export function formatImageAnswersCsv({ classes, temperature, images }: ImageAnswers): string {
  const ids = classes.map(({ id }) => id);
  const scored = images.some(({ outOfDistribution }) => outOfDistribution !== null);
  const calibratedColumns = [
    ...ids.map((id) => `calibrated_${id}`),
    ...(images[0]?.sets ?? []).map(({ level }) => `set_${Math.round(100 * level)}`),
  ];
  return csvFormatRows([
    [
      'file',
      'predicted',
      ...ids,
      ...(temperature === null ? [] : calibratedColumns),
      ...(scored ? ['out_of_distribution', 'flagged'] : []),
    ],
    ...images.map(({ file, predicted, probabilities, calibrated, sets, outOfDistribution }) => [
      file,
      predicted,
      ...probabilities.map(String),
      ...(calibrated ?? []).map(String),
      ...sets.map((set) => set.classes.join(' ')),
      ...(outOfDistribution ? [String(outOfDistribution.score), outOfDistribution.flagged ? 'yes' : 'no'] : []),
    ]),
  ]);
}
