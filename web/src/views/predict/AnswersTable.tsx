import { useMemo, useState } from 'react';
import type { OpenedModel } from '../../../../src/browser/predictedImage.js';
import { formatImageAnswersCsv } from '../../../../src/evaluation/answers/imageAnswersCsv.js';
import { formatCount, formatPercent } from '../../../../src/report/format.js';
import { useObjectUrl } from './HeatMapView.js';
import type { AnsweredImage } from './useAnswers.js';

export interface AnswersTableProps {
  readonly model: OpenedModel;
  readonly images: readonly AnsweredImage[];
  readonly selected: AnsweredImage | undefined;
  readonly onSelect: (image: AnsweredImage) => void;
  /** False while images are still to come: the file would lack them. */
  readonly complete: boolean;
}

/** Level of the sets that the table shows. */
const shownLevel = 0.9;
const rowsAtATime = 100;

/** One row an image, and all of it as CSV. */
export function AnswersTable({ model, images, selected, onSelect, complete }: AnswersTableProps) {
  const [rows, setRows] = useState(rowsAtATime);
  const scored = model.threshold !== null;
  const names = new Map(model.classes.map(({ id, name }) => [id, name]));
  return (
    <>
      <div className="scroll">
        <table className="answers">
          <thead>
            <tr>
              <th scope="col">Image</th>
              <th scope="col">Most probable</th>
              <th scope="col" className="number">
                Probability
              </th>
              {model.certainty && <th scope="col">Set of {formatPercent(shownLevel, 0)}</th>}
              {scored && <th scope="col">Known kind</th>}
            </tr>
          </thead>
          <tbody>
            {images.slice(0, rows).map((image) => {
              const { input, predicted, probabilities, calibrated, sets, outOfDistribution } = image;
              const k = model.classes.findIndex(({ id }) => id === predicted);
              const set = sets.find(({ level }) => level === shownLevel);
              return (
                <tr key={input.name} className={image === selected ? 'selected' : undefined}>
                  <th scope="row">
                    <button
                      type="button"
                      className="choose"
                      aria-pressed={image === selected}
                      onClick={() => onSelect(image)}
                    >
                      <Thumbnail image={image} />
                      <span>{input.name}</span>
                    </button>
                  </th>
                  <td>{names.get(predicted)}</td>
                  <td className="number">{formatPercent((calibrated ?? probabilities)[k])}</td>
                  {model.certainty && <td>{set?.classes.join(' ') || 'none'}</td>}
                  {scored && <td>{outOfDistribution?.flagged ? <strong>No</strong> : 'yes'}</td>}
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
      {images.length > rows && (
        <p>
          <button type="button" className="plain" onClick={() => setRows(rows + rowsAtATime)}>
            Show more
          </button>{' '}
          <span className="muted small">
            {formatCount(rows)} of {formatCount(images.length)} are shown.
          </span>
        </p>
      )}
      {!model.foreign && (
        <p className="small muted">{model.classes.map(({ id, name }) => `${id}: ${name}`).join('; ')}.</p>
      )}
      {complete && <CsvLink model={model} images={images} />}
    </>
  );
}

function Thumbnail({ image }: { readonly image: AnsweredImage }) {
  const address = useObjectUrl(image.thumbnail);
  return <span className="thumbnail">{address && <img src={address} alt="" loading="lazy" />}</span>;
}

/** The columns of `lesionlab predict --format csv`. */
function CsvLink({ model, images }: Pick<AnswersTableProps, 'model' | 'images'>) {
  const file = useMemo(() => {
    const { classes, certainty } = model;
    const answers = images.map(({ input, ...answer }) => ({ file: input.name, ...answer }));
    const text = formatImageAnswersCsv({ classes, temperature: certainty?.temperature ?? null, images: answers });
    return new Blob([`${text}\n`], { type: 'text/csv' });
  }, [model, images]);
  const address = useObjectUrl(file);
  return (
    <p>
      <a className="button-link" download="predictions.csv" href={address}>
        Save as CSV
      </a>{' '}
      <span className="muted small">
        The columns of <code>lesionlab predict --format csv</code>: all probabilities, in full.
      </span>
    </p>
  );
}
