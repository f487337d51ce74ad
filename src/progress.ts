/** How long work tells people how far it is. The command line draws a bar with the time left; a browser worker posts it. */
export interface ProgressTask {
  /**
   * @param done units done so far; @param detail a few words to show beside the bar
   * @param secondsLeft where the work itself knows better than the units so far tell; null where it knows nothing yet
   */
  update(done: number, detail?: string, secondsLeft?: number | null): void;
  end(): void;
}

/** Where long work tells how far it is: `terminalProgress` of `lesionlab/node` draws it, `silentProgress` says nothing. */
export interface Progress {
  /** Begins a task. @param total number of units, undefined where unknown */
  start(label: string, total?: number): ProgressTask;
  /** A line that stays on the screen. */
  note(line: string): void;
}

/** Says nothing: for tests, and for library callers who don't care. */
export const silentProgress: Progress = {
  start: () => ({ update: () => {}, end: () => {} }),
  note: () => {},
};
