import { useCallback } from 'react';
import type { Exploration } from '../../../../../src/data/audit/exploration.js';
import { classCountsChart } from '../../../../../src/report/charts/classCounts.js';
import { formatCount, formatPercent } from '../../../../../src/report/format.js';
import { Chart } from '../../../components/Chart.js';
import { useRunFile } from '../runContext.js';
import { parseJson } from '../runSource.js';
import { Say } from './Controls.js';

/** Images and lesions of each diagnosis in the run's data, and what always giving the commonest answer would score. */
export function ClassCountsFigure() {
  const { classes, dataset, images, lesions } = useRunFile<Exploration>('exploration/exploration.json', parseJson);
  const draw = useCallback(
    (options: { idPrefix: string }) => classCountsChart(classes, { ...options, hasLesionIds: dataset.hasLesionIds }),
    [classes, dataset],
  );
  const commonest = classes.reduce((best, count) => (count.images > best.images ? count : best));
  return (
    <>
      <Chart
        draw={draw}
        name="class-counts"
        caption={`${dataset.name}: ${formatCount(images)} images of ${formatCount(lesions)} lesions.`}
      />
      <Say>
        A program that always answers “{commonest.name}” is right for {formatPercent(commonest.share)} of these images,
        and its balanced accuracy is {formatPercent(1 / classes.filter((c) => c.images > 0).length)}.
      </Say>
    </>
  );
}
