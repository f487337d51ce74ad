import { type FormEvent, useEffect, useId, useState } from 'react';
import { type ComputeDevice, findComputeDevice } from '../../../../src/browser/computeDevice.js';
import { usageError } from '../../../../src/errors.js';
import { imagenetWeightFiles, imagenetWeightsUrl } from '../../../../src/models/imagenetWeightFiles.js';
import { formatDuration } from '../../../../src/report/format.js';
import { presets } from '../../../../src/training/recipe/presets/registry.js';
import { Problem } from '../../components/Problem.js';
import { useDataset } from '../../dataset/datasetSession.js';
import type { OpenedDataset } from '../../dataset/openedDataset.js';
import { preparedBytes, preparedBytesLimit } from '../../dataset/preparedMemory.js';
import { endTrainWorker, startTraining } from '../../training/trainingSession.js';
import { NetworkField } from './NetworkField.js';
import { Choice, NumberField, RecipeForm } from './RecipeForm.js';
import { RecipePreview } from './RecipePreview.js';
import { needsWeights, resolveSettings, takesWeights } from './recipeValues.js';
import {
  networkPresets,
  offeredPresets,
  presetSettings,
  readSeed,
  readSettings,
  type TrainSettings,
} from './trainSettings.js';
import { useEstimate } from './useEstimate.js';

/** Settings of the recipe that stand before all others. */
const shownApart: Readonly<Record<string, string>> = {
  imageSize: 'Image size, pixels',
  'training.epochs': 'Epochs',
  'training.batchSize': 'Batch size',
};

/** What was typed last, while the same data is open: a training ends with the form as it was. */
let remembered: { readonly dataset: number; readonly settings: TrainSettings } | undefined;

/** Settings of a training, what they cost, and the button that begins it. */
export function SettingsForm({ dataset }: { readonly dataset: OpenedDataset }) {
  const { images, dataset: info } = dataset.exploration;
  const { generation } = useDataset();
  const [settings, keepSettings] = useState(() =>
    remembered?.dataset === generation ? remembered.settings : presetSettings(offeredPresets[0], images),
  );
  const setSettings = (next: TrainSettings) => {
    remembered = { dataset: generation, settings: next };
    keepSettings(next);
  };
  const [weightsFile, setWeightsFile] = useState<File | null>(null);
  const [devices, setDevices] = useState<readonly ComputeDevice[]>([]);
  const [chosen, setChosen] = useState(0);
  const [error, setError] = useState<unknown>();
  useEffect(() => {
    listDevices().then(setDevices);
  }, []);
  const device = devices[chosen];
  const resolved = tryRead(settings);
  const used = resolved?.limit == null ? images : Math.min(images, resolved.limit);
  const estimate = useEstimate(resolved?.recipe, used, info.classes.length, device, resolved?.network);
  const set = (name: 'limit' | 'seed') => (value: string) => setSettings({ ...settings, [name]: value });
  /** What goes wrong is shown, and changes nothing. */
  const attempt = async (action: () => void | Promise<void>) => {
    try {
      setError(undefined);
      await action();
    } catch (problem) {
      setError(problem);
    }
  };

  const begin = (event: FormEvent) => {
    event.preventDefault();
    attempt(() => {
      const job = readSettings(settings);
      if (needsWeights(job.recipe) && !weightsFile)
        throw usageError('weights-needed', 'Only the head of the network is trained: the rest needs trained weights.', {
          hint: 'Choose a file of weights; the field above says where they are.',
        });
      startTraining({ ...job, device, weightsFile: takesWeights(settings) ? weightsFile : null });
    });
  };

  return (
    <form onSubmit={begin} noValidate>
      <NetworkField
        network={settings.network}
        onNetwork={(network) =>
          attempt(() => setSettings(presetSettings(network ? 'head' : offeredPresets[0], images, network)))
        }
      />
      <RecipeForm
        settings={settings}
        presets={
          settings.network
            ? networkPresets(settings.network)
            : offeredPresets.map((name): [string, string] => [name, `${name}: ${presets[name].title}`])
        }
        shownApart={shownApart}
        onPreset={(name) => setSettings(presetSettings(name, images, settings.network))}
        onChange={setSettings}
        attempt={attempt}
      >
        <NumberField label="Images (empty: all)" value={settings.limit} onChange={set('limit')} />
        <NumberField label="Seed" value={settings.seed} onChange={set('seed')} />
        <Choice
          label="Computed by"
          value={String(chosen)}
          options={devices.map(({ words }, i) => [String(i), words])}
          onChange={(index) => {
            endTrainWorker();
            setChosen(Number(index));
          }}
        />
      </RecipeForm>
      <RecipePreview of={settings} read={() => ({ ...resolveSettings(settings), seed: readSeed(settings) })} />
      {takesWeights(settings) && (
        <WeightsField model={settings.values.model} file={weightsFile} onChange={setWeightsFile} />
      )}
      <ul className="costs">
        <li>{describeMemory(used, Number(settings.values.imageSize))}</li>
        <li aria-live="polite">
          {estimate === undefined
            ? 'Time: measuring a few steps…'
            : estimate === null
              ? 'Time: not known with these settings.'
              : `Time: about ${formatDuration(estimate)} of training, by a few steps measured just now, and preparing the images before it.`}
        </li>
      </ul>
      {error !== undefined && <Problem error={error} />}
      <p>
        <button type="submit" className="action" disabled={!device}>
          Train
        </button>
      </p>
    </form>
  );
}

function tryRead(settings: TrainSettings) {
  try {
    return readSettings(settings);
  } catch {
    // Said when training is asked for.
    return undefined;
  }
}

/** WebAssembly first: weights go to the graphics card and back in every step, which small networks do not repay. */
async function listDevices(): Promise<ComputeDevice[]> {
  const [cpu, best] = await Promise.all([findComputeDevice('cpu'), findComputeDevice('auto')]);
  return best.device === 'webgpu' ? [cpu, best] : [cpu];
}

function describeMemory(images: number, imageSize: number): string {
  const megabytes = (bytes: number) => `${Math.max(1, Math.round(bytes / 2 ** 20)).toLocaleString('en')} MiB`;
  const bytes = preparedBytes(images, imageSize);
  const most = `at most ${megabytes(preparedBytesLimit)} are taken`;
  if (!Number.isFinite(bytes)) return `Memory: ${most}.`;
  return `Memory: ${megabytes(bytes)} for ${images.toLocaleString('en')} prepared images (${most})${bytes > preparedBytesLimit ? ': too much. Use fewer images or a smaller size.' : '.'}`;
}

interface WeightsFieldProps {
  readonly model: string;
  readonly file: File | null;
  readonly onChange: (file: File | null) => void;
}

function WeightsField({ model, file, onChange }: WeightsFieldProps) {
  const id = useId();
  const known = imagenetWeightFiles[model];
  return (
    <p className="weights">
      <label htmlFor={id}>Weights of {model} (.pth, .safetensors or .onnx)</label>
      <input
        id={id}
        type="file"
        accept=".pth,.pt,.safetensors,.onnx"
        onChange={(event) => onChange(event.target.files?.[0] ?? null)}
      />
      <span className="small muted">
        {file
          ? `${file.name}, ${(file.size / 2 ** 20).toFixed(1)} MiB. It is read here and sent nowhere.`
          : known
            ? `Weights trained on ImageNet: ${imagenetWeightsUrl(known).replace('https://', '')}. Download them yourself; the page fetches nothing.`
            : 'Of a run, for example: a checkpoint that `lesionlab train` wrote.'}
      </span>
    </p>
  );
}
