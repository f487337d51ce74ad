import { useId } from 'react';
import type { DataOptions } from '../../../../src/data/dataset.js';
import { formatCount, formatCountOf } from '../../../../src/report/format.js';
import { useTask } from '../../browser/useTask.js';
import { Problem } from '../../components/Problem.js';
import { Waiting } from '../../components/Waiting.js';
import { openData } from '../../dataset/datasetSession.js';
import type { OpenedDataset } from '../../dataset/openedDataset.js';

/** Which of the images are meant: of one kind only, or only those that are there. Nothing where there is nothing to choose. */
export function ImageChoice({
  dataset: { asked, imageTypes, absent, exploration },
}: {
  readonly dataset: OpenedDataset;
}) {
  const task = useTask();
  const id = useId();
  const missing = exploration.audit.counts['missing-image'];
  if (imageTypes.length < 2 && missing === 0 && absent === 0 && !asked.imageTypes && !asked.allowMissing) return null;
  const openAsked = (change: DataOptions) =>
    task.run((options) => {
      const { imageTypes: types, allowMissing } = { ...asked, ...change };
      const next = { ...(types && { imageTypes: types }), ...(allowMissing && { allowMissing }) };
      return openData('openAsked', next, options);
    });
  const all = imageTypes.map(({ type }) => type);
  const chosen = asked.imageTypes ?? all;
  const toggle = (type: string, taken: boolean) => {
    const next = all.filter((one) => (one === type ? taken : chosen.includes(one)));
    openAsked({ imageTypes: next.length === all.length ? undefined : next });
  };
  return (
    <section aria-labelledby={id}>
      <h2 id={id}>Which images?</h2>
      {task.running ? (
        <Waiting task={task} label="Reading the data again" />
      ) : (
        <>
          {imageTypes.length > 1 && (
            <fieldset className="choices">
              <legend>Kinds of images that the data tells apart</legend>
              {imageTypes.map(({ type, images }) => {
                const taken = chosen.includes(type);
                return (
                  <label key={type}>
                    <input
                      type="checkbox"
                      checked={taken}
                      // One kind at least is taken.
                      disabled={taken && chosen.length === 1}
                      onChange={({ target }) => toggle(type, target.checked)}
                    />{' '}
                    {type} <span className="muted">({formatCountOf(images, 'image')})</span>
                  </label>
                );
              })}
            </fieldset>
          )}
          {(missing > 0 || absent > 0 || asked.allowMissing) && (
            <p>
              <label>
                <input
                  type="checkbox"
                  checked={asked.allowMissing === true}
                  onChange={({ target }) => openAsked({ allowMissing: target.checked || undefined })}
                />{' '}
                Images are missing on purpose (licences, links that no longer work): leave their rows out
              </label>
              {absent > 0 && (
                <>
                  <br />
                  <span className="small muted">
                    {formatCount(absent)} {absent === 1 ? 'row has' : 'rows have'} no image and{' '}
                    {absent === 1 ? 'is' : 'are'} left out.
                  </span>
                </>
              )}
            </p>
          )}
        </>
      )}
      {task.error !== undefined && <Problem error={task.error} />}
    </section>
  );
}
