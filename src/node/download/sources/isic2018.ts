import { isic2018 as format } from '../../../data/formats/isic2018.js';
import { type DownloadSource, fromCard } from '../source.js';
import { challengeFile } from './isicChallenge.js';

/** ISIC 2018, task 3: training, validation and test, each with its truth. */
export const isic2018: DownloadSource = {
  id: 'isic2018',
  ...fromCard(format.card),
  terms: 'Not for commercial use; name the authors wherever results are published.',
  url: 'https://challenge.isic-archive.com/data/#2018',
  aboutBytes: 3_200_000_000,
  files: [
    'ISIC2018_Task3_Training_GroundTruth.zip',
    'ISIC2018_Task3_Training_LesionGroupings.csv',
    'ISIC2018_Task3_Validation_GroundTruth.zip',
    'ISIC2018_Task3_Test_GroundTruth.zip',
    'ISIC2018_Task3_Validation_Input.zip',
    'ISIC2018_Task3_Test_Input.zip',
    'ISIC2018_Task3_Training_Input.zip',
  ].map(challengeFile(2018)),
};
