import type { WorkState } from '../../../../src/jobs/work.js';

/** What was named on the command line as data, for a field to offer. */
export const dataOffers = ({ places }: WorkState): [path: string, words: string][] =>
  places.filter(({ kind }) => kind !== 'runs').map(({ name }) => [name, name]);

/** Whether something runs or waits already. */
export const isBusy = ({ plans }: WorkState): boolean => plans.some(({ state }) => state !== 'resting');
