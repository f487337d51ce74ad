import type { OpenedModel } from '../../../../src/browser/predictedImage.js';
import type { PredictionSet } from '../../../../src/evaluation/answers/imageAnswer.js';
import { imagesToLeaveOut } from '../../../../src/evaluation/certainty/conformal.js';
import { formatList, formatPercent } from '../../../../src/report/format.js';

export interface SetsViewProps {
  readonly model: OpenedModel;
  readonly sets: readonly PredictionSet[];
}

/** Prediction sets with what they promise, in words; nothing where the model has none. */
export function SetsView({ model, sets }: SetsViewProps) {
  if (sets.length === 0) return null;
  return (
    <table className="sets">
      <caption>
        Prediction sets: the diagnoses that can’t be left out. On images like those of the validation split, so many of
        the sets hold the true diagnosis, whichever it is. A set of several says that the model can’t tell them apart.
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
              <SetWords model={model} set={set} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

interface SetWordsProps {
  readonly model: OpenedModel;
  readonly set: PredictionSet;
}

/** Names of a set's diagnoses; apart, those that are in it only since there were too few validation images of them. */
function SetWords({ model: { classes, certainty }, set }: SetWordsProps) {
  const images = certainty?.conformal.find(({ level }) => level === set.level)?.images ?? [];
  const positionOf = (id: string) => classes.findIndex((entry) => entry.id === id);
  const always = set.classes.filter((id) => set.tooFewImages.includes(id));
  const found = set.classes.filter((id) => !set.tooFewImages.includes(id));
  const namesOf = (ids: readonly string[], words = (name: string, _k: number) => name) =>
    formatList(ids.map((id) => words(classes[positionOf(id)].name, positionOf(id))));
  return (
    <>
      {found.length > 0
        ? namesOf(found)
        : `None${always.length > 0 ? ' by its probability' : ': no diagnosis is likely enough'}`}
      {always.length > 0 && (
        <span className="muted small always">
          and, in every set of this kind however unlikely, since leaving out takes {imagesToLeaveOut(set.level)}{' '}
          validation images: {namesOf(always, (name, k) => `${name} (${images[k]})`)}
        </span>
      )}
    </>
  );
}
