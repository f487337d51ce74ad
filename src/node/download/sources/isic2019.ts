import { isic2019 as format } from '../../../data/formats/isic2019.js';
import { type DownloadSource, fromCard } from '../source.js';
import { challengeFile } from './isicChallenge.js';

/** ISIC 2019: training and test, each with its truth and metadata. */
export const isic2019: DownloadSource = {
  id: 'isic2019',
  ...fromCard(format.card),
  terms: 'Not for commercial use; name the authors wherever results are published.',
  url: 'https://challenge.isic-archive.com/data/#2019',
  aboutBytes: 13_000_000_000,
  files: [
    'ISIC_2019_Training_GroundTruth.csv',
    'ISIC_2019_Training_Metadata.csv',
    'ISIC_2019_Test_GroundTruth.csv',
    'ISIC_2019_Test_Metadata.csv',
    'ISIC_2019_Test_Input.zip',
    'ISIC_2019_Training_Input.zip',
  ].map(challengeFile(2019)),
};
