import { type FormEvent, useMemo, useState } from 'react';
import { interruptedError, LesionlabError, usageError } from '../../../../src/errors.js';
import { receiveError } from '../../../../src/postedError.js';
import type { PickedFile } from '../../browser/pickedFiles.js';
import { useTask } from '../../browser/useTask.js';
import { Problem } from '../../components/Problem.js';
import { ProgressBar } from '../../components/ProgressBar.js';
import { sha256 } from '../../dataset/sha256.js';
import type { Roles } from '../../judge/givenFiles.js';
import { judgeCalls } from '../../judge/judgeSession.js';
import type { AnswerSource } from '../../judge/judgeWorker.js';
import type { Prediction } from '../../predictWorker/startPrediction.js';
import { collectImages } from '../predict/collectImages.js';
import { ForeignForm } from '../predict/ForeignForm.js';
import { ModelSummary } from '../predict/ModelSummary.js';
import { readFile, sourceOf } from '../predict/modelSources.js';
import { type ForeignState, usePrediction } from '../predict/usePrediction.js';
import '../predict/predict.css';
import { ClassFields } from './ClassFields.js';
import { EstimateFields } from './EstimateFields.js';
import { classChoices, emptyFields, estimateChoices, type JudgeFields } from './judgeFields.js';
import { keepRun } from './keepRun.js';
import { useLook } from './useLook.js';

export interface NetworkFormProps {
  readonly roles: Roles;
  readonly picked: readonly PickedFile[];
  /** Name of the table of answers to calibrate on. */
  readonly calibration: string | undefined;
}

/** A network's file: how it wants its images, which class each output is of, then all images are shown to it and its answers judged. */
export function NetworkForm({ roles, picked, calibration }: NetworkFormProps) {
  const source = useMemo(
    () => sourceOf(collectImages(picked.filter(({ folders }) => folders.length === 0)), undefined)!,
    [picked],
  );
  const { prediction, foreign, problem, say, forget } = usePrediction(source, 'auto');
  const asks = foreign !== undefined && (foreign.now.problem !== undefined || foreign.now.missing.length > 0);
  return (
    <>
      <h2>How {source.file.name} is asked</h2>
      {problem !== undefined && <Problem error={problem} />}
      {prediction && <ModelSummary model={prediction.model} />}
      {problem === undefined && !prediction && !asks && <ProgressBar label="Opening the network" />}
      {foreign && (
        <ForeignForm
          key={JSON.stringify([foreign.name, foreign.said])}
          foreign={foreign}
          asks={asks}
          failed={problem !== undefined}
          onSaid={say}
          onForget={forget}
        />
      )}
      {prediction && <AskForm {...{ roles, calibration, prediction, foreign }} file={source.file} />}
    </>
  );
}

interface AskFormProps extends Pick<NetworkFormProps, 'roles' | 'calibration'> {
  readonly file: File;
  readonly prediction: Prediction;
  readonly foreign: ForeignState | undefined;
}

function AskForm({ roles, file, prediction, foreign, calibration }: AskFormProps) {
  const [fields, setFields] = useState<JudgeFields>(() => emptyFields(calibration));
  const change = (some: Partial<JudgeFields>) => setFields((before) => ({ ...before, ...some }));
  const outputs = useMemo(() => prediction.model.classes.map(({ id }) => id), [prediction]);
  const choices = classChoices(fields);
  const { metadataInput } = prediction.model;
  const untold = metadataInput && { metadata: { ...metadataInput, told: false } };
  const unasked: AnswerSource = {
    kind: 'network',
    file: file.name,
    sha256: '',
    asked: { outputs, ids: [], raw: new Float64Array(0), unusable: [], ...untold },
    choices,
    said: foreign?.said,
  };
  const { looked, error, looking } = useLook(roles, unasked, fields);
  const task = useTask();
  const { truth, reading, problem } = looked ?? {};
  const judge = (event: FormEvent) => {
    event.preventDefault();
    task.run(async ({ signal, onProgress }) => {
      const estimated = estimateChoices(fields);
      const imageIds = await judgeCalls().call('imagesToAsk', { roles, outputs, choices });
      const asked = await ask(prediction, roles, imageIds, outputs, signal, (done) =>
        onProgress({ label: 'Showing images to the network', done, total: imageIds.length }),
      );
      if (asked.unusable.length > 0 && !fields.excludeUnusable)
        throw Object.assign(
          usageError('unusable-images', `${asked.unusable.length} of ${imageIds.length} images can’t be read.`, {
            hint: 'Count them as without an answer, below.',
            details: asked.unusable,
          }),
        );
      const hash = await sha256(await readFile(file));
      const source: AnswerSource = { ...unasked, sha256: hash, asked: { ...asked, ...untold } };
      keepRun(await judgeCalls().call('judge', { roles, source, choices: estimated }, { onProgress }));
    });
  };
  return (
    <form className="judge-form" onSubmit={judge} noValidate>
      {error !== undefined && <Problem error={error} />}
      {problem && <Problem error={receiveError(problem)} />}
      {looked === undefined && error === undefined && <ProgressBar label="Reading what is true" />}
      {reading && (
        <ul className="judge-words" aria-busy={looking}>
          {reading.words
            .filter((words) => !words.startsWith('0 images'))
            .map((words) => (
              <li key={words}>{words}</li>
            ))}
        </ul>
      )}
      {truth && (
        <ClassFields
          outputs={outputs}
          noun="output"
          guessed={reading?.classOf ?? {}}
          chosen={fields.classOf}
          classes={truth.classes}
          countAs={fields.countAs}
          onClassOf={(classOf) => change({ classOf })}
          onCountAs={(countAs) => change({ countAs })}
        />
      )}
      <h2>What is estimated</h2>
      <EstimateFields fields={fields} truth={truth} calibration={calibration} onChange={change} />
      <p>
        <label>
          <input
            type="checkbox"
            checked={fields.excludeUnusable}
            onChange={({ currentTarget }) => change({ excludeUnusable: currentTarget.checked })}
          />{' '}
          Count images that can’t be read as without an answer
        </label>
      </p>
      {task.error !== undefined && <Problem error={task.error} />}
      {task.running ? (
        <>
          <ProgressBar label={task.report?.label ?? 'Judging'} {...task.report} />
          <button type="button" className="plain" onClick={task.cancel}>
            Cancel
          </button>
        </>
      ) : (
        <p className="actions">
          <button type="submit" className="action" disabled={!reading || problem !== undefined}>
            Ask the network, and judge
          </button>
        </p>
      )}
    </form>
  );
}

/** Shows every image to the network. */
async function ask(
  prediction: Prediction,
  roles: Roles,
  imageIds: readonly string[],
  outputs: readonly string[],
  signal: AbortSignal,
  onDone: (done: number) => void,
) {
  const ids: string[] = [];
  const unusable: string[] = [];
  const numbers: number[] = [];
  for (const [i, imageId] of imageIds.entries()) {
    if (signal.aborted) throw interruptedError('Interrupted while images were shown to the network.');
    onDone(i);
    try {
      const image = await judgeCalls().call('readImage', { roles, imageId });
      const { probabilities } = await prediction.predict(image);
      ids.push(imageId);
      numbers.push(...probabilities);
    } catch (problem) {
      if (!(problem instanceof LesionlabError) || problem.kind !== 'data') throw problem;
      unusable.push(imageId);
    }
  }
  return { ids, raw: Float64Array.from(numbers), unusable, outputs };
}
