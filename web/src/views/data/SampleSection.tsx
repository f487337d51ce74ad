import { useEffect, useId, useState } from 'react';
import type { Exploration } from '../../../../src/data/audit/exploration.js';
import { formatCount } from '../../../../src/report/format.js';
import { datasetCalls } from '../../dataset/datasetSession.js';
import { Thumbnail } from './Thumbnail.js';

/** Images a page of one diagnosis. */
const pageSize = 20;

/** What the images look like: some of each diagnosis, or all of one, a page at a time. */
export function SampleSection({ exploration }: { readonly exploration: Exploration }) {
  const [label, setLabel] = useState(-1);
  const choice = useId();
  const { classes, sampleImages } = exploration;
  return (
    <section aria-labelledby="samples">
      <h2 id="samples">What the images look like</h2>
      <p>
        <label htmlFor={choice}>Show</label>{' '}
        <select id={choice} value={label} onChange={(event) => setLabel(Number(event.target.value))}>
          <option value={-1}>some of each diagnosis</option>
          {classes.map(({ dx, name, images }, i) => (
            <option key={dx} value={i} disabled={images === 0}>
              {name} ({formatCount(images)})
            </option>
          ))}
        </select>
      </p>
      {label < 0 ? (
        sampleImages.map(({ dx, imageIds }, i) => (
          <div key={dx}>
            <h3>
              {classes[i].name} <span className="muted small">{dx}</span>
            </h3>
            {imageIds.length === 0 ? (
              <p className="muted">No image.</p>
            ) : (
              <ul className="thumbnails five">
                {imageIds.map((imageId) => (
                  <Thumbnail key={imageId} imageId={imageId} name={classes[i].name} />
                ))}
              </ul>
            )}
          </div>
        ))
      ) : (
        <ClassPages key={label} label={label} name={classes[label].name} images={classes[label].images} />
      )}
    </section>
  );
}

interface ClassPagesProps {
  readonly label: number;
  readonly name: string;
  readonly images: number;
}

function ClassPages({ label, name, images }: ClassPagesProps) {
  const [first, setFirst] = useState(0);
  const [imageIds, setImageIds] = useState<readonly string[]>([]);
  useEffect(() => {
    let gone = false;
    datasetCalls()
      .call('listImages', { label, first, count: pageSize })
      .then((ids) => {
        if (!gone) setImageIds(ids);
      });
    return () => {
      gone = true;
    };
  }, [label, first]);
  return (
    <>
      <ul className="thumbnails page">
        {imageIds.map((imageId) => (
          <Thumbnail key={imageId} imageId={imageId} name={name} />
        ))}
      </ul>
      <p className="actions" aria-live="polite">
        <button type="button" className="plain" disabled={first === 0} onClick={() => setFirst(first - pageSize)}>
          Previous
        </button>
        <span>
          {formatCount(first + 1)} to {formatCount(Math.min(first + pageSize, images))} of {formatCount(images)}
        </span>
        <button
          type="button"
          className="plain"
          disabled={first + pageSize >= images}
          onClick={() => setFirst(first + pageSize)}
        >
          Next
        </button>
      </p>
    </>
  );
}
