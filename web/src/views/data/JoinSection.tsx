import { useId } from 'react';
import type { JoinAccount } from '../../../../src/data/joining/joinDatasets.js';
import { formatCount, formatCountOf } from '../../../../src/report/format.js';
import { useTask } from '../../browser/useTask.js';
import { Problem } from '../../components/Problem.js';
import { Waiting } from '../../components/Waiting.js';
import { openData } from '../../dataset/datasetSession.js';
import type { OpenedDataset } from '../../dataset/openedDataset.js';
import { FilesInput } from './FilesInput.js';
import { RefusedFiles } from './RefusedFiles.js';
import { useOpening } from './useOpening.js';

interface JoinSectionProps {
  readonly dataset: OpenedDataset;
  /** Shows what one of the datasets seems to be, by its number. */
  readonly onDescribe: (part: number) => void;
}

/** Further datasets beside the one that is open: what became of each, and a place to add one. */
export function JoinSection({ dataset: { joined, roots }, onDescribe }: JoinSectionProps) {
  const opening = useOpening(true);
  const removing = useTask();
  const id = useId();
  const remove = (part: number) => removing.run((options) => openData('removePart', part, options));
  const { task, openFiles } = opening;
  return (
    <section aria-labelledby={id}>
      <h2 id={id}>{joined ? 'Several datasets as one' : 'Add another dataset'}</h2>
      {joined && <Sources joined={joined} roots={roots} onDescribe={onDescribe} onRemove={remove} />}
      {joined && <ClassesOfSources joined={joined} />}
      {joined && <SourceCounts table={joined.table} />}
      {removing.error !== undefined && <Problem error={removing.error} />}
      {task.running || removing.running ? (
        <Waiting task={task.running ? task : removing} label="Reading the data" />
      ) : (
        <>
          <RefusedFiles opening={opening} />
          <FilesInput title="Another dataset beside it" of="another dataset" level={3} onFiles={openFiles}>
            <p>
              Drop or choose a second folder, or its table and zips: both become one. Images that both have are counted
              once, diagnoses are translated into those that all of them can tell apart, and you can learn from some and
              test on another.
            </p>
          </FilesInput>
        </>
      )}
    </section>
  );
}

interface SourcesProps extends Pick<JoinSectionProps, 'onDescribe'> {
  readonly joined: JoinAccount;
  readonly roots: readonly string[];
  readonly onRemove: (part: number) => void;
}

const Sources = ({ joined: { sources }, roots, onDescribe, onRemove }: SourcesProps) => (
  // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls sideways on narrow screens
  <section className="scroll" aria-label="The datasets" tabIndex={0}>
    <table>
      <caption>
        <span>The datasets, in the order in which they were opened: an image that several have is of the first.</span>
      </caption>
      <thead>
        <tr>
          <th scope="col">Name here</th>
          <th scope="col">Dataset</th>
          <th scope="col" className="number">
            Images
          </th>
          <th scope="col" className="number">
            Also in an earlier one
          </th>
          <th scope="col" className="number">
            Ids that others have, too
          </th>
          <th scope="col">
            <span className="unseen">What to do with it</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {sources.map(({ name, title, images, same, renamed }, part) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td>
              {title}, from {roots[part]}
            </td>
            <td className="number">{formatCount(images)}</td>
            <td className="number">{formatCount(same)}</td>
            <td className="number">{formatCount(renamed)}</td>
            <td className="actions">
              <button
                type="button"
                className="plain"
                aria-label={`Describe otherwise: ${name}`}
                onClick={() => onDescribe(part)}
              >
                Describe otherwise
              </button>
              <button type="button" className="plain" aria-label={`Remove ${name}`} onClick={() => onRemove(part)}>
                Remove
              </button>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
    {sources.some(({ renamed }) => renamed > 0) && (
      <p className="small muted">
        Images whose id others have for other images got the name of their dataset in front: clinic__img_001.
      </p>
    )}
  </section>
);

function ClassesOfSources({
  joined: { classes, contradictions, contradicting },
}: {
  readonly joined: NonNullable<OpenedDataset['joined']>;
}) {
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls sideways on narrow screens */}
      <section className="scroll" aria-label="What became of the diagnoses" tabIndex={0}>
        <table>
          <caption>
            <span>What became of each dataset’s diagnoses.</span>
          </caption>
          <thead>
            <tr>
              <th scope="col">Dataset</th>
              <th scope="col">Diagnosis there</th>
              <th scope="col" className="number">
                Images
              </th>
              <th scope="col">Is now</th>
            </tr>
          </thead>
          <tbody>
            {classes
              .filter(({ images }) => images > 0)
              .map(({ source, from, images, to }) => (
                <tr key={`${source} ${from}`}>
                  <td>{source}</td>
                  <th scope="row">{from}</th>
                  <td className="number">{formatCount(images)}</td>
                  <td>
                    {Object.keys(to).length > 1 && 'by image: '}
                    {Object.entries(to)
                      .map(([one, count]) => (Object.keys(to).length > 1 ? `${one} (${formatCount(count)})` : one))
                      .join(', ')}
                  </td>
                </tr>
              ))}
          </tbody>
        </table>
      </section>
      {contradictions.length > 0 && (
        <details>
          <summary>
            Images whose datasets contradict each other; what the first one says stays: {formatCount(contradicting)}
          </summary>
          <ul>
            {contradictions.map(({ imageId, says }) => (
              <li key={imageId}>
                {imageId}:{' '}
                {Object.entries(says)
                  .map(([source, one]) => `${one} in ${source}`)
                  .join(', ')}
              </li>
            ))}
          </ul>
          {contradicting > contradictions.length && (
            <p className="muted">{formatCount(contradicting - contradictions.length)} more are not listed.</p>
          )}
        </details>
      )}
    </>
  );
}

const SourceCounts = ({ table: { sources, classes, counts, warning } }: { readonly table: JoinAccount['table'] }) => (
  <>
    {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls sideways on narrow screens */}
    <section className="scroll" aria-label="Diagnoses by dataset" tabIndex={0}>
      <table>
        <caption>
          <span>
            {formatCountOf(
              counts.flat().reduce((sum, n) => sum + n, 0),
              'image',
            )}{' '}
            by diagnosis and dataset.
          </span>
        </caption>
        <thead>
          <tr>
            <th scope="col">Dataset</th>
            {classes.map((one) => (
              <th key={one} scope="col" className="number">
                {one}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {sources.map((source, i) => (
            <tr key={source}>
              <th scope="row">{source}</th>
              {classes.map((one, k) => (
                <td key={one} className="number">
                  {formatCount(counts[i][k])}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
    {warning !== null && (
      <p className="warning" role="note">
        {warning}
      </p>
    )}
  </>
);
