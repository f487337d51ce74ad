import { useState } from 'react';
import { nameFrom, planJudgement } from '../../work/workPlans.js';
import { TextField } from '../judge/FormFields.js';
import { dataOffers, isBusy } from './formParts.js';
import type { WorkFormProps } from './NewWork.js';
import { PlaceField } from './PlaceField.js';
import { StartForm } from './StartForm.js';

const tables = ['.csv', '.tsv', '.xlsx'];

/** Whose predictions are judged, and what is true. */
export function JudgeForm({ work }: WorkFormProps) {
  const [source, setSource] = useState('');
  const [truth, setTruth] = useState('');
  const [called, setCalled] = useState('');
  const read = () => {
    const plan = planJudgement(source, truth, called.trim());
    return {
      name: `judged-${nameFrom(
        called ||
          source
            .split('/')
            .at(-1)!
            .replace(/\.\w+$/, ''),
      )}`,
      plan,
    };
  };
  return (
    <StartForm words="Judge" queued={isBusy(work)} read={read}>
      <div className="judge-fields">
        <PlaceField
          label="Predictions"
          about="A table: an id, and one column a class or one score. Or somebody’s network as an ONNX file."
          places={work.places}
          offered={[]}
          value={source}
          onChange={setSource}
          wants="file"
          endings={[...tables, '.onnx']}
        />
        <PlaceField
          label="What is true"
          about="The dataset, or a table of ids and diagnoses."
          places={work.places}
          offered={dataOffers(work)}
          value={truth}
          onChange={setTruth}
          wants="either"
          endings={tables}
        />
        <TextField
          label="Name of the classifier"
          about="As the report calls it. Empty: as its file."
          value={called}
          onChange={setCalled}
        />
      </div>
    </StartForm>
  );
}
