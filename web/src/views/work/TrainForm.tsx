import { useState } from 'react';
import { imagenetWeightFiles } from '../../../../src/models/imagenetWeightFiles.js';
import { presets } from '../../../../src/training/recipe/presets/registry.js';
import { resolveRecipe } from '../../../../src/training/recipe/resolveRecipe.js';
import { Problem } from '../../components/Problem.js';
import { useWorkEstimate } from '../../work/useWork.js';
import { nameFrom, planTraining, type Repetition } from '../../work/workPlans.js';
import { CheckField, SelectField, TextField } from '../judge/FormFields.js';
import { RecipeForm } from '../train/RecipeForm.js';
import { type RecipeValues, takesWeights, valuesOf } from '../train/recipeValues.js';
import { dataOffers, isBusy } from './formParts.js';
import type { WorkFormProps } from './NewWork.js';
import { PlaceField } from './PlaceField.js';
import { StartForm } from './StartForm.js';
import { TrainingCosts } from './TrainingCosts.js';
import { readTraining, type TrainFields } from './trainFields.js';

/** What needs nothing but the data comes first. */
// A job of this form trains one network.
const offered = [...new Set(['lenet', 'quick', 'transfer', ...Object.keys(presets)])].filter(
  (name) => !presets[name].members,
);

/** What a network learns from, and how; all but the most needed stays folded. */
export function TrainForm({ work }: WorkFormProps) {
  const data = dataOffers(work);
  const [fields, setFields] = useState<TrainFields>(() => ({
    ...presetFields(offered[0]),
    ...{ data: data[0]?.[0] ?? '', name: '', seed: '0', limit: '', repetition: 'once', also: [] },
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
  const { description } = presets[fields.preset] ?? {};
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
        {takesWeights(fields) && <WeightsField fields={fields} work={work} onChange={(weights) => set({ weights })} />}
      </div>
      <RecipeForm
        settings={fields}
        presets={offered.map((name) => [name, `${name}: ${presets[name].title}`])}
        shownApart={{}}
        onPreset={(name) => set(presetFields(name))}
        onChange={setFields}
        attempt={attempt}
        about={description && !fields.file ? `${inPageWords(description)}.` : undefined}
      />
      {error !== undefined && <Problem error={error} />}
      <details className="recipe">
        <summary>More: several trainings, fewer images, seed</summary>
        <div className="judge-fields">
          <SelectField
            label="How often"
            value={fields.repetition}
            options={[
              ['once', 'once'],
              ['seeds-3', '3 times, begun otherwise (seeds)'],
              ['seeds-5', '5 times, begun otherwise (seeds)'],
              ['folds-5', '5 times, each on other images (cross-validation)'],
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
          legend="And"
          options={[
            ['exclude', 'leave out images that cannot be read'],
            ...(fields.repetition === 'folds-5'
              ? []
              : [['judge', 'judge it on the test images when it is done, and write the report'] as const]),
          ]}
          chosen={fields.also}
          onChange={(also) => set({ also })}
        />
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

/** A preset's settings, and the weights that it is meant to begin with. */
function presetFields(preset: string): RecipeValues & Pick<TrainFields, 'weights'> {
  const values = valuesOf(resolveRecipe(preset).recipe);
  const settings = { preset, file: null, network: null, values };
  const weights = takesWeights(settings) && imagenetWeightFiles[values.model] ? 'imagenet' : '';
  return { ...settings, weights };
}

const usualName = ({ data, preset, file }: TrainFields) =>
  `${data.split('/').at(-1)}-${file?.name.replace(/\.\w+$/, '') ?? preset}`;

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
  once: 'One network.',
  'seeds-3': 'How much the results change by chance alone.',
  'seeds-5': 'How much the results change by chance alone.',
  'folds-5': 'Every image is a test image once: the test images are looked at.',
} as const satisfies Record<Repetition, string>;
