import { modelName } from '../../../../src/report/reportInput.js';
import type { RunSummary } from '../../../../src/report/runSummary.js';
import type { Device } from '../../../../src/runtime/runtime.js';
import { pickFiles } from '../../browser/pickedFiles.js';
import { collectImages } from './collectImages.js';
import { FileButton } from './ImageInput.js';
import { type FileSource, type ModelSource, sourceOf } from './modelSources.js';

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
        accept=".onnx,.data,.bin,.weights,.json"
        multiple
        onChange={({ currentTarget }) => {
          const collected = collectImages(pickFiles(currentTarget.files ?? []));
          // Whatever else was chosen is tried, too, so that it is named as what it is.
          const [file] = currentTarget.files ?? [];
          const source = sourceOf(collected, opened) ?? (file && { kind: 'file', file, data: [], texts: [] });
          if (source) onSource(source);
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
