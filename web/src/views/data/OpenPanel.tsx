import { type DragEvent, useId, useRef, useState } from 'react';
import type { DatasetProposal } from '../../../../src/data/proposal/datasetProposal.js';
import { usageError } from '../../../../src/errors.js';
import { filesOfDrop, filesOfInput, type PickedFiles } from '../../browser/pickedFiles.js';
import { useTask } from '../../browser/useTask.js';
import { Problem } from '../../components/Problem.js';
import { ProgressBar } from '../../components/ProgressBar.js';
import { datasetCalls, openData } from '../../dataset/datasetSession.js';
import { DescribePanel } from './DescribePanel.js';

/** Fewer leave some diagnosis without a lesion in each split; more would take much memory, since they have no file. */
const syntheticRange = { least: 150, most: 2000, usual: 300 };

/** Ways to open data: a folder, files, a drop, or images that the page paints. */
export function OpenPanel() {
  const task = useTask();
  const [over, setOver] = useState(false);
  const [count, setCount] = useState(String(syntheticRange.usual));
  const folder = useRef<HTMLInputElement>(null);
  const files = useRef<HTMLInputElement>(null);
  const countId = useId();

  /** Where images may be taken from that are there twice. */
  const [hasFiles, setHasFiles] = useState(false);
  const [places, setPlaces] = useState<readonly string[]>([]);
  const openFiles = (find: Promise<PickedFiles> | PickedFiles) =>
    task.run(async (options) => {
      setPlaces([]);
      const picked = await find;
      if (picked.files.length === 0) return;
      setHasFiles(true);
      try {
        await openData('openFiles', picked, options);
      } catch (error) {
        if ((error as { code?: string }).code === 'ambiguous-image')
          setPlaces(await datasetCalls().call('imagePlaces', undefined));
        throw error;
      }
    });
  /** What the files that were chosen seem to be, where they could not be opened. */
  const [proposal, setProposal] = useState<DatasetProposal>();
  const propose = () =>
    task.run(async (options) => setProposal(await datasetCalls().call('propose', undefined, options)));
  const openPlace = (place: string) => task.run((options) => openData('openPlace', place, options));
  const openSynthetic = () =>
    task.run(async (options) => {
      setPlaces([]);
      const images = Number(count);
      const { least, most } = syntheticRange;
      if (!(Number.isInteger(images) && images >= least && images <= most))
        throw usageError('bad-count', `Synthetic images: expected a whole number from ${least} to ${most}.`);
      await openData('openSynthetic', { images, seed: 0 }, options);
    });
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    openFiles(filesOfDrop(event.dataTransfer));
  };

  if (task.running)
    return (
      <section aria-label="Opening" aria-live="polite">
        <ProgressBar label={task.report?.label ?? 'Opening the data'} {...task.report} />
        <button type="button" className="plain" onClick={task.cancel}>
          Cancel
        </button>
      </section>
    );
  if (proposal) return <DescribePanel proposal={proposal} onClose={() => setProposal(undefined)} />;
  return (
    <>
      {task.error !== undefined && <Problem error={task.error} />}
      {task.error !== undefined && places.length === 0 && hasFiles && (
        <p className="actions">
          <button type="button" className="plain" onClick={propose}>
            Look what this data could be
          </button>
        </p>
      )}
      {task.error !== undefined && places.length > 0 && (
        <p className="actions">
          {places.map((place) => (
            <button key={place} type="button" className="plain" onClick={() => openPlace(place)}>
              Take the images from {place}
            </button>
          ))}
        </p>
      )}
      <div className="open-ways">
        <section
          aria-labelledby={`${countId}-files`}
          className={over ? 'drop over' : 'drop'}
          onDragOver={(event) => {
            event.preventDefault();
            setOver(true);
          }}
          onDragLeave={() => setOver(false)}
          onDrop={drop}
        >
          <h2 id={`${countId}-files`}>From this computer</h2>
          <p>
            Drop a folder or files here, or choose them: the table of diagnoses together with the images or the zips
            that they came in.
          </p>
          <p className="actions">
            <button type="button" className="action" onClick={() => folder.current?.click()}>
              Choose a folder
            </button>
            <button type="button" className="plain" onClick={() => files.current?.click()}>
              Choose files or zips
            </button>
          </p>
          <input
            ref={folder}
            className="unseen"
            type="file"
            aria-label="Folder with the dataset"
            tabIndex={-1}
            multiple
            // @ts-expect-error: every browser has it, React's types do not
            webkitdirectory=""
            onChange={(event) => event.target.files && openFiles(filesOfInput(event.target.files))}
          />
          <input
            ref={files}
            className="unseen"
            type="file"
            aria-label="Files or zips of the dataset"
            tabIndex={-1}
            multiple
            onChange={(event) => event.target.files && openFiles(filesOfInput(event.target.files))}
          />
          <p className="small muted">
            HAM10000 is published at <span className="address">doi.org/10.7910/DVN/DBW86T</span> (CC BY-NC 4.0): choose
            HAM10000_metadata and the two zips of images.
          </p>
        </section>
        <section aria-labelledby={`${countId}-synthetic`}>
          <h2 id={`${countId}-synthetic`}>Without any data</h2>
          <p>Images that this page paints, in the layout of HAM10000: to try everything. They show no skin.</p>
          <p>
            <label htmlFor={countId}>Number of synthetic images</label>
            <br />
            <input
              id={countId}
              type="number"
              min={syntheticRange.least}
              max={syntheticRange.most}
              value={count}
              onChange={(event) => setCount(event.target.value)}
            />
          </p>
          <p>
            <button type="button" className="plain" onClick={openSynthetic}>
              Paint synthetic images
            </button>
          </p>
        </section>
      </div>
    </>
  );
}
