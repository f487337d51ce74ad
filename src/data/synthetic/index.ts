export type { LesionPicture } from './drawLesion.js';
export {
  generateSyntheticDataset,
  type SyntheticDataset,
  type SyntheticOptions,
  type SyntheticRow,
} from './generateSyntheticDataset.js';
export { syntheticClassIds } from './looks.js';
export { syntheticNotice, syntheticTable } from './syntheticTexts.js';
