import { useCallback, useMemo, useRef, useState } from 'react';
import { useLocation } from 'wouter';
import type { SplitName } from '../../../../src/data/dataset.js';
import { imageIdOf } from '../../../../src/data/storedFile.js';
import { describeLearnedImages } from '../../../../src/evaluation/outside/learnedImages.js';
import type { Device } from '../../../../src/runtime/runtime.js';
import { useLoaded } from '../../browser/useLoaded.js';
import { hintOf, Problem } from '../../components/Problem.js';
import { ProgressBar } from '../../components/ProgressBar.js';
import { AnswersTable } from './AnswersTable.js';
import { AnswerView } from './AnswerView.js';
import type { Collected, InputImage } from './collectImages.js';
import { ExampleImages } from './ExampleImages.js';
import { ImageInput } from './ImageInput.js';
import { ModelChoice, ModelSummary } from './ModelChoice.js';
import { type FileSource, listRuns, loadSplits, type ModelSource } from './modelSources.js';
import './predict.css';
import { type AnsweredImage, useAnswers } from './useAnswers.js';
import { usePrediction } from './usePrediction.js';

const example: ModelSource = { kind: 'example' };
const noImages: readonly InputImage[] = [];
const noSplits: ReadonlyMap<string, SplitName> = new Map();

const sourceKey = (source: ModelSource) => (source.kind === 'run' ? `run ${source.id}` : source.kind);

/** Any images shown to a trained model, in this browser. `#/predict/<run>` begins with that run's model. */
export default function PredictView() {
  const [location] = useLocation();
  const named = decodeURIComponent(location.split('/')[2] ?? '');
  const [source, setSource] = useState<ModelSource>(named ? { kind: 'run', id: named } : example);
  const [opened, setOpened] = useState<FileSource>();
  const [device, setDevice] = useState<'auto' | Device>('auto');
  const [inputs, setInputs] = useState(noImages);
  const [refused, setRefused] = useState<unknown>();
  const { value: runs = [] } = useLoaded('runs', listRuns);
  const { prediction, problem } = usePrediction(source, device);
  const { value: splits = noSplits } = useLoaded(sourceKey(source), () => loadSplits(source));

  const openSource = useCallback((chosen: ModelSource) => {
    if (chosen.kind === 'file') setOpened(chosen);
    setSource(chosen);
  }, []);
  const take = useCallback(
    ({ images, models, data }: Collected) => {
      setRefused(undefined);
      if (models.length > 0) openSource({ kind: 'file', file: models[0], data });
      // The second file of a model that was opened without it.
      else if (data.length > 0 && opened) openSource({ ...opened, data });
      else if (data.length > 0)
        setRefused({
          message: `${data[0].name} may hold the weights of a model, which is not here.`,
          hint: 'Give the ONNX file together with it.',
        });
      if (images.length > 0) setInputs(images);
      else if (models.length === 0 && data.length === 0)
        setRefused({
          message: 'There is no JPEG or PNG in what you gave.',
          hint: 'Give image files, or a folder that holds some. Zips must be unpacked first.',
        });
    },
    [openSource, opened],
  );
  return (
    <>
      <h1>Predict</h1>
      <p className="lead">
        Show images to a trained model: how probable it finds each diagnosis, how sure it may be, and where it looked.
      </p>
      <ModelChoice
        source={source}
        runs={runs}
        opened={opened}
        device={device}
        onSource={openSource}
        onDevice={setDevice}
      />
      <div className="model-state">
        {problem !== undefined ? (
          <Problem error={problem} />
        ) : prediction ? (
          <ModelSummary model={prediction.model} />
        ) : (
          <ProgressBar label="Opening the model" />
        )}
      </div>
      <ImageInput onCollected={take} onProblem={setRefused} />
      <ExampleImages onChosen={setInputs} />
      {refused !== undefined && <Problem error={refused} />}
      <Results prediction={prediction} inputs={inputs} splits={splits} />
    </>
  );
}

interface ResultsProps {
  readonly prediction: ReturnType<typeof usePrediction>['prediction'];
  readonly inputs: readonly InputImage[];
  /** Of the run's images, by id. */
  readonly splits: ReadonlyMap<string, SplitName>;
}

function Results({ prediction, inputs, splits }: ResultsProps) {
  const answers = useAnswers(prediction, inputs);
  const [chosen, setChosen] = useState<string>();
  const heading = useRef<HTMLHeadingElement>(null);
  // Answers of other images, or of a model that is closed, are gone at once.
  const current = answers.of?.prediction === prediction && answers.of?.inputs === inputs ? answers : undefined;
  const status = useMemo(
    () => describeStatus(current?.images ?? [], current?.done === inputs.length),
    [current, inputs],
  );
  if (inputs.length === 0) return null;
  const several = inputs.length > 1;
  const learned = describeLearnedImages(inputs.map(({ name }) => splits.get(imageIdOf(baseName(name)) ?? '') ?? null));
  const images = current?.images ?? [];
  const selected = images.find(({ input }) => input.name === chosen) ?? images[0];
  const complete = current !== undefined && current.done === current.total;
  const select = ({ input }: AnsweredImage) => {
    setChosen(input.name);
    heading.current?.focus();
    heading.current?.scrollIntoView({ block: 'start' });
  };
  return (
    <section className="results" aria-labelledby="result-title">
      <h2 id="result-title">{several ? 'Results' : 'Result'}</h2>
      <p className="unseen" role="status">
        {status}
      </p>
      {learned !== undefined && (
        <p className="unlike" role="note">
          {learned}
        </p>
      )}
      {!complete && prediction && (
        <ProgressBar
          label="Looking at the images"
          done={current?.done ?? 0}
          total={inputs.length}
          secondsLeft={current?.secondsLeft}
        />
      )}
      {current && current.unusable.length > 0 && <Unusable unusable={current.unusable} total={inputs.length} />}
      {several && prediction && images.length > 0 && (
        <AnswersTable
          model={prediction.model}
          images={images}
          selected={selected}
          onSelect={select}
          complete={complete}
        />
      )}
      {prediction && selected && (
        <>
          <h3 ref={heading} tabIndex={-1} className="answer-title">
            {selected.input.name}
          </h3>
          <AnswerView prediction={prediction} image={selected} />
        </>
      )}
    </section>
  );
}

const baseName = (name: string) => name.slice(name.lastIndexOf('/') + 1);

function Unusable({
  unusable,
  total,
}: {
  readonly unusable: readonly { name: string; problem: unknown }[];
  readonly total: number;
}) {
  const reason = ({ problem }: { readonly problem: unknown }) => (problem as Error).message;
  if (total === 1) return <Problem error={unusable[0].problem} />;
  return (
    <Problem
      error={{
        message: `${unusable.length} of ${total} files could not be looked at.`,
        hint: hintOf(unusable[0].problem),
        details: unusable.map((entry) => `${entry.name}: ${reason(entry)}`),
      }}
    />
  );
}

/** For those who hear the page. */
function describeStatus(images: readonly AnsweredImage[], complete: boolean): string {
  if (!complete || images.length === 0) return '';
  if (images.length > 1) return `${images.length} images were looked at; the table has the results.`;
  const { predicted, outOfDistribution } = images[0];
  return outOfDistribution?.flagged
    ? 'The image is unlike those that the model was trained on; its probabilities mean nothing.'
    : `The most probable diagnosis is ${predicted}. This is no medical diagnosis.`;
}
