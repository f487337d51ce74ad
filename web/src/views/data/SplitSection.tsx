import { useId, useState } from 'react';
import type { Mend } from '../../../../src/data/groups/mends.js';
import { defaultRatios } from '../../../../src/data/groups/split.js';
import type { SplitRule } from '../../../../src/data/groups/splitRule.js';
import { usageError } from '../../../../src/errors.js';
import { formatCount } from '../../../../src/report/format.js';
import { useTask } from '../../browser/useTask.js';
import { Problem } from '../../components/Problem.js';
import { Waiting } from '../../components/Waiting.js';
import { changeDivision, datasetCalls, updateDataset } from '../../dataset/datasetSession.js';
import type { SplitFiles } from '../../dataset/divideData.js';
import type { Division } from '../../dataset/division.js';
import type { OpenedDataset } from '../../dataset/openedDataset.js';
import { SplitResult } from './SplitResult.js';
import { splitCommand } from './splitCommand.js';

const shareLabels = ['Train', 'Validation', 'Test'];

/** Divides the data as the command line does, proves that nothing that belongs together is on two sides, and hands out splits.csv. */
export function SplitSection({ dataset }: { readonly dataset: OpenedDataset }) {
  const task = useTask();
  const [seed, setSeed] = useState('0');
  const [shares, setShares] = useState<readonly string[]>(defaultRatios.map(String));
  const [rule, setRule] = useState<SplitRule>({ kind: 'lesions' });
  const [nearDuplicates, setNearDuplicates] = useState(false);
  const [made, setMade] = useState<{ readonly files: SplitFiles; readonly seed: number }>();
  const id = useId();
  const leaks = (task.error as { code?: string } | undefined)?.code === 'split-leaks';
  const { joined, roots, asked } = dataset;
  const split = (mend?: Mend) =>
    task.run(async (options) => {
      const numbers = shares.map(Number);
      const [train, validation, test] = numbers;
      if (!numbers.every((share, i) => shares[i].trim() !== '' && share > 0))
        throw usageError('bad-ratios', 'The shares of train, validation and test must be numbers above 0.');
      if (!/^\d{1,15}$/.test(seed)) throw usageError('bad-seed', 'The seed must be a whole number from 0.');
      const mended = mend && (rule.kind === 'official' || rule.kind === 'test-on') ? { ...rule, mend } : rule;
      const division: Division = { rule: mended, ratios: [train, validation, test], nearDuplicates };
      setMade(undefined);
      const found = await datasetCalls().call('split', { ...division, seed: Number(seed) }, options);
      updateDataset(found.dataset);
      setRule(mended);
      changeDivision(division);
      setMade({ files: found.files, seed: Number(seed) });
    });
  return (
    <section aria-labelledby="split">
      <h2 id="split">Split for training</h2>
      <p>
        Into images to learn from (train), to choose by (validation) and to be judged by at the end (test). All images
        of a patient, and of a lesion, stay on one side, and so do copies of one file: else a network would be tested on
        what it has seen. The same as{' '}
        <code>{splitCommand({ roots, asked, seed: seed || '0', shares, rule, nearDuplicates })}</code>
      </p>
      <RuleChoice dataset={dataset} rule={rule} onRule={setRule} />
      {joined !== null && rule.kind === 'test-on' && (
        <p className="small muted">
          Images of the others whose patient, lesion or copy is among the tested ones are left out.
        </p>
      )}
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
        <p>
          <label className="beside">
            <input
              type="checkbox"
              checked={nearDuplicates}
              onChange={({ target }) => setNearDuplicates(target.checked)}
            />{' '}
            Look for near-duplicates, and keep them on one side
          </label>
        </p>
        <button type="button" className="plain" onClick={() => split()} disabled={task.running}>
          Split
        </button>
      </div>
      {task.running && <Waiting task={task} label="Dividing the images" />}
      {task.error !== undefined && <Problem error={task.error} />}
      {leaks && (
        <p className="actions">
          <button type="button" className="plain" onClick={() => split('drop-from-train')}>
            Leave these images out of the earlier part
          </button>
          <button type="button" className="plain" onClick={() => split('keep')}>
            Take the split as it is
          </button>
        </p>
      )}
      {made && <SplitResult {...made} classes={dataset.exploration.classes} />}
    </section>
  );
}

interface RuleChoiceProps {
  readonly dataset: OpenedDataset;
  readonly rule: SplitRule;
  readonly onRule: (rule: SplitRule) => void;
}

/** Ways to divide; nothing where there is only one. */
function RuleChoice({ dataset: { official, joined }, rule, onRule }: RuleChoiceProps) {
  const name = useId();
  if (!official && !joined) return null;
  const parts = Object.entries(official ?? {}).map(([part, images]) => `${part} ${formatCount(images)}`);
  const sources = joined?.sources.map((source) => source.name) ?? [];
  const source = rule.kind === 'test-on' ? rule.source : sources[sources.length - 1];
  const choice = (kind: SplitRule['kind'], next: SplitRule) => ({
    type: 'radio',
    name,
    checked: rule.kind === kind,
    onChange: () => onRule(next),
  });
  return (
    <fieldset className="choices">
      <legend>By what rule</legend>
      <label>
        <input {...choice('lesions', { kind: 'lesions' })} /> Drawn by chance, each diagnosis in the same shares
      </label>
      {official && (
        <label>
          <input {...choice('official', { kind: 'official' })} /> The dataset’s own split{' '}
          <span className="muted">({parts.join(', ')}); it is checked for leaks first</span>
        </label>
      )}
      {joined && (
        <label>
          <input {...choice('test-on', { kind: 'test-on', source })} /> Learn from the others, and test on{' '}
          <select
            aria-label="Dataset to test on"
            value={source}
            onChange={({ target }) => onRule({ kind: 'test-on', source: target.value })}
          >
            {sources.map((one) => (
              <option key={one}>{one}</option>
            ))}
          </select>
        </label>
      )}
    </fieldset>
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
