import type { OpenedModel } from '../../../../src/browser/predictedImage.js';
import { modelName } from '../../../../src/report/reportInput.js';
import type { RunSummary } from '../../../../src/report/runSummary.js';
import type { Device } from '../../../../src/runtime/runtime.js';
import { pickFiles } from '../../browser/pickedFiles.js';
import { collectImages } from './collectImages.js';
import { FileButton } from './ImageInput.js';
import type { FileSource, ModelSource } from './modelSources.js';

export interface ModelChoiceProps {
  readonly source: ModelSource;
  readonly runs: readonly RunSummary[];
  /** The file that was opened last, to come back to. */
  readonly opened: FileSource | undefined;
  readonly device: 'auto' | Device;
  readonly onSource: (source: ModelSource) => void;
  readonly onDevice: (device: 'auto' | Device) => void;
}

/** Which model looks at the images, and what computes. */
export function ModelChoice({ source, runs, opened, device, onSource, onDevice }: ModelChoiceProps) {
  const value = source.kind === 'run' ? `run ${source.id}` : source.kind;
  const choose = (chosen: string) => {
    if (chosen === 'example') onSource({ kind: 'example' });
    else if (chosen === 'file' && opened) onSource(opened);
    else onSource({ kind: 'run', id: chosen.slice('run '.length) });
  };
  const listed = source.kind !== 'run' || runs.some(({ id }) => id === source.id);
  return (
    <div className="model-choice">
      <label>
        <span>Model</span>
        <select value={value} onChange={(event) => choose(event.currentTarget.value)}>
          <option value="example">Example, of synthetic images (LeNet)</option>
          {(runs.length > 0 || !listed) && (
            <optgroup label="Runs on this machine">
              {source.kind === 'run' && !listed && <option value={value}>{source.id}</option>}
              {runs.map(({ id, model, data }) => (
                <option key={id} value={`run ${id}`}>
                  {id} ({modelName(model)}
                  {data.synthetic ? ', synthetic images' : ''})
                </option>
              ))}
            </optgroup>
          )}
          {opened && (
            <optgroup label="File">
              <option value="file">{opened.file.name}</option>
            </optgroup>
          )}
        </select>
      </label>
      <FileButton
        words="Open an ONNX file"
        accept=".onnx,.data,.bin,.weights"
        multiple
        onChange={({ currentTarget }) => {
          const { models, data } = collectImages(pickFiles(currentTarget.files ?? []));
          // Whatever else was chosen is tried, too, so that it is named as what it is.
          const file = models[0] ?? (data.length > 0 ? opened?.file : undefined) ?? currentTarget.files?.[0];
          if (file) onSource({ kind: 'file', file, data: data.filter((one) => one !== file) });
          currentTarget.value = '';
        }}
      />
      <label>
        <span>Compute with</span>
        <select value={device} onChange={(event) => onDevice(event.currentTarget.value as 'auto' | Device)}>
          <option value="auto">what is fastest here</option>
          <option value="cpu">WebAssembly (processor)</option>
          <option value="webgpu" disabled={!('gpu' in navigator)}>
            WebGPU (graphics card){'gpu' in navigator ? '' : ': not in this browser'}
          </option>
        </select>
      </label>
    </div>
  );
}

/** What the opened model is and can do, in a sentence or two. */
export function ModelSummary({ model }: { readonly model: OpenedModel }) {
  const { id, preprocessing, classes, dataName, synthetic, certainty, threshold, heatMapLayer, device } = model;
  const lacks = [
    ...(certainty ? [] : ['calibrated probabilities and prediction sets']),
    ...(threshold === null ? ['warning for images of something else'] : []),
    ...(heatMapLayer === undefined ? ['heat maps'] : []),
  ];
  return (
    <div className="model-summary">
      {synthetic && (
        <p>
          <strong>Trained on synthetic images, drawn by a program.</strong> What it says about real skin means nothing.
        </p>
      )}
      <p className="muted small">
        {modelName(id)} for {classes.length} diagnoses, sees {preprocessing.imageSize} x {preprocessing.imageSize}{' '}
        pixels
        {dataName && !synthetic ? `, trained on ${dataName}` : ''}. Computes with {device.words}.
        {model.deviceNote ? ` ${model.deviceNote}` : ''}
      </p>
      {lacks.length > 0 && (
        <p className="muted small">
          This file has no {lacks.join(', no ')}. After <code>lesionlab evaluate</code>, export the run with{' '}
          <code>lesionlab export --grad-cam-layer</code> to have all of them.
        </p>
      )}
    </div>
  );
}
