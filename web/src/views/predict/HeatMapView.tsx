import { useEffect, useId, useMemo, useRef, useState } from 'react';
import { toImageData } from '../../../../src/browser/codec.js';
import { type ClassHeat, heatOfClass, type OpenedModel } from '../../../../src/browser/predictedImage.js';
import type { Fit } from '../../../../src/image/fitImage.js';
import { colorHeat } from '../../../../src/image/overlay.js';
import { seenProportion, viewZoom } from '../../../../src/image/seenPart.js';

export interface HeatMapViewProps {
  readonly model: OpenedModel;
  readonly image: Blob;
  /** Pixels of the image. */
  readonly width: number;
  readonly height: number;
  /** Null while it is computed, or where the model has none. */
  readonly heat: ClassHeat | null;
  /** Class that is shown first. */
  readonly predicted: string;
}

/** Long side of the drawn map, pixels. */
const drawnSide = 360;

/** What a page calls the fits. */
const shownBy: Readonly<Record<Fit, 'fill' | 'cover' | 'contain'>> = { squash: 'fill', crop: 'cover', pad: 'contain' };

/** The image as the network saw it, under a map of where evidence for a diagnosis was found. */
export function HeatMapView({ model, image, width, height, heat, predicted }: HeatMapViewProps) {
  const { classes, preprocessing, heatMapLayer } = model;
  const [chosen, setChosen] = useState(predicted);
  const [strength, setStrength] = useState(45);
  const address = useObjectUrl(image);
  const id = useId();
  const proportion = seenProportion(preprocessing, { width, height });
  const zoom = viewZoom(preprocessing);
  // Networks of many classes map the most probable alone, and only then is it known which these are.
  const mapped = heat?.classes?.map((k) => classes[k]) ?? (heat === null && model.foreign ? [] : classes);
  const shown = classes.findIndex((entry) => entry.id === chosen);
  const map = useMemo(
    () => (heat && (heat.classes?.includes(shown) ?? true) ? heatOfClass(heat, shown) : null),
    [heat, shown],
  );
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const context = canvas.current?.getContext('2d');
    if (!context || !map) return;
    const sides = [Math.min(1, proportion), Math.min(1, 1 / proportion)].map((side) => Math.round(drawnSide * side));
    [context.canvas.width, context.canvas.height] = sides;
    context.putImageData(toImageData(colorHeat(map, sides[0], sides[1])), 0, 0);
  }, [map, proportion]);
  const { name } = classes[shown];
  return (
    <figure className="heat-map">
      <div className="picture" style={{ aspectRatio: proportion }}>
        {address && (
          <img
            src={address}
            alt="As the network saw it"
            style={{ objectFit: shownBy[preprocessing.fit], transform: `scale(${zoom})` }}
          />
        )}
        {map && !map.empty && (
          <canvas
            ref={canvas}
            role="img"
            aria-label={`Heat map for ${name} over the image`}
            style={{ opacity: strength / 100 }}
          />
        )}
      </div>
      {heatMapLayer !== undefined && (
        <div className="heat-settings">
          <label htmlFor={`${id}class`}>Evidence for</label>
          <select id={`${id}class`} value={chosen} onChange={(event) => setChosen(event.currentTarget.value)}>
            {(mapped.length > 0 ? mapped : [classes[shown]]).map((entry) => (
              <option key={entry.id} value={entry.id}>
                {entry.name}
              </option>
            ))}
          </select>
          <label htmlFor={`${id}strength`}>Strength of the colours</label>
          <input
            id={`${id}strength`}
            type="range"
            min={0}
            max={100}
            value={strength}
            onChange={(event) => setStrength(event.currentTarget.valueAsNumber)}
          />
        </div>
      )}
      <figcaption>
        {preprocessing.fit === 'crop' && 'The network sees the middle square of an image. '}
        {preprocessing.fit !== 'crop' && zoom > 1 && 'The network sees the middle of an image. '}
        {heatMapLayer === undefined
          ? 'This model gives no heat maps.'
          : map?.empty
            ? `Nothing in the network’s layer ${heatMapLayer} speaks for ${name}: there is no heat to show.`
            : `${mapped.length > 0 && mapped.length < classes.length ? `Of ${classes.length} classes the ${mapped.length} most probable have maps. ` : ''}Red: evidence for ${name} was found there; dark blue: none (Grad-CAM at ${heatMapLayer}). It shows where the network looked, not whether what it saw makes sense.`}
      </figcaption>
    </figure>
  );
}

/** An address for bytes that the page holds, as long as it shows them. */
export function useObjectUrl(blob: Blob): string | undefined {
  const [address, setAddress] = useState<string>();
  useEffect(() => {
    const made = URL.createObjectURL(blob);
    setAddress(made);
    return () => URL.revokeObjectURL(made);
  }, [blob]);
  return address;
}
