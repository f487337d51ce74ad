import { useEffect, useMemo, useRef } from 'react';
import type { ClassInfo } from '../../../../src/data/dataset.js';
import type { Predictions } from '../../../../src/evaluation/predictions/predictions.js';
import { formatCountOf } from '../../../../src/report/format.js';
import type { Cell } from './ConfusionTable.js';
import { ImageGrid } from './ImageGrid.js';
import { listPredicted } from './listPredicted.js';
import { useRecords } from './useRecords.js';

export interface CellImagesProps {
  readonly id: string;
  /** Whose images they are. */
  readonly evaluation: string;
  readonly classes: readonly ClassInfo[];
  readonly predictions: Predictions;
  readonly cell: Cell;
  readonly onClose: () => void;
}

/** The images behind a cell of the confusion matrix, most confident first. */
export function CellImages({ id, evaluation, classes, predictions, cell, onClose }: CellImagesProps) {
  const { records, problem } = useRecords(id, evaluation);
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  const [truth, predicted] = [classes[cell.truth], classes[cell.predicted]];
  const images = useMemo(
    () =>
      listPredicted(predictions, records)
        .filter((image) => image.dx === truth.id && image.predicted === predicted.id)
        .sort((a, b) => b.confidence - a.confidence),
    [predictions, records, truth, predicted],
  );
  return (
    <div className="cell-images">
      <h4 ref={heading} tabIndex={-1}>
        {formatCountOf(images.length, 'image')} of {truth.name}
        {truth === predicted ? ', recognised' : ` taken for ${predicted.name}`}
      </h4>
      <p className="muted small">Surest answers first. The percentage is the probability of the answer.</p>
      {problem}
      <ImageGrid id={id} evaluation={evaluation} images={images} classes={classes} predictions={predictions} />
      <p>
        <button type="button" className="plain" onClick={onClose}>
          Close these images
        </button>
      </p>
    </div>
  );
}
