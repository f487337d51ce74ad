import { use, useState } from 'react';
import { formatNumber, formatPercent } from '../../../../../src/report/format.js';
import { RunContext, useRunFile } from '../runContext.js';
import { parseJson, pictureOf } from '../runSource.js';
import { Choice, Say } from './Controls.js';

/** What is read of explanations.json. */
interface Explanations {
  readonly layer: string;
  readonly images: readonly {
    readonly imageId: string;
    readonly dx: string;
    readonly predicted: string;
    readonly confidence: number;
    readonly files: { readonly original: string; readonly before: string; readonly after: string };
    readonly localisation?: {
      readonly heatInside: number;
      readonly lesionShare: number;
      readonly ratio: number | null;
    } | null;
  }[];
}

/** Heat maps of the run's test images, before and after training. */
export function GradCamFigure() {
  const { layer, images } = useRunFile<Explanations>('explanations/explanations.json', parseJson);
  const run = use(RunContext);
  const [imageId, setImageId] = useState(images[0]?.imageId ?? '');
  const image = images.find((candidate) => candidate.imageId === imageId);
  if (!image) return <p className="muted">This run has no heat maps yet.</p>;
  const panels = [
    [image.files.original, 'as the network sees it'],
    [image.files.before, 'before training'],
    [image.files.after, 'after training'],
  ].map(([file, words]) => ({ words, address: pictureOf(run, `explanations/${file}`) }));
  return (
    <figure>
      <div className="controls">
        <Choice
          label="Test image"
          options={images.map((i) => [i.imageId, `${i.imageId}: ${i.dx}, answered ${i.predicted}`] as const)}
          value={imageId}
          onChange={setImageId}
        />
      </div>
      {panels.every(({ address }) => address !== null) ? (
        <div className="panels">
          {panels.map(({ address, words }) => (
            <div key={words}>
              <p>{words}</p>
              <img src={address!} alt={`${imageId}, ${words}`} width={160} height={120} />
            </div>
          ))}
        </div>
      ) : (
        <p className="muted">
          The pictures of a run that was opened from disk are not shown here; <code>lesionlab studio</code> shows them.
        </p>
      )}
      <Say>
        True: {image.dx}; answered: {image.predicted} with {formatPercent(image.confidence, 0)}. Layer {layer}.{' '}
        {image.localisation &&
          `${formatPercent(image.localisation.heatInside, 0)} of the heat lies inside the lesion, which covers ${formatPercent(image.localisation.lesionShare, 0)} of the image: ${formatNumber(image.localisation.ratio, 1)} times as much as heat spread evenly would have there.`}
      </Say>
    </figure>
  );
}
