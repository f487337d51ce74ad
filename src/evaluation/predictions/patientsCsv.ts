import { csvFormatRows } from 'd3-dsv';
import { parseTable } from '../../data/reading/metadataTable.js';
import { dataError } from '../../errors.js';
import type { PatientRow } from './withPatients.js';

const columns = ['image_id', 'lesion_id', 'patient_id'] as const;

/** Text of patients.csv: `image_id,lesion_id,patient_id`, the last empty where nobody knows; null where no patient is known. */
export function patientsCsv(rows: readonly PatientRow[]): string | null {
  if (rows.every(({ patientId }) => patientId === undefined)) return null;
  return `${csvFormatRows([
    [...columns],
    ...rows.map(({ imageId, lesionId, patientId = '' }) => [imageId, lesionId, patientId]),
  ])}\n`;
}

/**
 * Reads patients.csv.
 * @param file for messages
 * @throws LesionlabError kind `data` where a column is missing
 */
export function parsePatientsCsv(text: string, file = 'patients.csv'): PatientRow[] {
  const table = parseTable(text, file);
  const places = columns.map((name) => table.columns.indexOf(name));
  if (places.includes(-1))
    throw dataError('bad-patients', `${file}: expected ${columns.join()}, found ${table.columns.join()}.`, {
      hint: 'Remove it, or evaluate the data again: `lesionlab evaluate` writes it where data name patients.',
    });
  return table.rows.map(({ cells }) => {
    const [imageId, lesionId, patientId] = places.map((place) => cells[place]);
    return { imageId, lesionId, ...(patientId !== '' && { patientId }) };
  });
}
