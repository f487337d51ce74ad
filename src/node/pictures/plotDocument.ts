import { parseHTML } from 'linkedom';
import type { ChartOptions } from '../../report/charts/chartOptions.js';

/** A document for charts in Node, where there is none. */
export function plotDocument(): NonNullable<ChartOptions['document']> {
  return parseHTML('<!doctype html><html><body></body></html>').document;
}
