import { join } from 'node:path';

/** Files that an ablation is written as, in its folder. */
export const ablationFiles = (out: string): readonly [json: string, page: string] => [
  join(out, 'ablation.json'),
  join(out, 'ablation.html'),
];
