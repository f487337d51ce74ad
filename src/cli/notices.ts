import { purposeNotice, syntheticNotice } from '../report/page.js';
import type { RunConfig } from '../training/recipe/config.js';

/** What every result is to be read with: what it is for and, where the images were drawn by a program, that they were. */
export function notices({ data }: { readonly data: Pick<RunConfig['data'], 'synthetic'> }): string[] {
  return data.synthetic ? [purposeNotice, syntheticNotice] : [purposeNotice];
}
