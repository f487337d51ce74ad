import type { Exploration } from '../data/audit/exploration.js';
import { ageHistogramChart } from './charts/ageHistogram.js';
import type { ChartOptions } from './charts/chartOptions.js';
import { classCountsChart } from './charts/classCounts.js';
import { classWeightsChart } from './charts/classWeights.js';
import {
  diagnosisByAgeChart,
  diagnosisByDxTypeChart,
  diagnosisByLocalizationChart,
  diagnosisBySexChart,
} from './charts/crossTable.js';
import { imagesPerLesionChart } from './charts/imagesPerLesion.js';
import { missingValuesChart } from './charts/missingValues.js';
import { dxTypeChart, localizationChart, sexChart } from './charts/valueCounts.js';

/** Every chart of an exploration by file name (without ending); a column that the dataset lacks has none. */
export function explorationCharts(e: Exploration, options: ChartOptions = {}): { name: string; svg: string }[] {
  const charts: [name: string, shown: boolean, draw: () => string][] = [
    ['class-counts', true, () => classCountsChart(e.classes, { ...options, hasLesionIds: e.dataset.hasLesionIds })],
    ['class-weights', true, () => classWeightsChart(e.classes, options)],
    ['sex', e.sex.length > 0, () => sexChart(e.sex, options)],
    ['localization', e.localization.length > 0, () => localizationChart(e.localization, options)],
    ['age', (e.age?.images ?? 0) > 0, () => ageHistogramChart(e.age!, options)],
    ['dx-type', e.dxType.length > 0, () => dxTypeChart(e.dxType, options)],
    ['images-per-lesion', e.dataset.hasLesionIds, () => imagesPerLesionChart(e.imagesPerLesion, options)],
    [
      'diagnosis-by-localization',
      e.diagnosisByLocalization.values.length > 0,
      () => diagnosisByLocalizationChart(e.diagnosisByLocalization, options),
    ],
    ['diagnosis-by-age', e.diagnosisByAge.values.length > 0, () => diagnosisByAgeChart(e.diagnosisByAge, options)],
    ['diagnosis-by-sex', e.diagnosisBySex.values.length > 0, () => diagnosisBySexChart(e.diagnosisBySex, options)],
    [
      'diagnosis-by-dx-type',
      e.diagnosisByDxType.values.length > 0,
      () => diagnosisByDxTypeChart(e.diagnosisByDxType, options),
    ],
    ['missing-values', e.missingValues.length > 0, () => missingValuesChart(e.missingValues, options)],
  ];
  return charts.filter(([, shown]) => shown).map(([name, , draw]) => ({ name, svg: draw() }));
}
