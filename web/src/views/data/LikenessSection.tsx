import { useEffect, useId, useState } from 'react';
import type { NearDuplicates } from '../../../../src/data/groups/nearDuplicates.js';
import { formatCount, formatCountOf, formatList } from '../../../../src/report/format.js';
import { Problem } from '../../components/Problem.js';
import { Waiting } from '../../components/Waiting.js';
import { datasetCalls, fileComparison, nearSearch } from '../../dataset/datasetSession.js';
import type { OpenedDataset } from '../../dataset/openedDataset.js';
import { Thumbnail } from './Thumbnail.js';

/** Images that are the same file, and those that look nearly the same: a split keeps them on one side. */
export function LikenessSection({ dataset }: { readonly dataset: OpenedDataset }) {
  const { identical, near, joined } = dataset;
  const comparing = fileComparison.use();
  const searching = nearSearch.use();
  const id = useId();
  return (
    <section aria-labelledby={id}>
      <h2 id={id}>Is any image there twice?</h2>
      {comparing.error !== undefined && <Problem error={comparing.error} />}
      {identical ? (
        <p>
          <strong>The same file:</strong>{' '}
          {identical.sets === 0
            ? 'no image is there twice, byte for byte.'
            : `${formatCountOf(identical.sets, 'set')} of images ${identical.sets === 1 ? 'is' : 'are'} the same, byte for byte. Each is kept on one side of a split.`}
          {joined && ` ${describeAcross(identical.acrossDatasets, 'set')}`}
        </p>
      ) : comparing.running ? (
        <Waiting task={{ ...comparing, cancel: fileComparison.cancel }} label="Comparing image files" />
      ) : (
        <p className="actions">
          <button type="button" className="plain" onClick={fileComparison.start}>
            Compare files
          </button>
          <span className="small muted">Reads images whose files are of one size. A split does it in any case.</span>
        </p>
      )}
      {searching.error !== undefined && <Problem error={searching.error} />}
      {near ? (
        <>
          <p>
            <strong>Nearly the same:</strong>{' '}
            {near.pairs === 0
              ? 'no two images look nearly the same.'
              : `${formatCountOf(near.pairs, 'pair')} of images ${near.pairs === 1 ? 'looks' : 'look'} nearly the same; the table tells ${formatCount(near.doubtful)} of them apart.`}
            {joined && ` ${describeAcross(near.acrossDatasets, 'pair')}`} Many second photographs of a lesion are not
            found in this way.
          </p>
          {near.doubtful > 0 && <DoubtfulPairs listed={near.listed} doubtful={near.doubtful} />}
        </>
      ) : searching.running ? (
        <Waiting task={{ ...searching, cancel: nearSearch.cancel }} label="Looking for near-duplicates" />
      ) : (
        <p className="actions">
          <button type="button" className="plain" onClick={nearSearch.start}>
            Look for near-duplicates
          </button>
          <span className="small muted">
            Decodes every image and compares small pictures of them, turned and mirrored as well: about{' '}
            {formatCount(Math.max(1, Math.ceil((0.02 * dataset.exploration.images) / 60)))} min for this many.
          </span>
        </p>
      )}
    </section>
  );
}

const describeAcross = (count: number, what: string): string =>
  count === 0
    ? 'None is in two of the datasets.'
    : `${formatCountOf(count, what)} ${count === 1 ? 'is' : 'are'} in two of the datasets.`;

/** Pairs that are shown at a time. */
const atATime = 10;

function DoubtfulPairs({
  listed,
  doubtful,
}: {
  readonly listed: readonly NearDuplicates[];
  readonly doubtful: number;
}) {
  const [shown, setShown] = useState(atATime);
  const [words, setWords] = useState<Readonly<Record<string, string>>>({});
  useEffect(() => {
    let gone = false;
    datasetCalls()
      .call(
        'describeImages',
        listed.flatMap(({ imageIds }) => imageIds),
      )
      .then((described) => {
        if (!gone) setWords(described);
      });
    return () => {
      gone = true;
    };
  }, [listed]);
  const rest = doubtful - listed.length;
  return (
    <details>
      <summary>Pairs that look the same and that the table tells apart: {formatCount(doubtful)}</summary>
      <p>
        They are kept on one side of a split where near-duplicates are; nothing else about them is changed. Somebody
        ought to look at them.
      </p>
      <ol className="pairs-of-images">
        {listed.slice(0, shown).map(({ imageIds, differ, because }) => (
          <li key={imageIds.join(' ')}>
            <ul className="thumbnails">
              {imageIds.map((imageId) => (
                <Thumbnail key={imageId} imageId={imageId} name={words[imageId] ?? 'image'} caption={words[imageId]} />
              ))}
            </ul>
            <p className="small">
              Another {formatList(differ)} in the table; {because}.
            </p>
          </li>
        ))}
      </ol>
      {shown < listed.length ? (
        <p>
          <button type="button" className="plain" onClick={() => setShown(shown + atATime)}>
            Show more
          </button>
        </p>
      ) : (
        rest > 0 && <p className="muted">{formatCount(rest)} more stand in splits.json once the data is split.</p>
      )}
    </details>
  );
}
