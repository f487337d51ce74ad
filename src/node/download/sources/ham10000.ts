import { ham10000 as format } from '../../../data/formats/ham10000.js';
import { type DownloadSource, fromCard, type RemoteFile } from '../source.js';

/** Files of the dataset's fourth version at Harvard Dataverse, with the sizes and MD5 that are published there. */
const stored = (name: string, id: number, bytes: number, md5: string, query = ''): RemoteFile => ({
  name,
  urls: [`https://dataverse.harvard.edu/api/access/datafile/${id}${query}`],
  bytes,
  checksum: { algorithm: 'md5', value: md5 },
});

/** HAM10000 from Harvard Dataverse (doi 10.7910/DVN/DBW86T): metadata, images, masks of the lesions. */
export const ham10000: DownloadSource = {
  id: 'ham10000',
  ...fromCard(format.card),
  terms: 'Not for commercial use; name the authors wherever results are published.',
  url: 'https://doi.org/10.7910/DVN/DBW86T',
  aboutBytes: 2_781_587_616,
  files: [
    // What Dataverse makes of a table by itself has other bytes than those that the MD5 is of.
    stored('HAM10000_metadata.csv', 4338392, 690_218, '8f85fb1aa29d80a2797247e434deb79d', '?format=original'),
    stored('HAM10000_segmentations_lesion_tschandl.zip', 3838943, 10_808_743, '6e8d252e09cfdb0189199f15985a5b84'),
    stored('HAM10000_images_part_1.zip', 3172585, 1_366_522_108, '4639bfa73ab251610530a97c898e6e46'),
    stored('HAM10000_images_part_2.zip', 3172584, 1_403_566_547, 'da43d6cc50f6613013be07e8986b384b'),
  ],
};
