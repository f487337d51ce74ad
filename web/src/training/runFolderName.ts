/** Name of the run folder in the zip that the page hands out. */
export const runFolderName = 'studio-run';
