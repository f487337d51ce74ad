import { useState } from 'react';
import { presets } from '../../../../src/training/recipe/presets/registry.js';
import { pickFiles } from '../../browser/pickedFiles.js';
import { useTask } from '../../browser/useTask.js';
import { Problem } from '../../components/Problem.js';
import { ProgressBar } from '../../components/ProgressBar.js';
import type { StudioNetwork } from '../../training/studioNetwork.js';
import { openNetwork } from '../../training/trainingSession.js';
import { collectImages } from '../predict/collectImages.js';
import { FileButton } from '../predict/ImageInput.js';
import { readTexts } from '../predict/modelSources.js';
import { nothingSaid, readSaid, type Said } from './readSaid.js';
import { SaidFields } from './SaidFields.js';

export interface NetworkFieldProps {
  readonly network: StudioNetwork | null;
  readonly onNetwork: (network: StudioNetwork | null) => void;
}

interface Chosen {
  readonly file: File;
  readonly data: readonly File[];
  readonly texts: readonly File[];
}

/** Whose network is trained: lesionlab's own, or one out of an ONNX file, whoever wrote that. */
export function NetworkField({ network, onNetwork }: NetworkFieldProps) {
  const [chosen, setChosen] = useState<Chosen>();
  const [said, setSaid] = useState(nothingSaid);
  const task = useTask();
  const read = (files: Chosen, answers: Said) => {
    setChosen(files);
    setSaid(answers);
    return task.run(async ({ signal }) => {
      const { file, data, texts } = files;
      const request = {
        file,
        data,
        texts: await readTexts(texts),
        said: readSaid(answers),
        recipe: presets.head.recipe,
      };
      const found = await openNetwork(request);
      if (!signal.aborted) onNetwork(found);
    });
  };
  const choose = (list: FileList | null) => {
    const { models, data, texts } = collectImages(pickFiles(list ?? []));
    const file = models[0] ?? (data.length + texts.length > 0 ? chosen?.file : undefined) ?? list?.[0];
    if (!file) return;
    const same = file === chosen?.file;
    read(
      {
        file,
        data: data.length > 0 || !same ? data : chosen.data,
        texts: texts.length > 0 || !same ? texts : chosen.texts,
      },
      same ? said : nothingSaid,
    );
  };
  const own = () => {
    setChosen(undefined);
    task.cancel();
    onNetwork(null);
  };
  return (
    <div className="network-field">
      <p>
        {network ? (
          <>
            <strong>{network.job.name}</strong> is trained: its weights are the beginning, and a new last layer learns
            your classes.
          </>
        ) : (
          'One of lesionlab’s own networks is trained, or yours: an ONNX file, whoever wrote it.'
        )}
      </p>
      <p className="actions">
        <FileButton
          words={network ? 'Choose another network’s file' : 'Choose a network’s file'}
          accept=".onnx,.data,.bin,.weights,.json"
          multiple
          onChange={({ currentTarget }) => {
            choose(currentTarget.files);
            currentTarget.value = '';
          }}
        />
        {(chosen || network) && (
          <button type="button" className="plain" onClick={own}>
            Train one of lesionlab’s networks instead
          </button>
        )}
        <span className="small muted">
          With its data file and config files, where it has some. It is read here and sent nowhere.
        </span>
      </p>
      {task.running && <ProgressBar label={`Reading ${chosen?.file.name}`} />}
      {task.error !== undefined && <Problem error={task.error} />}
      {network && !task.running && <NetworkNotes network={network} />}
      {chosen && (
        <details open={task.error !== undefined}>
          <summary>What {chosen.file.name} may not say</summary>
          <div className="fields">
            <SaidFields said={said} onChange={setSaid} />
            <button type="button" className="plain" onClick={() => read(chosen, said)}>
              Read it so
            </button>
          </div>
        </details>
      )}
    </div>
  );
}

function NetworkNotes({ network: { outline, job, note } }: { readonly network: StudioNetwork }) {
  const { why, parameters, preprocessing, onlyImageSize } = outline;
  const numbers = parameters.reduce((sum, { shape }) => sum + shape.reduce((product, side) => product * side, 1), 0);
  return (
    <ul className="small">
      <li>
        {why
          ? 'Its features are taken as they are'
          : `${numbers.toLocaleString('en')} numbers can be trained in it, the new last layer for two classes among them`}
        ; it sees {job.use.imageSize} x {job.use.imageSize} pixels{onlyImageSize === undefined ? '' : ' and no others'}.
      </li>
      {preprocessing && <li>Its images are prepared as it knows them ({preprocessing.statistics}).</li>}
      {note && <li>{note}</li>}
      {why && (
        <li>
          It has operators without a gradient here, so that only a head can be trained:
          <ul>
            {why.slice(0, 8).map((reason) => (
              <li key={reason}>{reason}</li>
            ))}
          </ul>
        </li>
      )}
    </ul>
  );
}
