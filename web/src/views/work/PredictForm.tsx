import { useState } from 'react';
import { usageError } from '../../../../src/errors.js';
import { purposeNotice } from '../../../../src/report/page.js';
import { nameFrom, planName, planPrediction, runPath } from '../../work/workPlans.js';
import { CheckField } from '../judge/FormFields.js';
import { dataOffers, isBusy } from './formParts.js';
import type { WorkFormProps } from './NewWork.js';
import { PlaceField } from './PlaceField.js';
import { RunField } from './RunField.js';
import { StartForm } from './StartForm.js';

/** Which run is asked about which images. */
export function PredictForm({ work, run: first = '' }: WorkFormProps) {
  const [run, setRun] = useState(first);
  const [images, setImages] = useState('');
  const [also, setAlso] = useState<readonly string[]>([]);
  const read = () => {
    if (run === '') throw usageError('no-run', 'Choose the network that is asked.');
    const plan = planPrediction(runPath(run), images === '' ? [] : [images], also.length > 0);
    return { name: planName(run, nameFrom(images.split('/').at(-1)!)), plan };
  };
  return (
    <StartForm words="Ask" queued={isBusy(work)} read={read}>
      <p className="problem">
        <strong>{purposeNotice}</strong> The answers are those of a network that knows nothing but the images it learned
        from.
      </p>
      <div className="judge-fields">
        <RunField value={run} onChange={setRun} />
        <PlaceField
          label="Images"
          about="A folder with all that lies in it, a zip, or one image."
          places={work.places}
          offered={dataOffers(work)}
          value={images}
          onChange={setImages}
          wants="either"
        />
      </div>
      <CheckField
        legend="Files that are no readable images"
        options={[['exclude', 'are left out, and listed']]}
        chosen={also}
        onChange={setAlso}
      />
    </StartForm>
  );
}
