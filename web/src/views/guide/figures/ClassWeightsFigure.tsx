import { useCallback, useState } from 'react';
import type { Exploration } from '../../../../../src/data/audit/exploration.js';
import { type ClassWeightsKind, classWeights } from '../../../../../src/data/classWeights.js';
import { ham10000Classes } from '../../../../../src/data/formats/ham10000.js';
import { classWeightsChart } from '../../../../../src/report/charts/classWeights.js';
import { formatNumber, formatPercent } from '../../../../../src/report/format.js';
import { Chart } from '../../../components/Chart.js';
import { useRunFile } from '../runContext.js';
import { parseJson } from '../runSource.js';
import { Choice, Say } from './Controls.js';

type Counts = readonly { readonly dx: string; readonly name: string; readonly images: number }[];

/** All 10,015 images of HAM10000, as `lesionlab explore HAM10000` counts them. */
const ham10000Counts: Counts = [327, 514, 1099, 115, 1113, 6705, 142].map((images, k) => ({
  dx: ham10000Classes[k].id,
  name: ham10000Classes[k].name,
  images,
}));

/** Three ways to weigh classes, and how much each class then counts in all. */
export function ClassWeightsFigure() {
  const run = useRunFile<Exploration>('exploration/exploration.json', parseJson);
  const [source, setSource] = useState<'ham10000' | 'run'>('ham10000');
  const [kind, setKind] = useState<ClassWeightsKind>('median-frequency');
  const counts: Counts = source === 'run' ? run.classes : ham10000Counts;
  const weights = classWeights(
    counts.map(({ images }) => images),
    kind,
  );
  const draw = useCallback(
    (options: { idPrefix: string }) => {
      const drawn = classWeights(
        counts.map(({ images }) => images),
        kind,
      );
      return classWeightsChart(
        counts.map(({ dx, name }, k) => ({ dx, name, weight: drawn[k] })),
        options,
      );
    },
    [counts, kind],
  );
  const influence = counts.map(({ images }, k) => images * weights[k]);
  const total = influence.reduce((sum, part) => sum + part, 0);
  const common = influence.indexOf(Math.max(...influence));
  const rarest = counts.reduce((rare, count, k) => (count.images < counts[rare].images ? k : rare), 0);
  return (
    <>
      <div className="controls">
        <Choice
          label="Counts of"
          options={[
            ['ham10000', 'HAM10000, all 10,015 images'],
            ['run', 'the run above'],
          ]}
          value={source}
          onChange={setSource}
        />
        <Choice
          label="Weights"
          options={[
            ['none', 'none'],
            ['square-root', 'square root'],
            ['median-frequency', 'median frequency'],
          ]}
          value={kind}
          onChange={setKind}
        />
      </div>
      <Chart draw={draw} name="class-weights" />
      <Say>
        Images times weight: {counts[common].name} makes up {formatPercent(influence[common] / total)} of the loss
        before anything is learned, {counts[rarest].name} {formatPercent(influence[rarest] / total)}. One image of the
        rarest class counts as much as {formatNumber(weights[rarest] / Math.min(...weights.filter((w) => w > 0)), 1)} of
        the class with the smallest weight.
      </Say>
    </>
  );
}
