import type { ClassInfo } from '../../../../src/data/dataset.js';
import type { Predictions } from '../../../../src/evaluation/predictions/predictions.js';
import { formatPercent, formatValue } from '../../../../src/report/format.js';
import { classColour } from '../../../../src/report/palette.js';
import { Dialog } from '../../components/Dialog.js';
import { RunImage } from './ImageGrid.js';
import type { ListedImage } from './listPredicted.js';

export interface ImageDetailsProps {
  readonly id: string;
  readonly evaluation: string;
  readonly image: ListedImage;
  readonly classes: readonly ClassInfo[];
  readonly predictions: Predictions;
  readonly onClose: () => void;
}

/** One image, large, with every probability and what the table of the data says about it. */
export function ImageDetails({ id, evaluation, image, classes, predictions, onClose }: ImageDetailsProps) {
  const { imageId, lesionId, dx, predicted, index, record } = image;
  const probability = (k: number) => predictions.probabilities[index * classes.length + k];
  const name = (wanted: string) => classes.find((entry) => entry.id === wanted)?.name ?? wanted;
  const facts: readonly (readonly [string, string])[] = [
    ['True diagnosis', name(dx)],
    ['Answer', name(predicted)],
    ['Lesion', lesionId],
    ...(record ? factsOf(record) : []),
  ];
  return (
    <Dialog className="image-details" label={imageId} onClose={onClose}>
      <div className="image-and-facts">
        <RunImage
          id={id}
          evaluation={evaluation}
          imageId={imageId}
          alternative={`Image ${imageId}, true diagnosis ${name(dx)}`}
        />
        <div>
          <table>
            <caption>
              <span>Probabilities that the network gave</span>
            </caption>
            <tbody>
              {classes.map((entry, k) => (
                <tr key={entry.id}>
                  <th scope="row">{entry.name}</th>
                  <td className="bar">
                    <span
                      style={{ width: `${probability(k) * 100}%`, background: classColour(k) }}
                      aria-hidden="true"
                    />
                  </td>
                  <td className="number">{formatPercent(probability(k))}</td>
                </tr>
              ))}
            </tbody>
          </table>
          <dl className="settings">
            {facts.map(([title, value]) => (
              <div key={title}>
                <dt>{title}</dt>
                <dd>{value}</dd>
              </div>
            ))}
          </dl>
        </div>
      </div>
    </Dialog>
  );
}

function factsOf({
  age,
  sex,
  localization,
  dxType,
  split,
}: NonNullable<ListedImage['record']>): (readonly [string, string])[] {
  const word = (value: string | undefined) => (value ? formatValue(value) : 'not recorded');
  return [
    ['Age', age === null ? 'not recorded' : `${age} years`],
    ['Sex', word(sex)],
    ['Place on the body', word(localization)],
    ['How the diagnosis was made', word(dxType)],
    ...(split === null ? [] : [['Split', split] as const]),
  ];
}
