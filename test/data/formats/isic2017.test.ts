import { expect, test } from 'vitest';
import { openMemory, refusal } from '../memoryFiles.js';
import { example } from './examples/isic2017.js';

const training = 'ISIC-2017_Training_Part3_GroundTruth.csv';

test('people are joined from the metadata in the folder of images; unknown is missing', async () => {
  const { records, images, hasLesionIds } = await openMemory(example.files);
  expect(records.map(({ imageId, age, sex, officialSplit }) => [imageId, age, sex, officialSplit])).toEqual([
    ['ISIC_0000000', 55, 'female', 'train'],
    ['ISIC_0000002', 60, 'male', 'train'],
    ['ISIC_0012099', null, 'unknown', 'train'],
    ['ISIC_0001769', null, undefined, 'validation'],
    ['ISIC_0012086', null, undefined, 'test'],
  ]);
  expect(images.imageIds).toHaveLength(5);
  expect(hasLesionIds).toBe(false);
});

test("lesions are taken from ISIC 2019's metadata, where a reduced copy is the same photograph", async () => {
  const { info, records, hasLesionIds } = await openMemory({
    ...example.files,
    'ISIC_2019_Training_Metadata.csv':
      'image,age_approx,anatom_site_general,lesion_id,sex\nISIC_0000000,55,anterior torso,,female\nISIC_0000002_downsampled,60,upper extremity,MSK4_1,female\nISIC_0012099,,,MSK4_1,\n',
  });
  expect(info.id).toBe('isic2017');
  expect(records.map(({ lesionId }) => lesionId)).toEqual([
    'ISIC_0000000',
    'MSK4_1',
    'MSK4_1',
    'ISIC_0001769',
    'ISIC_0012086',
  ]);
  expect(hasLesionIds).toBe(true);
});

test.each(['1.0,1.0', ',0.0', '2,0'])('refuses %s', async (cells) => {
  const text = `image_id,melanoma,seborrheic_keratosis\nISIC_0000000,${cells}\n`;
  expect(await refusal({ [training]: text, 'ISIC_0000000.jpg': 'x' })).toMatchObject({
    code: 'not-one-hot',
    message: expect.stringContaining(`${training}, row 2: image ISIC_0000000 must have 0 or 1`),
  });
});

test('an odd age is named in the table that it stands in', async () => {
  const metadata = 'ISIC-2017_Training_Data/ISIC-2017_Training_Data_metadata.csv';
  const { notes } = await openMemory({
    ...example.files,
    [metadata]: 'image_id,age_approximate,sex\nISIC_0012099,old,male\n',
  });
  expect(notes?.[0].message).toBe(`${metadata}: one age could not be read and counts as missing (row 2 "old").`);
});
