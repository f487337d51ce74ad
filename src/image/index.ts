/** Pixels: rasters, resizing, colour, pictures made of pictures. */
export { cropImage } from './crop.js';
export { fitToSquare } from './fitToSquare.js';
export type { ImageCodec, Raster } from './raster.js';
export { resizeImage } from './resize.js';
