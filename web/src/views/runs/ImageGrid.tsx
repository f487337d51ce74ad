import { useState } from 'react';
import type { ClassInfo } from '../../../../src/data/dataset.js';
import type { Predictions } from '../../../../src/evaluation/predictions/predictions.js';
import { formatCount, formatPercent } from '../../../../src/report/format.js';
import { sourceOf } from '../../runs/runSources.js';
import { externalName } from './externalName.js';
import { ImageDetails } from './ImageDetails.js';
import type { ListedImage } from './listPredicted.js';

export interface ImageGridProps {
  readonly id: string;
  /** Whose images they are. */
  readonly evaluation: string;
  readonly images: readonly ListedImage[];
  readonly classes: readonly ClassInfo[];
  readonly predictions: Predictions;
}

/** So many images are in the page at a time: thousands would make it slow. */
const pageSize = 48;

/** Small images with truth and answer, a page at a time; each opens larger. */
export function ImageGrid({ id, evaluation, images, classes, predictions }: ImageGridProps) {
  const [wantedPage, setPage] = useState(0);
  const [opened, setOpened] = useState<ListedImage>();
  const pages = Math.max(1, Math.ceil(images.length / pageSize));
  const page = Math.min(wantedPage, pages - 1);
  const shown = images.slice(page * pageSize, (page + 1) * pageSize);
  if (images.length === 0) return <p className="absent">There are no such images.</p>;
  return (
    <>
      {pages > 1 && <Pages page={page} pages={pages} count={images.length} onPage={setPage} />}
      <ul className="thumbnails image-grid">
        {shown.map((image) => (
          <ImageCard
            key={image.imageId}
            id={id}
            evaluation={evaluation}
            image={image}
            onOpen={() => setOpened(image)}
          />
        ))}
      </ul>
      {pages > 1 && <Pages page={page} pages={pages} count={images.length} onPage={setPage} />}
      {opened && (
        <ImageDetails
          id={id}
          evaluation={evaluation}
          image={opened}
          classes={classes}
          predictions={predictions}
          onClose={() => setOpened(undefined)}
        />
      )}
    </>
  );
}

function ImageCard({
  id,
  evaluation,
  image,
  onOpen,
}: {
  readonly id: string;
  readonly evaluation: string;
  readonly image: ListedImage;
  readonly onOpen: () => void;
}) {
  const { imageId, dx, predicted, confidence } = image;
  const wrong = dx !== predicted;
  return (
    <li className={wrong ? 'wrong' : undefined}>
      <button type="button" className="image-card" onClick={onOpen}>
        <RunImage id={id} evaluation={evaluation} imageId={imageId} alternative={`Image ${imageId}`} />
        <strong>{dx}</strong>
        <span>
          {wrong ? 'called ' : ''}
          {predicted}, {formatPercent(confidence, 0)}
          {wrong ? '' : ' ✓'}
        </span>
      </button>
    </li>
  );
}

/** An image of the data of a run's evaluation, or a plate that says it is not at hand. */
export function RunImage({
  id,
  evaluation,
  imageId,
  alternative,
}: {
  readonly id: string;
  readonly evaluation: string;
  readonly imageId: string;
  readonly alternative: string;
}) {
  const [failed, setFailed] = useState(false);
  const address = sourceOf(id).imageUrl(id, imageId, externalName(evaluation));
  if (failed || address === null) return <span className="no-image">{imageId}: not at hand</span>;
  return <img src={address} alt={alternative} loading="lazy" decoding="async" onError={() => setFailed(true)} />;
}

function Pages({
  page,
  pages,
  count,
  onPage,
}: {
  readonly page: number;
  readonly pages: number;
  readonly count: number;
  readonly onPage: (page: number) => void;
}) {
  const [first, last] = [page * pageSize + 1, Math.min(count, (page + 1) * pageSize)];
  return (
    <nav className="pages" aria-label="Pages of images">
      <button type="button" className="plain" disabled={page === 0} onClick={() => onPage(page - 1)}>
        Earlier
      </button>
      <span>
        {formatCount(first)} to {formatCount(last)} of {formatCount(count)}
      </span>
      <button type="button" className="plain" disabled={page === pages - 1} onClick={() => onPage(page + 1)}>
        Later
      </button>
    </nav>
  );
}
