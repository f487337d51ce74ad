import { isCroissant, readCroissant } from '../description/croissant.js';
import { describedRecords } from '../description/describedRecords.js';
import type { DatasetFormat, FormatOptions } from '../reading/datasetFormat.js';
import { decodeText } from '../reading/decodeText.js';
import { ham10000Classes } from './ham10000.js';

const fileNames = /(^|[.-])(croissant|metadata)\.json$/i;

/** Data with a description in MLCommons' Croissant. */
export const croissant: DatasetFormat = {
  card: {
    id: 'croissant',
    name: 'Data described in Croissant',
    layout:
      'croissant.json or metadata.json (JSON-LD of MLCommons) that says which field is the image and which the label.',
    classes: null,
    groups: 'None: Croissant has no words for them. Each image counts as a lesion of its own.',
    ownData: true,
  },
  columns: [],
  find: (source) =>
    source.files
      .filter(({ name }) => fileNames.test(name))
      .map((file) => {
        const text = async () => decodeText(await file.read(), file.location).text;
        const read = async (options: FormatOptions) =>
          await describedRecords(
            readCroissant(await text(), file.location),
            file.folders,
            source,
            options,
            ham10000Classes,
          );
        return {
          format: croissant,
          // Many a metadata.json is something else.
          imageIds: async () =>
            isCroissant(parse(await text())) ? (await read({})).records.map(({ imageId }) => imageId) : [],
          read,
        };
      }),
};

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
