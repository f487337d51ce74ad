import { padUfes20 as format } from '../../../data/formats/padUfes20.js';
import { type DownloadSource, fromCard, type RemoteFile } from '../source.js';

/** A file of the dataset's first version at Mendeley Data, with the SHA-256 (and, of zips, the size) that is published there. */
const stored = (name: string, id: string, sha256: string, bytes?: number): RemoteFile => ({
  name,
  urls: [`https://data.mendeley.com/public-files/datasets/zr7vgbcyr2/files/${id}/file_downloaded`],
  bytes,
  checksum: { algorithm: 'sha256', value: sha256 },
});

/** PAD-UFES-20 from Mendeley Data (doi 10.17632/zr7vgbcyr2.1): metadata and the images in three zips. */
export const padUfes20: DownloadSource = {
  id: 'pad-ufes-20',
  ...fromCard(format.card),
  terms: 'Free to use; name the authors wherever results are published.',
  url: 'https://doi.org/10.17632/zr7vgbcyr2.1',
  aboutBytes: 3_592_900_000,
  files: [
    stored(
      'metadata.csv',
      'fa850265-57da-48f0-ba3e-998b3e44b1f6',
      '14d145235cedb022548257acb0d84dcd949e2c916f65d2baa7c38ed5339e9527',
    ),
    stored(
      'imgs_part_1.zip',
      '1cc2f71f-20a2-412d-b746-a9b9bc20c966',
      '0ab44f60938bf57445e12f518a8878954cc734e6b0aec6d01194e2d26b4b2dca',
      1_245_184_680,
    ),
    stored(
      'imgs_part_2.zip',
      '559a60ed-5504-475d-996c-6a8bc253b5e7',
      'e2d9a3cbd58e823f5ae33163c48643e7d1b54ae3f9e145f01f8e9f16a363a60b',
      1_126_646_990,
    ),
    stored(
      'imgs_part_3.zip',
      '34dcdf8e-e5f1-4b35-aa0b-5135051ff852',
      'ecc4ef10143a43e1d01cb736773148607a78b530417eb76f2c38ad24bf5d0d2c',
      1_220_565_093,
    ),
  ],
};
