import { cropImage } from './crop.js';
import { withoutBorder } from './darkBorder.js';
import { type Fitting, fitImage } from './fitImage.js';
import type { Raster } from './raster.js';
import { resizeImage } from './resize.js';

type View = Pick<Fitting, 'imageSize' | 'fit' | 'resizeTo' | 'padFill' | 'border'>;

/** How much larger an image is drawn than if the square showed all that its fit would let it: 1 where nothing is cut off after resizing. */
export const viewZoom = ({ imageSize, resizeTo = imageSize }: View): number => resizeTo / imageSize;

/** Which part of an image a network sees, as text: heat maps of networks with the same key lie on the same things, whatever their sizes. */
export const viewKey = (view: View): string => {
  const zoom = viewZoom(view);
  const whole = view.border === 'removed' ? `${view.fit}, without dark border` : view.fit;
  return zoom === 1 ? whole : `${whole}, ${Math.round(100 / zoom)}% of it`;
};

/** Width by height of what a network sees of an image, in the image's own proportions. */
export const seenProportion = ({ fit }: View, { width, height }: { width: number; height: number }): number =>
  fit === 'squash' ? width / height : 1;

/**
 * What a network sees of an image, `height` pixels high, in the image's own proportions: the picture that a heat map of the network's
 * input lies on, edge to edge; in the image's own colours.
 * @throws LesionlabError kind `usage` for a picture or a height that is none
 */
export function drawSeenPart(given: Raster, { border, ...view }: View, height: number): Raster {
  const image = border === 'removed' ? withoutBorder(given) : given;
  const side = Math.round(height * viewZoom(view));
  if (view.fit !== 'squash')
    return fitImage(image, { fit: view.fit, padFill: view.padFill, imageSize: height, resizeTo: side });
  const whole = resizeImage(image, Math.max(1, Math.round((image.width * side) / image.height)), side);
  if (side === height) return whole;
  const width = Math.max(1, Math.round((image.width * height) / image.height));
  return cropImage(whole, (whole.width - width) >> 1, (side - height) >> 1, width, height);
}
