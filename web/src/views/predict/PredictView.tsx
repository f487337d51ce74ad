import { useCallback, useMemo, useRef, useState } from 'react';
import { useLocation } from 'wouter';
import type { SplitName } from '../../../../src/data/dataset.js';
import { splitFinder } from '../../../../src/data/groups/splitsCsv.js';
import type { MetadataValues } from '../../../../src/data/preparation/metadataInput.js';
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
import { ForeignForm } from './ForeignForm.js';
import { ImageInput } from './ImageInput.js';
import { MetadataForm } from './MetadataForm.js';
import { ModelChoice } from './ModelChoice.js';
import { ModelSummary } from './ModelSummary.js';
import { type FileSource, listRuns, loadSplits, type ModelSource, sourceOf } from './modelSources.js';
import '../../components/forms.css';
import './predict.css';
import { type AnsweredImage, useAnswers } from './useAnswers.js';
import { type ForeignState, usePrediction } from './usePrediction.js';

const example: ModelSource = { kind: 'example' };
const nothing: MetadataValues = {};
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
  const [told, setTold] = useState(nothing);
  const [refused, setRefused] = useState<unknown>();
  const { value: runs = [] } = useLoaded('runs', listRuns);
  const { prediction, foreign, problem, say, forget } = usePrediction(source, device);
  const { value: splits = noSplits } = useLoaded(sourceKey(source), () => loadSplits(source));

  const asks = foreign !== undefined && (foreign.now.problem !== undefined || foreign.now.missing.length > 0);

  const openSource = useCallback((chosen: ModelSource) => {
    if (chosen.kind === 'file') setOpened(chosen);
    setSource(chosen);
  }, []);
  const take = useCallback(
    (collected: Collected) => {
      const { images, data, texts } = collected;
      setRefused(undefined);
      // The second file of a model, or its settings, may come after it.
      const chosen = sourceOf(collected, opened);
      const [beside] = [...data, ...texts];
      if (chosen) openSource(chosen);
      else if (beside)
        setRefused({
          message: `${beside.name} may belong to a model, which is not here.`,
          hint: 'Give the ONNX file together with it.',
        });
      if (images.length > 0) setInputs(images);
      else if (!chosen && !beside)
        setRefused({
          message: 'There is no image in what you gave.',
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
        {problem !== undefined && <Problem error={problem} />}
        {prediction && <ModelSummary model={prediction.model} />}
        {problem === undefined && !prediction && !asks && <ProgressBar label="Opening the model" />}
        {foreign && (
          <ForeignForm
            key={formKey(foreign)}
            foreign={foreign}
            asks={asks}
            failed={problem !== undefined}
            onSaid={say}
            onForget={forget}
          />
        )}
      </div>
      <ImageInput onCollected={take} onProblem={setRefused} />
      {prediction?.model.metadataInput && (
        <MetadataForm encoding={prediction.model.metadataInput} told={told} onTold={setTold} />
      )}
      <ExampleImages onChosen={setInputs} />
      {refused !== undefined && <Problem error={refused} />}
      {!asks && <Results prediction={prediction} inputs={inputs} told={told} splits={splits} />}
    </>
  );
}

interface ResultsProps {
  readonly prediction: ReturnType<typeof usePrediction>['prediction'];
  readonly inputs: readonly InputImage[];
  /** What is known of them beside their pixels. */
  readonly told: MetadataValues;
  /** Of the run's images, by id. */
  readonly splits: ReadonlyMap<string, SplitName>;
}

function Results({ prediction, inputs, told, splits }: ResultsProps) {
  const answers = useAnswers(prediction, inputs, told);
  const [chosen, setChosen] = useState<string>();
  const heading = useRef<HTMLHeadingElement>(null);
  // Answers of other images, or of a model that is closed, are gone at once.
  const current = answers.of?.prediction === prediction && answers.of?.inputs === inputs ? answers : undefined;
  const status = useMemo(
    () =>
      describeStatus(current?.images ?? [], current?.done === inputs.length, prediction?.model.foreign !== undefined),
    [current, inputs, prediction],
  );
  if (inputs.length === 0) return null;
  const several = inputs.length > 1;
  const splitOf = splitFinder(splits);
  const learned = describeLearnedImages(inputs.map(({ name }) => splitOf(imageIdOf(baseName(name)) ?? '') ?? null));
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

/** What was typed stays until something else is known. */
const formKey = ({ name, now, said }: ForeignState) => JSON.stringify([name, now.preprocessing, now.classNames, said]);

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
function describeStatus(images: readonly AnsweredImage[], complete: boolean, foreign: boolean): string {
  if (!complete || images.length === 0) return '';
  if (images.length > 1) return `${images.length} images were looked at; the table has the results.`;
  const { predicted, outOfDistribution } = images[0];
  return outOfDistribution?.flagged
    ? 'The image is unlike those that the model was trained on; its probabilities mean nothing.'
    : `The most probable ${foreign ? 'class' : 'diagnosis'} is ${predicted}. This is no medical diagnosis.`;
}
