import { useState } from 'react';
import { usageError } from '../../../../src/errors.js';
import { type EvaluationChoice, nameFrom, planEvaluation, planName, runPath } from '../../work/workPlans.js';
import { CheckField, SelectField } from '../judge/FormFields.js';
import { dataOffers, isBusy } from './formParts.js';
import type { WorkFormProps } from './NewWork.js';
import { PlaceField } from './PlaceField.js';
import { RunField } from './RunField.js';
import { StartForm } from './StartForm.js';

/** Which run is evaluated, on which images. */
export function EvaluateForm({ work, run: first = '' }: WorkFormProps) {
  const [run, setRun] = useState(first);
  const [split, setSplit] = useState<EvaluationChoice['split']>('test');
  const [data, setData] = useState('');
  const [also, setAlso] = useState<readonly string[]>([]);
  const read = () => {
    if (run === '') throw usageError('no-run', 'Choose the network that is evaluated.');
    const choice = { source: runPath(run), split, data, excludeUnusable: also.length > 0 };
    const what = split === 'other' ? nameFrom(data.split('/').at(-1) ?? '') : split;
    return { name: planName(run, what), plan: planEvaluation(choice) };
  };
  return (
    <StartForm words="Evaluate" queued={isBusy(work)} read={read}>
      <div className="judge-fields">
        <RunField value={run} onChange={setRun} />
        <SelectField
          label="On which images"
          value={split}
          options={[
            ['test', 'its test images'],
            ['validation', 'its validation images'],
            ['other', 'other data'],
          ]}
          about={aboutSplit[split]}
          onChange={(value) => setSplit(value as EvaluationChoice['split'])}
        />
        {split === 'other' && (
          <PlaceField
            label="Other data"
            about="A dataset that it did not learn from: classes are matched by their names."
            places={work.places}
            offered={dataOffers(work)}
            value={data}
            onChange={setData}
            wants="either"
          />
        )}
      </div>
      {split === 'other' && (
        <CheckField
          legend="Images that cannot be read"
          options={[['exclude', 'are left out, and listed']]}
          chosen={also}
          onChange={setAlso}
        />
      )}
    </StartForm>
  );
}

const aboutSplit = {
  test: 'None of them was used in training, or for any choice. Every look is written down.',
  validation: 'Choices were made on these: the numbers are somewhat too good.',
  other: 'From another clinic, say: how far what it learned holds there.',
} as const;
