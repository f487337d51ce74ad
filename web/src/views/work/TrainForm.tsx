import { useState } from 'react';
import { imagenetWeightFiles } from '../../../../src/models/imagenetWeightFiles.js';
import { presets } from '../../../../src/training/recipe/presets/registry.js';
import { Problem } from '../../components/Problem.js';
import { useWorkEstimate } from '../../work/useWork.js';
import { nameFrom, planTraining, type Repetition } from '../../work/workPlans.js';
import { CheckField, SelectField, TextField } from '../judge/FormFields.js';
import { RecipeForm } from '../train/RecipeForm.js';
import { nothingSaid } from '../train/readSaid.js';
import { takesWeights } from '../train/recipeValues.js';
import { SaidFields } from '../train/SaidFields.js';
import { networkPresets } from '../train/trainSettings.js';
import { dataOffers, isBusy } from './formParts.js';
import type { WorkFormProps } from './NewWork.js';
import { PlaceField } from './PlaceField.js';
import { StartForm } from './StartForm.js';
import { TrainingCosts } from './TrainingCosts.js';
import { presetFields, readTraining, settingsOfNetwork, type TrainFields, withNetworkFile } from './trainFields.js';

/** What needs nothing but the data comes first. */
// A job of this form trains one network.
const offered = [...new Set(['lenet', 'quick', 'transfer', 'head', ...Object.keys(presets)])].filter(
  (name) => !presets[name].members,
);

/** What a network learns from, and how; all but the most needed stays folded. */
export function TrainForm({ work }: WorkFormProps) {
  const data = dataOffers(work);
  const [fields, setFields] = useState<TrainFields>(() => ({
    ...presetFields(offered[0], false),
    ...{ data: data[0]?.[0] ?? '', name: '', networkFile: '', said: nothingSaid },
    ...{ seed: '0', limit: '', repetition: 'once', also: [] },
  }));
  const [error, setError] = useState<unknown>();
  const set = (changed: Partial<TrainFields>) => setFields({ ...fields, ...changed });
  const plan = tryPlan(fields);
  const estimate = useWorkEstimate(plan);
  const read = () => {
    const choice = readTraining(fields);
    return { name: nameFrom(fields.name.trim() || usualName(fields)), plan: planTraining(choice) };
  };
  const attempt = async (action: () => void | Promise<void>) => {
    try {
      setError(undefined);
      await action();
    } catch (problem) {
      setError(problem);
    }
  };
  const foreign = fields.networkFile !== '';
  const { description } = (!foreign && presets[fields.preset]) || {};
  return (
    <StartForm words="Train" queued={isBusy(work)} read={read}>
      <div className="judge-fields">
        <PlaceField
          label="Data"
          about="A dataset that was named when the studio was started, or a part of one."
          places={work.places}
          offered={data}
          value={fields.data}
          onChange={(path) => set({ data: path })}
          wants="either"
        />
        <TextField
          label="Name"
          value={fields.name}
          about={`Of the folder for its results. Empty: ${nameFrom(usualName(fields))}`}
          onChange={(name) => set({ name })}
        />
        <PlaceField
          label="Network"
          about="One of lesionlab’s own, or yours: an ONNX file, whoever wrote it. Its weights are the beginning, and a new last layer learns your classes."
          places={work.places}
          offered={[['', 'as the recipe says']]}
          value={fields.networkFile}
          onChange={(path) => setFields(withNetworkFile(fields, path, path === '' ? offered[0] : 'head'))}
          wants="file"
          endings={['.onnx']}
        />
        {!foreign && takesWeights(fields) && (
          <WeightsField fields={fields} work={work} onChange={(weights) => set({ weights })} />
        )}
      </div>
      {foreign && (
        <details>
          <summary>What {fields.networkFile.split('/').at(-1)} may not say</summary>
          <div className="fields">
            <SaidFields said={fields.said} onChange={(said) => set({ said })} />
          </div>
        </details>
      )}
      <RecipeForm
        settings={fields}
        presets={foreign ? networkPresets() : offered.map((name) => [name, `${name}: ${presets[name].title}`])}
        shownApart={{}}
        except={foreign ? settingsOfNetwork : []}
        onPreset={(name) => set(presetFields(name, foreign))}
        onChange={setFields}
        attempt={attempt}
        about={description && !fields.file ? `${inPageWords(description)}.` : undefined}
      />
      {error !== undefined && <Problem error={error} />}
      <details className="recipe">
        <summary>More: several trainings, fewer images, what follows</summary>
        <div className="judge-fields">
          <SelectField
            label="Trainings"
            value={fields.repetition}
            options={[
              ['once', 'one'],
              ['seeds-3', '3, with a seed of its own each'],
              ['seeds-5', '5, with a seed of its own each'],
              ['folds-5', '5, each tested on another fifth (cross-validation)'],
            ]}
            about={aboutRepetition[fields.repetition]}
            onChange={(repetition) => set({ repetition: repetition as Repetition })}
          />
          <TextField
            numeric
            label="Images (empty: all)"
            value={fields.limit}
            about="At most so many, with every diagnosis among them: to try something out."
            onChange={(limit) => set({ limit })}
          />
          <TextField
            numeric
            label="Seed"
            value={fields.seed}
            about="All that is drawn by chance follows from it: the same seed gives the same network."
            onChange={(seed) => set({ seed })}
          />
        </div>
        <CheckField
          legend="Images that cannot be read"
          options={[['exclude', 'are left out, and listed']]}
          chosen={fields.also}
          onChange={(also) => set({ also })}
        />
        {fields.repetition !== 'folds-5' && (
          <CheckField
            legend="When it is done"
            options={[['judge', 'judge it on the test images, and write the report']]}
            chosen={fields.also}
            onChange={(also) => set({ also })}
          />
        )}
      </details>
      <TrainingCosts estimate={estimate} planned={plan !== undefined} />
    </StartForm>
  );
}

