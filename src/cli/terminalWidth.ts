/** Columns of the terminal; without end where the output goes into a file or to another program, which cut nothing. */
export const terminalWidth = (): number => process.stdout.columns || Number.POSITIVE_INFINITY;

/** Columns for what is broken in lines, not cut: 80 where there is no end. */
export const readableWidth = (width: number): number => (Number.isFinite(width) ? width : 80);
