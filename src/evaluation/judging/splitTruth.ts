import type { ClassInfo } from '../../data/dataset.js';
import { classesOf, type SplitFile } from '../../data/groups/splitFile.js';
import type { MetadataTable } from '../../data/reading/metadataTable.js';
import { composed } from '../../data/storedFile.js';
import { splitOfCell, type Truth, truthColumnNames, truthFromTable } from './truth.js';

/** The truth in a split file: of its test images, and of those of validation, which are there to calibrate on and for nothing else. */
export function truthOfSplitFile(table: MetadataTable, { facts, sha256 }: SplitFile): Truth {
  const truth = withClasses(truthFromTable(table), classesOf(facts));
  const words = `Truth: the test images of a split file (SHA-256 ${sha256})${facts.data ? ` of ${facts.data}` : ''}.`;
  const records = truth.records.filter(({ officialSplit }) => officialSplit !== 'train');
  const { data: name, citation, licence } = facts;
  const info = { ...truth.info, ...(name && { name }), ...(citation && { citation }), ...(licence && { licence }) };
  return { ...truth, info, records, words: [...truth.words, words], splitFile: sha256 };
}

/** A truth with its classes in the order, and under the names, of those that are known; as it is where one of its own is not among them. */
function withClasses(truth: Truth, classes: readonly ClassInfo[]): Truth {
  const places = truth.info.classes.map(({ id }) => classes.findIndex((known) => composed(known.id) === composed(id)));
  if (places.includes(-1)) return truth;
  const records = truth.records.map((record) => ({ ...record, label: places[record.label] }));
  return { ...truth, info: { ...truth.info, classes }, records };
}

/** What is scored of a truth: all of it, but of a split file its test images alone, unless its validation images are calibrated on. */
export function scoredTruth(truth: Truth, calibrateOn: unknown): Truth {
  if (truth.splitFile === undefined || calibrateOn === 'validation') return truth;
  return { ...truth, records: truth.records.filter(({ officialSplit }) => officialSplit === 'test') };
}

/**
 * The rows of a table that are learned from (training and validation), or tested, by its column `split`: of a split file, of a run's splits.csv, of any
 * other that tells both. A table that knows only one of them, or says other things there, is a list as it is.
 */
export function partOfSplit(table: MetadataTable, part: 'learned' | 'tested'): MetadataTable {
  const column = table.columns.findIndex((name) => (truthColumnNames.split as readonly string[]).includes(name));
  const sides = table.rows.map(({ cells }) => (column < 0 ? undefined : splitOfCell(cells[column])));
  if (sides.includes(undefined) || !sides.includes('test') || sides.every((side) => side === 'test')) return table;
  return { ...table, rows: table.rows.filter((_, i) => (sides[i] === 'test') === (part === 'tested')) };
}
