import type { PredictionSet } from '../../../../src/evaluation/imageAnswer.js';
import { formatList, formatPercent } from '../../../../src/report/format.js';
import type { OpenedModel } from '../../predictWorker/messages.js';

export interface SetsViewProps {
  readonly model: OpenedModel;
  readonly sets: readonly PredictionSet[];
}

/** Prediction sets with what they promise, in words; nothing where the model has none. */
export function SetsView({ model, sets }: SetsViewProps) {
  const { classes, certainty } = model;
  if (!certainty || sets.length === 0) return null;
  const names = new Map(classes.map(({ id, name }) => [id, name]));
  // A threshold of 0 leaves nothing out.
  const always = classes.filter((_, k) => certainty.conformal.some(({ thresholds }) => thresholds[k] === 0));
  return (
    <>
      <table className="sets">
        <caption>
          Prediction sets: the diagnoses that can’t be left out. On images like those of the validation split, so many
          of the sets hold the true diagnosis, whichever it is. A set of several says that the model can’t tell them
          apart.
        </caption>
        <thead>
          <tr>
            <th scope="col">Sets that hold the truth</th>
            <th scope="col">Diagnoses</th>
          </tr>
        </thead>
        <tbody>
          {sets.map((set) => (
            <tr key={set.level}>
              <th scope="row">{formatPercent(set.level, 0)}</th>
              <td>
                {set.classes.length > 0
                  ? formatList(set.classes.map((id) => names.get(id) ?? id))
                  : 'none: no diagnosis is likely enough'}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {always.length > 0 && (
        <p className="small muted">
          There were too few validation images of {formatList(always.map(({ name }) => name))} to leave{' '}
          {always.length === 1 ? 'it' : 'them'} out of every set.
        </p>
      )}
    </>
  );
}
