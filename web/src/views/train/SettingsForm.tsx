import { type FormEvent, useEffect, useId, useState } from 'react';
import { type ComputeDevice, findComputeDevice } from '../../../../src/browser/computeDevice.js';
import { usageError } from '../../../../src/errors.js';
import { formatDuration } from '../../../../src/report/format.js';
import { Problem } from '../../components/Problem.js';
import { useDataset } from '../../dataset/datasetSession.js';
import type { OpenedDataset } from '../../dataset/datasetWorker.js';
import { preparedBytes, preparedBytesLimit } from '../../dataset/preparedMemory.js';
import { endTrainWorker, startTraining } from '../../training/trainingSession.js';
import { readSettings, type TrainSettings, usualSettings } from './trainSettings.js';
import { useEstimate } from './useEstimate.js';

/** What was typed last, while the same data is open: a training ends with the form as it was. */
let remembered: { readonly dataset: number; readonly settings: TrainSettings } | undefined;

/** Settings of a training, what they cost, and the button that begins it. */
export function SettingsForm({ dataset }: { readonly dataset: OpenedDataset }) {
  const { images, dataset: info } = dataset.exploration;
  const { generation } = useDataset();
  const [settings, keepSettings] = useState(() =>
    remembered?.dataset === generation ? remembered.settings : usualSettings('lenet', images),
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
  const estimate = useEstimate(resolved?.recipe, used, info.classes.length, device);
  const set = (name: keyof TrainSettings) => (value: string) => setSettings({ ...settings, [name]: value });

  const begin = (event: FormEvent) => {
    event.preventDefault();
    try {
      const { recipe, overrides, preset, limit, seed } = readSettings(settings);
      if (settings.network === 'head' && !weightsFile)
        throw usageError('weights-needed', 'Only the head of the network is trained: the rest needs trained weights.', {
          hint: 'Choose a file of MobileNetV2 weights; the field above says where they are.',
        });
      setError(undefined);
      const file = settings.network === 'head' ? weightsFile : null;
      startTraining({ recipe, overrides, preset, limit, seed, device, weightsFile: file });
    } catch (problem) {
      setError(problem);
    }
  };

  return (
    <form onSubmit={begin} noValidate>
      <div className="fields">
        <Choice
          label="Network"
          value={settings.network}
          options={[
            ['lenet', 'LeNet, a small one, from nothing'],
            ['head', 'Head on a trained MobileNetV2'],
          ]}
          onChange={(network) => setSettings(usualSettings(network as TrainSettings['network'], images))}
        />
        <NumberField label="Image size, pixels" value={settings.imageSize} onChange={set('imageSize')} />
        <NumberField label="Epochs" value={settings.epochs} onChange={set('epochs')} />
        <NumberField label="Batch size" value={settings.batchSize} onChange={set('batchSize')} />
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
      </div>
      {settings.network === 'head' && <WeightsField file={weightsFile} onChange={setWeightsFile} />}
      <ul className="costs">
        <li>{describeMemory(used, Number(settings.imageSize))}</li>
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

interface FieldProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
}

function NumberField({ label, value, onChange }: FieldProps) {
  const id = useId();
  return (
    <p>
      <label htmlFor={id}>{label}</label>
      <input id={id} type="number" min={0} value={value} onChange={(event) => onChange(event.target.value)} />
    </p>
  );
}

function Choice({ label, value, options, onChange }: FieldProps & { readonly options: [string, string][] }) {
  const id = useId();
  return (
    <p>
      <label htmlFor={id}>{label}</label>
      <select id={id} value={value} onChange={(event) => onChange(event.target.value)}>
        {options.map(([key, words]) => (
          <option key={key} value={key}>
            {words}
          </option>
        ))}
      </select>
    </p>
  );
}

function WeightsField({
  file,
  onChange,
}: {
  readonly file: File | null;
  readonly onChange: (file: File | null) => void;
}) {
  const id = useId();
  return (
    <p className="weights">
      <label htmlFor={id}>Weights of MobileNetV2 (.pth, .safetensors or .onnx)</label>
      <input
        id={id}
        type="file"
        accept=".pth,.pt,.safetensors,.onnx"
        onChange={(event) => onChange(event.target.files?.[0] ?? null)}
      />
      <span className="small muted">
        {file
          ? `${file.name}, ${(file.size / 2 ** 20).toFixed(1)} MiB. It is read here and sent nowhere.`
          : 'torchvision’s weights, trained on ImageNet: download.pytorch.org/models/mobilenet_v2-7ebf99e0.pth. Download them yourself; the page fetches nothing.'}
      </span>
    </p>
  );
}
