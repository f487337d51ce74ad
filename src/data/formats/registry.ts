import type { DatasetFormat } from '../reading/datasetFormat.js';
import { classFolders } from './classFolders.js';
import { ham10000 } from './ham10000.js';
import { isic2018 } from './isic2018.js';
import { plainTable } from './plainTable.js';

/** Every format of datasets that lesionlab reads; where a table is of several, the earlier one counts. */
export const datasetFormats: readonly DatasetFormat[] = [ham10000, isic2018, plainTable, classFolders];
