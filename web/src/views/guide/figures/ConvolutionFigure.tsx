import { useMemo, useState } from 'react';
import { generateSyntheticDataset } from '../../../../../src/data/synthetic/index.js';
import type { Raster } from '../../../../../src/image/raster.js';
import { Pixels } from '../../../components/Pixels.js';
import { Check, Choice, Say } from './Controls.js';
import { convolve, type Grey, maxPool, rectify } from './convolve.js';

const side = 48;
const kernels = {
  vertical: { title: 'edges from dark to light, left to right', kernel: [-1, 0, 1, -2, 0, 2, -1, 0, 1] },
  horizontal: { title: 'edges from dark to light, top to bottom', kernel: [-1, -2, -1, 0, 0, 0, 1, 2, 1] },
  spots: { title: 'dark spots', kernel: [1, 1, 1, 1, -8, 1, 1, 1, 1] },
  blur: { title: 'the mean of the neighbourhood', kernel: [1, 1, 1, 1, 1, 1, 1, 1, 1].map((v) => v / 9) },
  same: { title: 'nothing: the middle as it is', kernel: [0, 0, 0, 0, 1, 0, 0, 0, 0] },
} as const;
type KernelName = keyof typeof kernels;

const painted = generateSyntheticDataset({ images: 150, seed: 2, size: [side, side] });
const input = toGrey(painted.draw(painted.rows.findIndex(({ dx }) => dx === 'mel')).image);

/** A small synthetic image, one filter of three by three numbers, and what comes out. */
export function ConvolutionFigure() {
  const [name, setName] = useState<KernelName>('vertical');
  const [relu, setRelu] = useState(true);
  const [pool, setPool] = useState(true);
  const { kernel } = kernels[name];
  const steps = useMemo(() => {
    const found: { title: string; grey: Grey }[] = [{ title: 'image', grey: input }];
    found.push({ title: 'after the filter', grey: convolve(input, kernels[name].kernel) });
    if (relu) found.push({ title: 'after ReLU', grey: rectify(found.at(-1)!.grey) });
    if (pool) found.push({ title: 'after max pooling', grey: maxPool(found.at(-1)!.grey) });
    return found.map(({ title, grey }) => ({ title, size: grey.side, image: toRaster(grey) }));
  }, [name, relu, pool]);
  return (
    <figure>
      <div className="controls">
        <Choice
          label="The filter looks for"
          options={Object.entries(kernels).map(([id, { title }]) => [id as KernelName, title] as const)}
          value={name}
          onChange={setName}
        />
        <Check label="ReLU" value={relu} onChange={setRelu} />
        <Check label="Max pooling" value={pool} onChange={setPool} />
      </div>
      <table className="number-grid" aria-label="The filter's nine numbers">
        <tbody>
          {[0, 3, 6].map((row) => (
            <tr key={row}>
              {[0, 1, 2].map((column) => (
                <td key={column}>{Number(kernel[row + column].toFixed(2))}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      <ul className="pictures large">
        {steps.map(({ title, size, image }) => (
          <li key={title}>
            <Pixels image={image} label={`${title}, ${size} by ${size} pixels`} sharp />
            {title}: {size} × {size}
          </li>
        ))}
      </ul>
      <Say>
        Each number of the result is nine products, added up: {Number(kernel[0].toFixed(2))} times the pixel at the top
        left, and so on. A layer has many such filters, and training finds their numbers.
      </Say>
    </figure>
  );
}

function toGrey({ data }: Raster): Grey {
  const values = Float32Array.from(
    { length: side * side },
    (_, i) => (0.299 * data[3 * i] + 0.587 * data[3 * i + 1] + 0.114 * data[3 * i + 2]) / 255,
  );
  return { side, values };
}

/** From the smallest value (black) to the largest (white). */
function toRaster({ side: width, values }: Grey): Raster {
  const low = Math.min(...values);
  const range = Math.max(...values) - low || 1;
  return {
    width,
    height: width,
    channels: 1,
    data: Uint8Array.from(values, (v) => Math.round((255 * (v - low)) / range)),
  };
}
