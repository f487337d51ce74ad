import { useId, useState } from 'react';
import { usageError } from '../../../../src/errors.js';
import { Waiting } from '../../components/Waiting.js';
import { openData } from '../../dataset/datasetSession.js';
import { FilesInput } from './FilesInput.js';
import { RefusedFiles } from './RefusedFiles.js';
import { useOpening } from './useOpening.js';

/** Fewer leave some diagnosis without a lesion in each split; more would take much memory, since they have no file. */
const syntheticRange = { least: 150, most: 2000, usual: 300 };

/** Ways to open data: a folder, files, a drop, or images that the page paints. */
export function OpenPanel() {
  const opening = useOpening(false);
  const { task, openFiles, open } = opening;
  const [count, setCount] = useState(String(syntheticRange.usual));
  const id = useId();
  const openSynthetic = () =>
    open(async (options) => {
      const images = Number(count);
      const { least, most } = syntheticRange;
      if (!(Number.isInteger(images) && images >= least && images <= most))
        throw usageError('bad-count', `Synthetic images: expected a whole number from ${least} to ${most}.`);
      await openData('openSynthetic', { images, seed: 0 }, options);
    });
  if (task.running) return <Waiting task={task} label="Opening the data" />;
  return (
    <>
      <RefusedFiles opening={opening} />
      <div className="open-ways">
        <FilesInput title="From this computer" of="the dataset" level={2} onFiles={openFiles}>
          <p>
            Drop a folder or files here, or choose them: the table of diagnoses together with the images or the zips
            that they came in.
          </p>
          <p className="small muted">
            HAM10000 is published at <span className="address">doi.org/10.7910/DVN/DBW86T</span> (CC BY-NC 4.0): choose
            HAM10000_metadata and the two zips of images.
          </p>
        </FilesInput>
        <section aria-labelledby={`${id}-synthetic`}>
          <h2 id={`${id}-synthetic`}>Without any data</h2>
          <p>Images that this page paints, in the layout of HAM10000: to try everything. They show no skin.</p>
          <p>
            <label htmlFor={id}>Number of synthetic images</label>
            <br />
            <input
              id={id}
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