function WeightsField({
  fields,
  work,
  onChange,
}: {
  readonly fields: TrainFields;
  readonly work: WorkFormProps['work'];
  readonly onChange: (weights: string) => void;
}) {
  const known = imagenetWeightFiles[fields.values.model] !== undefined;
  return (
    <PlaceField
      label="Weights to begin with"
      about={
        fields.weights === 'imagenet'
          ? `Fetched once in a terminal: lesionlab download weights ${fields.values.model}`
          : 'What it has learned before: a file of weights, or a checkpoint of a run.'
      }
      places={work.places}
      offered={[['', 'none: it begins at random'], ...(known ? [['imagenet', 'trained on ImageNet'] as const] : [])]}
      value={fields.weights}
      onChange={onChange}
      wants="file"
      endings={['.pth', '.pt', '.safetensors', '.onnx']}
    />
  );
}

const usualName = ({ data, preset, file, networkFile }: TrainFields) => {
  const [name, network] = [data, networkFile].map((path) => path.split('/').at(-1)!);
  return `${name}-${(file?.name ?? (network || preset)).replace(/\.\w+$/, '')}`;
};

function tryPlan(fields: TrainFields) {
  try {
    return planTraining({ ...readTraining(fields), judged: false });
  } catch {
    // Said when it is asked for.
    return undefined;
  }
}

/** A preset's description without the options of the command line. */
const inPageWords = (description: string) =>
  description.replace('needs --weights', 'needs trained weights').replace(/ \(--weights\)| with --weights/, '');

const aboutRepetition = {
  once: 'One network. Others of the same recipe would come out somewhat better or worse, by chance.',
  'seeds-3':
    'The same recipe and the same split, begun with other random numbers: how far results differ by chance alone.',
  'seeds-5':
    'The same recipe and the same split, begun with other random numbers: how far results differ by chance alone.',
  'folds-5': 'Every image is tested once, by a network that has not learned from it; all answers are scored together.',
} as const satisfies Record<Repetition, string>;
