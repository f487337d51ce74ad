/** Pixels: rasters, resizing, warping, colour, pictures made of pictures. */
export { adjustBrightness, adjustContrast, adjustHue, adjustSaturation, type ColorAdjustment } from './adjustColor.js';
export { drawText, fillRectangle, fitText, measureText } from './bitmapFont.js';
export { type ColormapName, colormapTable } from './colormap.js';
export { cropImage } from './crop.js';
export { cutLikewise, findInsideBorder, withoutBorder } from './darkBorder.js';
export type { DecodedPixels } from './decodedPixels.js';
export { decodeImage, type SharedMemory } from './decodeImage.js';
export { enlargeField } from './enlargeField.js';
export { adjustSharpness } from './filters/adjustSharpness.js';
export { compressJpeg } from './filters/compressJpeg.js';
export { gaussianBlur } from './filters/gaussianBlur.js';
export { balanceLight } from './filters/shadesOfGray.js';
export { borders, type Fit, type Fitting, fitImage, fits, fittingKey, lights } from './fitImage.js';
export { fitToSquare } from './fitToSquare.js';
export type { ImageFormat } from './formats/imageFormat.js';
export { imageFormats } from './formats/registry.js';
export type { Orientation } from './header/exifOrientation.js';
export { type ImageHeader, uprightSize } from './header/imageHeader.js';
export { readImageHeader } from './header/readImageHeader.js';
export {
  affineMap,
  type Corners,
  compose,
  cropMap,
  flipMap,
  type Homography,
  identity,
  type Part,
  perspectiveMap,
  quarterTurnMap,
  shearMap,
} from './homography.js';
export { drawMontage, type MontageOptions, type MontageTile } from './montage.js';
export { colorHeat, type Heat, type OverlayOptions, overlayHeat } from './overlay.js';
export type { ImageCodec, Raster } from './raster.js';
export { resizeImage } from './resize.js';
export { type ResizeMethod, resizeMethods } from './resizeFilters.js';
export { drawSeenPart, seenProportion, viewKey, viewZoom } from './seenPart.js';
export { cieLab, type LabColor } from './skin/cieLab.js';
export { type FoundSkin, findSkin, type NotSkin, notSkin } from './skin/findSkin.js';
export {
  estimateSkinTone,
  type NoSkinTone,
  type SkinToneBand,
  type SkinToneEstimate,
  skinToneBand,
  skinToneBands,
  typologyAngle,
} from './skin/skinTone.js';
export { turnImage } from './turnImage.js';
export { type WarpFill, warpSquare } from './warp.js';
