import { dataError } from '../../errors.js';
import type { ClassInfo, ImageRecord } from '../dataset.js';
import type { DatasetFormat, FormatOptions, ParsedRecords } from '../reading/datasetFormat.js';
import type { DatasetSource } from '../reading/datasetSource.js';
import { decodeText } from '../reading/decodeText.js';
import type { StoredFile } from '../storedFile.js';

/** By the codes of the table. */
const classes: readonly ClassInfo[] = [
  {
    id: 'common',
    name: 'Common naevus',
    description: 'An ordinary mole: a harmless cluster of pigment cells.',
    malignant: false,
  },
  {
    id: 'atypical',
    name: 'Atypical naevus',
    description: 'A mole that looks unlike others, and is harmless all the same.',
    malignant: false,
  },
  {
    id: 'mel',
    name: 'Melanoma',
    description: 'A cancer of the pigment cells that can spread to other parts of the body.',
    malignant: true,
  },
];

/** PH2: 200 dermoscopic images of Pedro Hispano hospital, with masks. */
export const ph2: DatasetFormat = {
  card: {
    id: 'ph2',
    name: 'PH² (Pedro Hispano)',
    layout:
      'PH2_dataset.txt beside "PH2 Dataset images", which has a folder for each image: IMD002/IMD002_Dermoscopic_Image/IMD002.bmp and its mask.',
    classes,
    groups: 'None: each image counts as a lesion of its own, and only identical files are kept together.',
    officialSplits: 'None.',
    confirmation: 'Consensus of dermatologists; histopathology in some.',
    knownFaults: [
      'The folders are images, not classes; their masks (IMD002_lesion.bmp) end as images do.',
      '200 images: too few to train a network on alone.',
      'The terms allow no redistribution: no image of it may stand in a report that is passed on.',
    ],
    licence: 'For research and education; no redistribution',
    citation:
      'Mendonça T et al. PH² - A dermoscopic image database for research and benchmarking. EMBC (2013). doi:10.1109/EMBC.2013.6610779',
    url: 'https://www.fc.up.pt/addi/ph2%20database.html',
  },
  columns: [],
  find(source) {
    const images = findImages(source);
    const list = source.files.find(({ name }) => /^ph2.*\.txt$/i.test(name));
    const inFolders = [...images].some(([id, { folders }]) =>
      folders.some((name) => name.toLowerCase() === `${id.toLowerCase()}_dermoscopic_image`),
    );
    if (images.size < 2 || !(list || inFolders)) return [];
    return [
      {
        format: ph2,
        imageIds: async () => [...images.keys()],
        read: (options) => readImages(source, images, list, options),
      },
    ];
  },
};

/** Images by their ids, masks and regions left out. */
const findImages = (source: DatasetSource) => findNamed(source, /^(IMD\d{3})\.(bmp|png|jpe?g|tiff?)$/i);

/** Masks of lesions by their images' ids; not those of regions of one colour, which lie beside them. */
function findMasks(source: DatasetSource): Map<string, StoredFile> | undefined {
  const found = findNamed(source, /^(IMD\d{3})_lesion\.(bmp|png|tiff?)$/i);
  return found.size > 0 ? found : undefined;
}

function findNamed({ files }: DatasetSource, name: RegExp): Map<string, StoredFile> {
  const found = new Map<string, StoredFile>();
  for (const file of files) {
    const id = name.exec(file.name)?.[1].toUpperCase();
    if (id !== undefined && !found.has(id)) found.set(id, file);
  }
  return found;
}

async function readImages(
  source: DatasetSource,
  images: ReadonlyMap<string, StoredFile>,
  list: StoredFile | undefined,
  options: FormatOptions,
): Promise<ParsedRecords> {
  const chosen = options.classes ?? classes;
  const labelOf = classes.map((info) => chosen.findIndex(({ id }) => id === info.id));
  if (!list)
    throw dataError(
      'no-metadata',
      `${source.root} holds images of PH² and not PH2_dataset.txt, which has their diagnoses: its folders are images, not classes.`,
      {
        hint: 'Put PH2_dataset.txt beside them, or a table with the columns image_id and dx.',
      },
    );
  const diagnoses = readList(decodeText(await list.read(), list.location).text, list.location);
  const records = [...diagnoses].map(([imageId, { code, row }]): ImageRecord => {
    const label = labelOf[code];
    if (label === undefined || label < 0)
      throw dataError(
        'unknown-diagnosis',
        `${list.location}, row ${row}: image ${imageId} has the clinical diagnosis ${code}, expected 0 (common naevus), 1 (atypical naevus) or 2 (melanoma).`,
        {
          hint: 'Mend that row, or fetch the list again.',
        },
      );
    return { imageId, lesionId: imageId, label, age: null, row };
  });
  return {
    classes: chosen,
    records,
    hasLesionIds: false,
    files: images,
    masks: findMasks(source),
    metadataFile: list.location,
  };
}

/** The clinical diagnosis of each image, out of a table whose cells stand between double bars, with a legend below. */
function readList(text: string, file: string): Map<string, { readonly code: number; readonly row: number }> {
  const lines = text.split(/\r\n|\r|\n/).map((line) =>
    line
      .trim()
      .replace(/^\|\|/, '')
      .split('||')
      .map((cell) => cell.trim()),
  );
  const header = lines.findIndex(
    (cells) => /^name$/i.test(cells[0]) && cells.some((cell) => /^clinical diagnosis$/i.test(cell)),
  );
  if (header < 0)
    throw dataError('bad-ph2-list', `${file} has no row with Name and Clinical Diagnosis between double bars (||).`, {
      hint: 'Fetch PH2_dataset.txt again.',
    });
  const at = lines[header].findIndex((cell) => /^clinical diagnosis$/i.test(cell));
  const found = new Map<string, { code: number; row: number }>();
  for (const [i, cells] of lines.entries()) {
    const id = /^IMD\d{3}$/i.exec(cells[0])?.[0].toUpperCase();
    if (i <= header || id === undefined) continue;
    if (found.has(id))
      throw dataError(
        'duplicate-image-id',
        `${file}, row ${i + 1}: image ${id} already stands in row ${found.get(id)!.row}; every image may have one row.`,
        { hint: 'Remove one of the two rows.' },
      );
    found.set(id, { code: cells[at] === '' ? Number.NaN : Number(cells[at]), row: i + 1 });
  }
  if (found.size === 0)
    throw dataError('no-rows', `${file} has a header but no rows.`, { hint: 'Fetch PH2_dataset.txt again.' });
  return found;
}
