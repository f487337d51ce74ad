import * as Plot from '@observablehq/plot';
import { useCallback, useMemo, useState } from 'react';
import type { ImageRecord, SplitName } from '../../../../../src/data/dataset.js';
import { ham10000Classes } from '../../../../../src/data/formats/ham10000.js';
import { splitByRule } from '../../../../../src/data/groups/splitRule.js';
import { generateSyntheticDataset } from '../../../../../src/data/synthetic/index.js';
import { drawChart } from '../../../../../src/report/charts/chart.js';
import { formatPercent } from '../../../../../src/report/format.js';
import { chartColour } from '../../../../../src/report/palette.js';
import { Chart } from '../../../components/Chart.js';
import { Choice, Say, Slider } from './Controls.js';

const labelOf = new Map(ham10000Classes.map(({ id }, label) => [id, label]));
const records: readonly ImageRecord[] = generateSyntheticDataset({ images: 240, seed: 0 }).rows.map((row) => ({
  ...row,
  label: labelOf.get(row.dx)!,
}));
const colours = { train: 'barSoft', validation: 'validation', test: 'train' } as const;
/** Lesions with several images in the picture; the others can't leak. */
const shownLesions = 40;

/** The same synthetic images divided image by image and lesion by lesion, and what the test side shares with the training side. */
export function SplitFigure() {
  const [kind, setKind] = useState<'images' | 'lesions'>('images');
  const [seed, setSeed] = useState(0);
  const splits = useMemo(() => splitByRule(records, ham10000Classes, { kind }, { seed }), [kind, seed]);
  const { test, known, shared } = useMemo(() => {
    const trained = new Set(records.flatMap(({ lesionId }, i) => (splits[i] === 'train' ? [lesionId] : [])));
    const tested = records.filter((_, i) => splits[i] === 'test');
    const seen = tested.filter(({ lesionId }) => trained.has(lesionId));
    return { test: tested.length, known: seen.length, shared: new Set(seen.map(({ lesionId }) => lesionId)).size };
  }, [splits]);
  const draw = useCallback(
    (options: { idPrefix: string }) => {
      const groups = new Map<string, SplitName[]>();
      for (const [i, { lesionId }] of records.entries())
        groups.set(lesionId, [...(groups.get(lesionId) ?? []), splits[i]]);
      const squares = [...groups.values()]
        .filter((images) => images.length > 1)
        .slice(0, shownLesions)
        .flatMap((images, x) => images.map((split, y) => ({ x, y, split })));
      const highest = Math.max(...squares.map(({ y }) => y)) + 1;
      return drawChart(
        {
          name: 'split',
          title: kind === 'images' ? 'Divided image by image' : 'Divided lesion by lesion',
          subtitle: `A column is a lesion with several images (${shownLesions} of them), a square an image. Light: training, orange: validation, blue: test.`,
          description: `${known} of ${test} test images show a lesion that is in the training split too.`,
          height: highest * 15 + 16,
          plot: {
            marginLeft: 4,
            marginRight: 4,
            marginTop: 4,
            marginBottom: 8,
            x: { axis: null, domain: Array.from({ length: shownLesions }, (_, x) => x), padding: 0.12 },
            y: {
              axis: null,
              type: 'band',
              domain: Array.from({ length: highest }, (_, y) => highest - 1 - y),
              padding: 0.12,
            },
            marks: [
              Plot.cell(squares, {
                x: 'x',
                y: 'y',
                fill: ({ split }: (typeof squares)[number]) => chartColour(colours[split]),
                stroke: chartColour('outline'),
                strokeWidth: 0.6,
              }),
            ],
          },
        },
        { ...options, width: 560 },
      );
    },
    [splits, kind, known, test],
  );
  return (
    <>
      <div className="controls">
        <Choice
          label="Divide"
          options={[
            ['images', 'image by image'],
            ['lesions', 'lesion by lesion'],
          ]}
          value={kind}
          onChange={setKind}
        />
        <Slider label="Seed" min={0} max={20} step={1} value={seed} onChange={setSeed} />
      </div>
      <Chart
        draw={draw}
        name={`split-by-${kind}`}
        caption="240 synthetic images; the split is the one that training uses."
      />
      <Say>
        {known} of {test} test images ({formatPercent(known / test)}) show a lesion that is also in the training split:{' '}
        {shared} lesions are on both sides.
      </Say>
    </>
  );
}
