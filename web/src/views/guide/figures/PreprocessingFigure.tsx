import { use, useState } from 'react';
import { formatPercent } from '../../../../../src/report/format.js';
import { exampleRuns } from '../../../runs/exampleRuns.js';
import { Choice, Say } from './Controls.js';
import { guessPreprocessing } from './guessPreprocessing.js';

/** One network and the same images, under right and wrong guesses of how it wants them. */
export function PreprocessingFigure() {
  const { images, guesses } = use(guessPreprocessing());
  const [imageId, setImageId] = useState(images[0].imageId);
  const at = images.findIndex((image) => image.imageId === imageId);
  const rows = guesses.map(({ words, answers }) => ({
    words,
    here: answers[at],
    right: answers.filter(({ dx }, i) => dx === images[i].dx).length,
    sure: answers.reduce((sum, { probability }) => sum + probability, 0) / answers.length,
  }));
  const surest = rows.reduce((best, row) => (row.sure > best.sure ? row : best));
  return (
    <figure>
      <div className="controls">
        <Choice
          label="Test image"
          options={images.map((image) => [image.imageId, `${image.imageId}: ${image.dx}`] as const)}
          value={imageId}
          onChange={setImageId}
        />
        <img src={exampleRuns.imageUrl('', imageId)!} alt={`Synthetic lesion ${imageId}`} width={80} height={60} />
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls sideways on narrow screens */}
      <section className="scroll" aria-label="Answers by guess" tabIndex={0}>
        <table>
          <thead>
            <tr>
              <th scope="col">what is supposed</th>
              <th scope="col">answer here</th>
              <th scope="col" className="number">
                how sure
              </th>
              <th scope="col" className="number">
                right of {images.length}
              </th>
              <th scope="col" className="number">
                how sure, on average
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map(({ words, here, right, sure }) => (
              <tr key={words}>
                <th scope="row">{words}</th>
                <td>{here.dx}</td>
                <td className="number">{formatPercent(here.probability, 0)}</td>
                <td className="number">{right}</td>
                <td className="number">{formatPercent(sure, 0)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      <Say>
        True: {images[at].dx}. The network is surest of itself with {surest.words}, where {surest.right} of{' '}
        {images.length} answers are right.
      </Say>
      <figcaption>
        The example's network on synthetic test images; only the preparation of the pixels differs.
      </figcaption>
    </figure>
  );
}
