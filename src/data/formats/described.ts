import { dataError } from '../../errors.js';
import { describedRecords } from '../description/describedRecords.js';
import { readDescription } from '../description/readDescription.js';
import type { DatasetFormat } from '../reading/datasetFormat.js';
import type { DatasetSource } from '../reading/datasetSource.js';
import { decodeText } from '../reading/decodeText.js';
import type { StoredFile } from '../storedFile.js';
import { ham10000Classes } from './ham10000.js';

/** Name of the file that says how the data that it lies beside is to be read. */
export const descriptionName = 'dataset.yaml';
const descriptionNames = /^dataset\.ya?ml$/i;

/** Data of one's own with a description of its tables and images. */
export const described: DatasetFormat = {
  card: {
    id: 'described',
    name: 'Described data',
    layout: `${descriptionName} beside the data, which says what its tables and folders mean: see docs/own-data.md.`,
    classes: null,
    groups: 'What the description names: patients, lesions, lists of duplicates.',
    ownData: true,
  },
  columns: [],
  find(source) {
    const file = findDescription(source);
    if (!file) return [];
    const read: ReturnType<DatasetFormat['find']>[number]['read'] = async (options) => {
      const { text } = decodeText(await file.read(), file.location);
      return await describedRecords(
        readDescription(text, file.location),
        file.folders,
        source,
        options,
        ham10000Classes,
      );
    };
    return [
      {
        format: described,
        written: true,
        imageIds: async () => (await read({})).records.map(({ imageId }) => imageId),
        read,
      },
    ];
  },
};

/** The description that lies highest: one below describes a part of the data. @throws LesionlabError kind `data` where several lie as high */
export function findDescription({ files }: Pick<DatasetSource, 'files'>): StoredFile | undefined {
  const found = files.filter(({ name }) => descriptionNames.test(name));
  const highest = Math.min(...found.map(({ folders }) => folders.length));
  const [first, second] = found.filter(({ folders }) => folders.length === highest);
  if (second)
    throw dataError('two-descriptions', `Both ${first.location} and ${second.location} say what the data is.`, {
      hint: 'Keep one of the two, or give the folder that one of them lies in.',
    });
  return first;
}
