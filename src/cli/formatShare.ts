/** A share in [0, 1] as a percentage; a dash where there is none. */
export const formatShare = (share: number | null | undefined): string =>
  share === null || share === undefined ? '–' : `${(100 * share).toFixed(1)}%`;

/** `low to high`, each end as `format` has it; a dash where there is no interval. */
export const formatInterval = (
  interval: readonly [number, number] | null | undefined,
  format: (value: number) => string = formatShare,
): string => (interval ? `${format(interval[0])} to ${format(interval[1])}` : '–');

/** A share with its interval in brackets: `69.5% (61.0% to 76.9%)`. */
export const withInterval = (
  share: number | null | undefined,
  interval: readonly [number, number] | null | undefined,
): string => `${formatShare(share)}${interval ? ` (${formatInterval(interval)})` : ''}`;

/** A difference with its sign. @param digits behind the point */
export const signed = (value: number, digits = 3): string =>
  `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(digits)}`;
