import { useEffect } from 'react';
import { canPredict, type RunSummary } from '../../../../src/report/runSummary.js';
import { useLoaded } from '../../browser/useLoaded.js';
import { Problem } from '../../components/Problem.js';
import { serverRuns } from '../../runs/serverRuns.js';
import { SelectField } from '../judge/FormFields.js';

/** One of the runs that have something to predict with. */
export function RunField({ value, onChange }: { readonly value: string; readonly onChange: (id: string) => void }) {
  const { value: list, error } = useLoaded('runs to choose', serverRuns.list);
  const runs = (list?.runs ?? []).filter(canPredict);
  const known = runs.some(({ id }) => id === value);
  useEffect(() => {
    if (list && !known && runs.length > 0) onChange(runs[0].id);
  }, [list, known, runs, onChange]);
  if (error !== undefined) return <Problem error={error} />;
  if (list && runs.length === 0)
    return <p className="absent">There is no trained network in the folder of runs yet: train one first.</p>;
  return (
    <SelectField
      label="Trained network"
      value={value}
      options={runs.map((run) => [run.id, describe(run)])}
      about="From the folder of runs, the newest first."
      onChange={onChange}
    />
  );
}

const describe = ({ id, data, epochs, state }: RunSummary) =>
  `${id}: ${data.name}, ${epochs.done} epochs${state === 'finished' ? '' : ', not finished'}`;
