import { useLocation } from 'wouter';
import { formatCount } from '../../../../src/report/format.js';
import type { RunSummary } from '../../../../src/report/runSummary.js';
import { useWorkOffered } from '../../browser/localServer.js';
import { runName, sourceOf } from '../../runs/runSources.js';
import { RunSteps } from '../work/NextSteps.js';
import { externalName } from './externalName.js';
import { type RunSection, runsAddress } from './runAddress.js';

export interface EvaluationChoiceProps {
  readonly summary: RunSummary;
  readonly section: RunSection;
  readonly chosen: string | undefined;
}

/** Which images the results are of, where there is a choice. */
export function EvaluationChoice({ summary: { id, evaluations }, section, chosen }: EvaluationChoiceProps) {
  const [, navigate] = useLocation();
  if (evaluations.length < 2) return null;
  return (
    <p>
      <label>
        Results on{' '}
        <select
          value={chosen}
          onChange={({ target }) => navigate(runsAddress({ kind: 'run', id, section, evaluation: target.value }))}
        >
          {evaluations.map(({ name, images }) => (
            <option key={name} value={name}>
              {evaluationWords(name)} ({formatCount(images)} images)
            </option>
          ))}
        </select>
      </label>
    </p>
  );
}

const evaluationWords = (name: string): string => externalName(name) ?? `the ${name} split`;

/** Says that there are no results, and how to get them. */
export function NotEvaluated({ summary: { id, state } }: { readonly summary: RunSummary }) {
  const worksHere = useWorkOffered() && sourceOf(id).live;
  if (worksHere && state !== 'training')
    return (
      <>
        <p className="absent">This run was not evaluated yet.</p>
        <RunSteps id={id} />
      </>
    );
  return (
    <p className="absent">
      {state === 'training'
        ? 'This run is being trained; results come when it is evaluated. '
        : 'This run was not evaluated yet. '}
      Run <code>lesionlab evaluate {runName(id)}</code> in the folder of runs{state === 'training' ? ' then' : ''};{' '}
      {sourceOf(id).live ? 'its results appear here by themselves.' : 'then open the folder here again.'}
    </p>
  );
}
