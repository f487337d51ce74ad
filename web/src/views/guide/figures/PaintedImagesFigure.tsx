import { useMemo, useState } from 'react';
import { ham10000Classes } from '../../../../../src/data/formats/ham10000.js';
import { generateSyntheticDataset } from '../../../../../src/data/synthetic/index.js';
import { Pixels } from '../../../components/Pixels.js';
import { Choice, Slider } from './Controls.js';

const shown = 6;

/** Synthetic lesions of one diagnosis, painted here and now. */
export function PaintedImagesFigure() {
  const [dx, setDx] = useState('mel');
  const [seed, setSeed] = useState(0);
  const pictures = useMemo(() => {
    const dataset = generateSyntheticDataset({ images: 300, seed, size: [80, 60] });
    return dataset.rows
      .flatMap((row, index) => (row.dx === dx ? [{ row, index }] : []))
      .slice(0, shown)
      .map(({ row, index }) => ({ row, image: dataset.draw(index).image }));
  }, [dx, seed]);
  return (
    <figure>
      <div className="controls">
        <Choice
          label="Diagnosis"
          options={ham10000Classes.map(({ id, name }) => [id, name] as const)}
          value={dx}
          onChange={setDx}
        />
        <Slider label="Seed" min={0} max={20} step={1} value={seed} onChange={setSeed} />
      </div>
      <ul className="pictures">
        {pictures.map(({ row, image }) => (
          <li key={row.imageId}>
            <Pixels image={image} label={`Synthetic image ${row.imageId} of lesion ${row.lesionId}`} />
            {row.imageId}, lesion {row.lesionId}
          </li>
        ))}
      </ul>
      <figcaption>
        Painted by a program, not photographed: these are no patients. Images with the same lesion number are different
        pictures of one lesion, as in the real data.
      </figcaption>
    </figure>
  );
}
