/** What becomes of groups that a given split divides: images leave the earlier of its parts, or everything stays as it was given. */
export const mends = ['drop-from-train', 'keep'] as const;
/** What becomes of groups that a given split divides. */
export type Mend = (typeof mends)[number];
