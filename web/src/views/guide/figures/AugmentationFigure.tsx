import { useMemo, useState } from 'react';
import { augmentImage, drawAugmentation } from '../../../../../src/data/augmentation/augmentation.js';
import { augmentationSettings } from '../../../../../src/data/augmentation/augmentationSettings.js';
import { generateSyntheticDataset } from '../../../../../src/data/synthetic/index.js';
import type { Raster } from '../../../../../src/image/raster.js';
import { Random } from '../../../../../src/random.js';
import { Pixels } from '../../../components/Pixels.js';
import { Check, Choice, Slider } from './Controls.js';

const side = 72;
const views = 8;
const source = generateSyntheticDataset({ images: 150, seed: 4, size: [side, side] });
const lesion = source.draw(source.rows.findIndex(({ dx }) => dx === 'mel')).image;

/** Without normalisation, so that the result can be looked at. */
const asItIs = { imageSize: side, mean: [0, 0, 0], std: [1, 1, 1] } as const;

/** One synthetic image as a training would see it in eight epochs. */
export function AugmentationFigure() {
  const [flips, setFlips] = useState(true);
  const [rotationDegrees, setRotation] = useState(90);
  const [zoom, setZoom] = useState(0.2);
  const [shift, setShift] = useState(0.05);
  const [light, setLight] = useState(0.1);
  const [fill, setFill] = useState<'zero' | 'mean' | 'reflect'>('reflect');
  const images = useMemo(() => {
    const settings = augmentationSettings.parse({
      horizontalFlip: flips ? 0.5 : 0,
      verticalFlip: flips ? 0.5 : 0,
      rotationDegrees,
      translate: [shift, shift],
      scale: [1 - zoom / 2, 1 + zoom],
      brightness: light,
      contrast: light,
      saturation: light,
      fill,
    });
    return Array.from({ length: views }, (_, epoch) => {
      const parameters = drawAugmentation(settings, side, new Random(0, 'guide', epoch));
      const planes = new Float32Array(3 * side * side);
      augmentImage(lesion.data, parameters, fill, asItIs, planes);
      return toRaster(planes);
    });
  }, [flips, rotationDegrees, zoom, shift, light, fill]);
  const percent = (share: number) => `${Math.round(share * 100)}%`;
  return (
    <figure>
      <div className="controls">
        <Check label="Flips" value={flips} onChange={setFlips} />
        <Slider
          label="Rotation up to"
          min={0}
          max={180}
          step={5}
          value={rotationDegrees}
          onChange={setRotation}
          format={(d) => `${d}°`}
        />
        <Slider label="Zoom up to" min={0} max={1} step={0.05} value={zoom} onChange={setZoom} format={percent} />
        <Slider label="Shift up to" min={0} max={0.5} step={0.05} value={shift} onChange={setShift} format={percent} />
        <Slider
          label="Light and colour"
          min={0}
          max={0.9}
          step={0.05}
          value={light}
          onChange={setLight}
          format={percent}
        />
        <Choice
          label="What comes from outside"
          options={[
            ['reflect', 'the image mirrored'],
            ['zero', 'black'],
            ['mean', 'the mean colour'],
          ]}
          value={fill}
          onChange={setFill}
        />
      </div>
      <ul className="pictures">
        <li>
          <Pixels image={lesion} label="The synthetic image as it is" />
          as it is
        </li>
        {images.map((image, epoch) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the place is the epoch
          <li key={epoch}>
            <Pixels image={image} label={`Its variant in epoch ${epoch + 1}`} />
            epoch {epoch + 1}
          </li>
        ))}
      </ul>
      <figcaption>A synthetic lesion, varied by the code that training uses.</figcaption>
    </figure>
  );
}

function toRaster(planes: Float32Array): Raster {
  const plane = side * side;
  const data = new Uint8Array(3 * plane);
  for (let i = 0; i < plane; i++)
    for (let c = 0; c < 3; c++) data[3 * i + c] = Math.round(255 * Math.min(1, Math.max(0, planes[c * plane + i])));
  return { width: side, height: side, channels: 3, data };
}
