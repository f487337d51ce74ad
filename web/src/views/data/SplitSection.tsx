import { useId, useState } from 'react';
import { splitNames } from '../../../../src/data/dataset.js';
import { defaultRatios } from '../../../../src/data/groups/split.js';
import { usageError } from '../../../../src/errors.js';
import { formatCount, formatPercent } from '../../../../src/report/format.js';
import { saveFile } from '../../browser/saveFile.js';
import { useTask } from '../../browser/useTask.js';
import { Problem } from '../../components/Problem.js';
import { datasetCalls } from '../../dataset/datasetSession.js';
import type { OpenedDataset, SplitFiles } from '../../dataset/datasetWorker.js';

const shareLabels = ['Train', 'Validation', 'Test'];

/** Splits the data by lesion, as the command line does, and hands out splits.csv. */
export function SplitSection({ dataset }: { readonly dataset: OpenedDataset }) {
  const task = useTask();
  const [seed, setSeed] = useState('0');
  const [shares, setShares] = useState<readonly string[]>(defaultRatios.map(String));
  const [made, setMade] = useState<{ readonly files: SplitFiles; readonly seed: number }>();
  const id = useId();
  const isUsual = shares.every((share, i) => Number(share) === defaultRatios[i]);
  const command = `lesionlab split <folder> --seed ${seed || '0'}${isUsual ? '' : ` --ratios ${shares.join('/')}`}`;
  const split = () =>
    task.run(async (options) => {
      const numbers = shares.map(Number);
      const [train, validation, test] = numbers;
      if (!numbers.every((share, i) => shares[i].trim() !== '' && share > 0))
        throw usageError('bad-ratios', 'The shares of train, validation and test must be numbers above 0.');
      if (!/^\d{1,15}$/.test(seed)) throw usageError('bad-seed', 'The seed must be a whole number from 0.');
      const request = { seed: Number(seed), ratios: [train, validation, test] as const };
      setMade({ files: await datasetCalls().call('split', request, options), seed: request.seed });
    });
  return (
    <section aria-labelledby="split">
      <h2 id="split">Split for training</h2>
      <p>
        Into images to learn from (train), to choose by (validation) and to be judged by at the end (test): each
        diagnosis in the same shares, and all images of a lesion on one side, or a network would be tested on what it
        has seen. <code>{command}</code> gives the same.
      </p>
      <div className="fields">
        <Field id={`${id}-seed`} label="Seed" value={seed} onChange={setSeed} />
        {shareLabels.map((label, i) => (
          <Field
            key={label}
            id={`${id}-${label}`}
            label={`${label}, share`}
            value={shares[i]}
            onChange={(value) => setShares(shares.map((share, k) => (k === i ? value : share)))}
          />
        ))}
        <button type="button" className="plain" onClick={split} disabled={task.running}>
          Split
        </button>
      </div>
      {task.error !== undefined && <Problem error={task.error} />}
      {made && <SplitTable {...made} classes={dataset.exploration.classes} />}
    </section>
  );
}

interface FieldProps {
  readonly id: string;
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
}

const Field = ({ id, label, value, onChange }: FieldProps) => (
  <p>
    <label htmlFor={id}>{label}</label>
    <input id={id} type="number" min={0} value={value} onChange={(event) => onChange(event.target.value)} />
  </p>
);

interface SplitTableProps {
  readonly files: SplitFiles;
  readonly seed: number;
  readonly classes: OpenedDataset['exploration']['classes'];
}

function SplitTable({ files: { csv, summary }, seed, classes }: SplitTableProps) {
  const { leakage, hasLesionIds } = summary;
  return (
    <div aria-live="polite">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls sideways on narrow screens */}
      <section className="scroll" aria-label="The split" tabIndex={0}>
        <table>
          <caption>
            <span>The split with seed {seed}: images by diagnosis.</span>
          </caption>
          <thead>
            <tr>
              <th scope="col">Split</th>
              <th scope="col" className="number">
                Images
              </th>
              <th scope="col" className="number">
                Share
              </th>
              {hasLesionIds && (
                <th scope="col" className="number">
                  Lesions
                </th>
              )}
              {classes.map(({ dx }) => (
                <th key={dx} scope="col" className="number">
                  {dx}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {splitNames.map((name) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                <td className="number">{formatCount(summary.images[name])}</td>
                <td className="number">{formatPercent(summary.shares[name])}</td>
                {hasLesionIds && <td className="number">{formatCount(summary.lesions[name])}</td>}
                {classes.map(({ dx }) => (
                  <td key={dx} className="number">
                    {formatCount(summary.counts[name][dx])}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      <p>
        {hasLesionIds
          ? `Counted leakage: ${leakage.lesions} lesions and ${leakage.images} identical images on two sides.`
          : `Counted leakage: ${leakage.images} identical images on two sides; the data has no lesion ids to look at.`}
      </p>
      <p className="actions">
        <button type="button" className="plain" onClick={() => saveFile('splits.csv', csv, 'text/csv')}>
          Save splits.csv
        </button>
        <button
          type="button"
          className="plain"
          onClick={() => saveFile('splits.json', `${JSON.stringify(summary, null, 2)}\n`, 'application/json')}
        >
          Save splits.json
        </button>
      </p>
    </div>
  );
}
