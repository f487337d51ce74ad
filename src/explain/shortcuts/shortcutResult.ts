import type { ShortcutComparison } from './compareChanged.js';
import type { FillMethod } from './fillRegion.js';
import type { ChangeId } from './registry.js';

/** What a network answered to one picture of an example. */
export interface ExamplePanel {
  /** Null of the picture as it is. */
  readonly change: ChangeId | null;
  /** Class id, and its probability, (0, 1]; null where there was no room for the change. */
  readonly answer: { readonly predicted: string; readonly probability: number } | null;
}

/** shortcuts.json: what remains of a network's answers when its pictures are changed. */
export interface ShortcutResult {
  /** What was asked: the id of a run's model, or the name of a file. */
  readonly model: string;
  /** `validation`, `test`, or the name of other data. */
  readonly images: string;
  readonly count: number;
  readonly lesions: number;
  /** Images of the split or data that have a mask; `count` of them were drawn. */
  readonly withMask: number;
  /** What intervals resample. */
  readonly cluster: 'patient' | 'lesion' | 'image';
  readonly fill: FillMethod;
  readonly seed: number;
  readonly resamples: number;
  readonly comparisons: readonly ShortcutComparison[];
  /** Images that were drawn and whose picture or mask could not be used. */
  readonly leftOut: readonly { readonly imageId: string; readonly reason: string }[];
  /** Rows of shortcuts.png. */
  readonly examples: readonly {
    readonly imageId: string;
    readonly dx: string;
    readonly panels: readonly ExamplePanel[];
  }[];
  /** What the numbers say, and what was not known, in sentences. */
  readonly words: readonly string[];
}
