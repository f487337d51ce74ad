import { dataError } from '../../errors.js';
import type { DatasetFormat } from './datasetFormat.js';
import type { SourceTable } from './datasetSource.js';
import { splitOfName } from './splitNames.js';

/**
 * Refuses a table of images whose diagnoses were never published: that of a test set which its makers score themselves.
 * @param name of the dataset @param truth the column that would have the diagnoses
 */
export const hiddenTruth =
  (name: string, truth: string, isTest: (table: SourceTable) => boolean): NonNullable<DatasetFormat['refuse']> =>
  ({ tables }) => {
    const table = tables.find((one) => !one.problem && isTest(one) && splitOfName(one.file.name) !== 'train');
    return (
      table &&
      dataError(
        'hidden-truth',
        `${table.file.location} lists test images of ${name}, and no diagnoses (no column ${truth}): they are kept back by its makers.`,
        {
          hint: 'Nothing can be trained or evaluated on them here. Give the training set, with the table that has its diagnoses.',
        },
      )
    );
  };
