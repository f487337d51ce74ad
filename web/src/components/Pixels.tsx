import { useLayoutEffect, useRef } from 'react';
import { toImageData } from '../../../src/browser/codec.js';
import type { Raster } from '../../../src/image/raster.js';

export interface PixelsProps {
  readonly image: Raster;
  /** What it shows, for those who don't see it. */
  readonly label: string;
  /** Show single pixels as squares. */
  readonly sharp?: boolean;
}

/** Pixels as they are. */
export function Pixels({ image, label, sharp = false }: PixelsProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useLayoutEffect(() => {
    canvas.current?.getContext('2d')?.putImageData(toImageData(image), 0, 0);
  }, [image]);
  return (
    <canvas
      ref={canvas}
      width={image.width}
      height={image.height}
      role="img"
      aria-label={label}
      className={sharp ? 'pixels' : undefined}
    />
  );
}
