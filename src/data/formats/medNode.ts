import type { DatasetFormat } from '../reading/datasetFormat.js';
import { findFolders } from './classFolders.js';

/** MED-NODE: 170 clinical photographs of melanomas and naevi. */
export const medNode: DatasetFormat = {
  card: {
    id: 'med-node',
    name: 'MED-NODE',
    layout: 'The folders melanoma (70 images) and naevus (100 images) of complete_mednode_dataset.',
    classes: [
      {
        id: 'melanoma',
        name: 'Melanoma',
        description: 'A cancer of the pigment cells that can spread to other parts of the body.',
        malignant: true,
      },
      {
        id: 'naevus',
        name: 'Melanocytic naevus',
        description: 'An ordinary mole: a harmless cluster of pigment cells.',
        malignant: false,
      },
    ],
    groups: 'None: each image counts as a lesion of its own, and only identical files are kept together.',
    officialSplits: 'None.',
    confirmation: 'Not told by image.',
    knownFaults: [
      'Clinical photographs without dermoscopy, 170 in all: too few to train a network on alone.',
      'One pair of near-duplicates, 3 irrelevant images and 2 wrong labels (SelfClean).',
    ],
    licence: 'For research and education',
    citation:
      'Giotis I et al. MED-NODE: A computer-assisted melanoma diagnosis system using non-dermoscopic images. Expert Systems with Applications 42, 6578-6585 (2015). doi:10.1016/j.eswa.2015.04.034',
    url: 'https://www.cs.rug.nl/~imaging/databases/melanoma_naevi/',
  },
  columns: [],
  find(source) {
    const isNamed = (text: string) => /med-?_?node/i.test(text);
    const named =
      isNamed(source.root) ||
      source.files.some(({ folders, archive = '' }) => folders.some(isNamed) || isNamed(archive));
    return findFolders(source, medNode, (names) => named && names.join() === 'melanoma,naevus');
  },
};
