import { useDeferredValue, useMemo, useState } from 'react';
import type { ClassInfo } from '../../../../src/data/dataset.js';
import type { Predictions } from '../../../../src/evaluation/predictions/predictions.js';
import { formatCount } from '../../../../src/report/format.js';
import { Problem } from '../../components/Problem.js';
import { ProgressBar } from '../../components/ProgressBar.js';
import { EvaluationChoice, NotEvaluated } from './EvaluationChoice.js';
import { ImageFilters } from './ImageFilters.js';
import { ImageGrid } from './ImageGrid.js';
import { allImages, type ImageFilter, passes, sortImages } from './imageFilter.js';
import { listPredicted } from './listPredicted.js';
import type { SectionProps } from './ResultsSection.js';
import { useEvaluation } from './useEvaluation.js';
import { useRecords } from './useRecords.js';

/** Every image of an evaluation, to be filtered. */
export function ImagesSection({ id, run, evaluation }: SectionProps) {
  const { summary, config } = run;
  const name = evaluation ?? summary.evaluations[0]?.name;
  const { value, error } = useEvaluation(id, config, name);
  if (name === undefined) return <NotEvaluated summary={summary} />;
  return (
    <>
      <EvaluationChoice summary={summary} section="images" chosen={name} />
      {error !== undefined && <Problem error={error} />}
      {value === undefined && error === undefined && <ProgressBar label="Reading the predictions" />}
      {value?.predictions && (
        <Browser id={id} evaluation={name} classes={config.data.classes} predictions={value.predictions} />
      )}
      {(value === null || value?.predictions === null) && (
        <Problem
          error={{
            message: `This run has no predictions of its ${name} images.`,
            hint: 'Evaluate it again: lesionlab evaluate <run>.',
          }}
        />
      )}
    </>
  );
}

interface BrowserProps {
  readonly id: string;
  readonly evaluation: string;
  readonly classes: readonly ClassInfo[];
  readonly predictions: Predictions;
}

function Browser({ id, evaluation, classes, predictions }: BrowserProps) {
  const { records, problem } = useRecords(id, evaluation);
  const [filter, setFilter] = useState<ImageFilter>(allImages);
  const wanted = useDeferredValue(filter);
  const images = useMemo(() => listPredicted(predictions, records), [predictions, records]);
  const shown = useMemo(
    () =>
      sortImages(
        images.filter((image) => passes(image, wanted)),
        wanted.order,
      ),
    [images, wanted],
  );
  const wrong = shown.filter(({ dx, predicted }) => dx !== predicted).length;
  return (
    <>
      <ImageFilters images={images} classes={classes} filter={filter} onChange={setFilter} />
      {problem}
      <p role="status">
        {formatCount(shown.length)} of {formatCount(images.length)} images, {formatCount(wrong)} of them with a wrong
        answer (framed).
      </p>
      <ImageGrid
        key={JSON.stringify(wanted)}
        id={id}
        evaluation={evaluation}
        images={shown}
        classes={classes}
        predictions={predictions}
      />
    </>
  );
}
