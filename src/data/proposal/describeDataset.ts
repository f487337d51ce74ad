import { LesionlabError, type Surface } from '../../errors.js';
import { countClasses } from '../classWeights.js';
import type { Dataset } from '../dataset.js';
import { formatDescription } from '../description/formatDescription.js';
import { datasetFromFiles } from '../formats/datasetFromFiles.js';
import { descriptionName } from '../formats/described.js';
import { nearestFormats } from '../formats/noFormat.js';
import { type DatasetSource, readSource } from '../reading/datasetSource.js';
import type { StoredFile } from '../storedFile.js';
import type { DatasetProposal, ProposalTrial } from './datasetProposal.js';
import { memoryFile } from './memoryFile.js';
import { proposeDescription } from './proposeDescription.js';

/**
 * Says what the files of a dataset seem to be, and why: the format that reads them or comes nearest, what each column is, which columns
 * give the answer away, and the `dataset.yaml` that would describe them, tried out. Reads tables and no image.
 * @param root of the files, for messages @param files as `datasetFromFiles` takes them; a description that lies among them is not looked at
 * @param surface where the reader reads what to do about what goes wrong
 * @throws LesionlabError kind `data` where a table can't be read
 */
export async function describeDataset(
  root: string,
  files: readonly StoredFile[],
  surface: Surface = 'library',
): Promise<DatasetProposal> {
  const others = withoutDescription(files);
  // One after the other, since each holds all of the tables in memory.
  const readAs = await findFormat(root, others);
  const proposed = await propose(root, others, readAs === undefined);
  return {
    root,
    ...(readAs && { readAs }),
    ...proposed,
    ...(proposed.description && {
      trial: await tryDescription(root, others, formatDescription(proposed.description), surface),
    }),
  };
}

/** The format that reads the files without a description. */
async function findFormat(root: string, files: readonly StoredFile[]): Promise<DatasetProposal['readAs']> {
  const dataset = await datasetFromFiles(root, files, {}, async () => {}).catch(() => undefined);
  if (!dataset?.records.some(({ imageId }) => dataset.images.has(imageId))) return undefined;
  const { id, name } = dataset.info;
  return { id, name };
}

async function propose(root: string, files: readonly StoredFile[], withNearest: boolean) {
  const source = await readSource(root, files);
  return { ...(withNearest && nearest(source)), ...(await proposeDescription(source)) };
}

/** What the data is with a description in place of any that lies there: as `datasetFromFiles` would read it. @throws LesionlabError kind `data` */
export async function readDescribed(
  root: string,
  files: readonly StoredFile[],
  text: string,
  close: () => Promise<void> = async () => {},
): Promise<Dataset> {
  return await datasetFromFiles(root, withDescription(files, text), {}, close);
}

/** Files of a dataset with a description in place of any that lies among them. */
export const withDescription = (files: readonly StoredFile[], text: string): StoredFile[] => [
  memoryFile(descriptionName, text),
  ...withoutDescription(files),
];

const withoutDescription = (files: readonly StoredFile[]): StoredFile[] =>
  files.filter(({ name }) => !/^dataset\.ya?ml$/i.test(name));

/** What reading the data with a description gives, or why it can't be read. */
export async function tryDescription(
  root: string,
  files: readonly StoredFile[],
  text: string,
  surface: Surface = 'library',
): Promise<ProposalTrial> {
  try {
    const { records, info, images, hasLesionIds, hasPatientIds, absent, notes } = await readDescribed(
      root,
      files,
      text,
    );
    const present = records.filter(({ imageId }) => images.has(imageId));
    const counts = countClasses(present, info.classes.length);
    const splits: Record<string, number> = {};
    for (const { officialSplit } of present)
      if (officialSplit) splits[officialSplit] = (splits[officialSplit] ?? 0) + 1;
    return {
      images: present.length,
      missing: records.length - present.length + (absent?.length ?? 0),
      classes: info.classes.map(({ id }, label) => ({ id, images: counts[label] })),
      ...(hasPatientIds && { patients: new Set(present.map(({ patientId }) => patientId).filter(Boolean)).size }),
      ...(hasLesionIds && { lesions: new Set(present.map(({ lesionId }) => lesionId)).size }),
      splits,
      notes: (notes ?? []).map(({ message }) => message),
    };
  } catch (error) {
    if (!(error instanceof LesionlabError)) throw error;
    return {
      problem: [error.message, ...error.details.filter((detail) => !error.message.includes(detail)).slice(0, 5)].join(
        '\n',
      ),
      hint: error.hintFor(surface),
    };
  }
}

function nearest({ tables }: DatasetSource): Pick<DatasetProposal, 'nearest'> {
  const found = tables
    .filter(({ ownOutput, problem }) => !ownOutput && !problem)
    .flatMap(({ columns }) =>
      nearestFormats(columns)
        .slice(0, 1)
        .map((near) => ({ ...near, columns })),
    )
    .sort((a, b) => a.missing.length / a.format.columns.length - b.missing.length / b.format.columns.length)[0];
  if (!found) return {};
  const more = found.columns.filter((name) => !found.format.columns.includes(name));
  return { nearest: { name: found.format.card.name, missing: found.missing, more } };
}
