import { describe, expect, it, test } from 'vitest';
import { isicDiagnosis } from '../../../src/data/formats/isicDiagnoses.js';
import { classesById, openMemory, refusal } from '../memoryFiles.js';
import { example } from './examples/isicArchive.js';
import { csv, imagesOf } from './formatExample.js';

describe('the taxonomy', () => {
  const melanocytic = ['Benign', 'Benign melanocytic proliferations', 'Nevus'];
  it.each([
    [[...melanocytic, 'Nevus, NOS, Compound'], 'nv'],
    [[...melanocytic, 'Blue nevus'], 'nv'],
    [['Benign', 'Benign melanocytic proliferations', '', '', ''], 'nv'],
    [['Malignant', 'Malignant melanocytic proliferations (Melanoma)', 'Melanoma metastasis'], 'mel'],
    [
      [
        'Malignant',
        'Malignant melanocytic proliferations (Melanoma)',
        'Melanoma in situ',
        'Melanoma in situ, Lentigo maligna type',
      ],
      'mel',
    ],
    [
      [
        'Malignant',
        'Malignant adnexal epithelial proliferations - Follicular',
        'Basal cell carcinoma',
        'Basal cell carcinoma, Nodular',
      ],
      'bcc',
    ],
    [['Malignant', 'Malignant adnexal epithelial proliferations - Follicular', 'Pilomatrix carcinoma'], 'mal_oth'],
    [
      [
        'Malignant',
        'Malignant epidermal proliferations',
        'Squamous cell carcinoma in situ',
        'Squamous cell carcinoma in situ, Bowens disease',
      ],
      'scc',
    ],
    [['Malignant', 'Malignant epidermal proliferations', 'Keratoacanthoma'], 'scc'],
    [['Malignant', 'Merkel cell proliferation'], 'mal_oth'],
    [['Indeterminate', 'Indeterminate epidermal proliferations', 'Solar or actinic keratosis'], 'ak'],
    [['Benign', 'Benign epidermal proliferations', 'Seborrheic keratosis', 'Seborrheic keratosis, Clonal'], 'bkl'],
    [['Benign', 'Benign epidermal proliferations', 'Lichen planus like keratosis'], 'bkl'],
    [['Benign', 'Benign epidermal proliferations', 'Epidermal nevus'], 'ben_oth'],
    [['Benign', 'Benign epidermal proliferations', 'Clear cell acanthoma'], 'ben_oth'],
    [['Benign', 'Benign epidermal proliferations', 'Porokeratosis'], 'ben_oth'],
    [['Benign', 'Benign epidermal proliferations'], 'bkl'],
    [['Benign', 'Benign adnexal epithelial proliferations - Sebaceous', 'Nevus sebaceus'], 'ben_oth'],
    [['Benign', 'Benign soft tissue proliferations - Fibro-histiocytic', 'Dermatofibroma'], 'df'],
    [['Benign', 'Benign soft tissue proliferations - Fibro-histiocytic', 'Scar'], 'ben_oth'],
    [['Benign', 'Benign soft tissue proliferations - Vascular'], 'vasc'],
    [['Benign', 'Benign soft tissue proliferations - Vascular', 'Hemangioma', 'Hemangioma, Hobnail'], 'vasc'],
    [['Malignant', 'Malignant soft tissue proliferations - Vascular', 'Angiosarcoma'], 'mal_oth'],
    [['Benign', 'Inflammatory or infectious diseases', 'Molluscum'], 'inf'],
    [['Benign', 'Benign - Other'], 'ben_oth'],
    [['Benign', 'Flat melanotic pigmentations - not melanocytic nevus', 'Ink-spot lentigo'], 'ben_oth'],
    [['nevus'], 'nv'],
    [['pigmented benign keratosis'], 'bkl'],
    [['vascular lesion'], 'vasc'],
    [['lentigo simplex'], 'nv'],
    [['verruca'], 'inf'],
    [['mucosal melanosis'], 'ben_oth'],
    [['squamous cell carcinoma'], 'scc'],
  ])('%j is %s', (levels, id) => expect(isicDiagnosis(levels)).toEqual({ id }));

  it.each([
    [['Indeterminate', 'Indeterminate melanocytic proliferations', 'Atypical melanocytic neoplasm']],
    [['Benign']],
    [['Malignant', '']],
    [['Malignant', 'Collision - At least one malignant proliferation']],
    [['atypical spitz tumor']],
    [['other']],
  ])('%j is of no class', (levels) => expect(isicDiagnosis(levels)).toHaveProperty('undecided'));

  it('what says nothing, and what nobody knows', () => {
    expect(isicDiagnosis(['', 'NA'])).toBe('none');
    expect(isicDiagnosis(['Nice'])).toBeUndefined();
  });
});

test('patients, lesions and the classes that occur, in the order of the taxonomy; what has no diagnosis is left out and said', async () => {
  const { info, records, hasPatientIds, notes } = await openMemory(example.files);
  expect(info.classes.map(({ id }) => id)).toEqual(['mel', 'nv', 'bcc', 'ak', 'vasc']);
  expect(records[0]).toMatchObject({ patientId: 'IP_1', lesionId: 'IL_1', dxType: 'histo', age: 40, sex: 'male' });
  expect(records[3]).toMatchObject({ lesionId: 'ISIC_0000004' });
  expect(records[3].patientId).toBeUndefined();
  expect(hasPatientIds).toBe(true);
  expect(notes?.map(({ message }) => message)).toEqual([
    'metadata.csv: one image takes no part, with no diagnosis (row 7).',
  ]);
});

test('kinds of images are chosen by image_type', async () => {
  const ids = async (...imageTypes: string[]) =>
    (await openMemory(example.files, { imageTypes })).records.map(({ imageId }) => imageId.at(-1));
  expect(await ids('dermoscopic')).toEqual(['1', '2', '5']);
  expect(await ids('clinical')).toEqual(['3', '4']);
  expect(await ids('clinical: overview', 'Dermoscopic')).toEqual(['1', '2', '4', '5']);
  const unknown = await refusal(example.files, { imageTypes: ['xray'] });
  expect(unknown).toMatchObject({ code: 'unknown-image-type', hint: expect.stringContaining('dermoscopic (3)') });
});

test('what names the answer is never an input, and columns that nobody knows are not either', async () => {
  const { columns } = await openMemory(example.files);
  const roles = Object.fromEntries(columns!.map(({ name, role }) => [name, role]));
  expect(roles).toMatchObject({
    diagnosis_1: 'never',
    melanocytic: 'never',
    image_type: 'subgroup',
    copyright_license: 'never',
  });
  expect(columns!.filter(({ role }) => role === 'input')).toEqual([]);
});

test('the older columns: diagnosis where the levels say nothing, or benign_malignant alone', async () => {
  const images = imagesOf(['ISIC_1', 'ISIC_2', 'ISIC_3']);
  const both = csv('isic_id,diagnosis_1,diagnosis', 'ISIC_1,,melanoma', 'ISIC_2,,nevus', 'ISIC_3,,AIMP');
  expect(classesById(await openMemory({ 'metadata.csv': both, ...images }))).toEqual({ ISIC_1: 'mel', ISIC_2: 'nv' });
  const two = csv('isic_id,benign_malignant', 'ISIC_1,malignant', 'ISIC_2,benign', 'ISIC_3,indeterminate/benign');
  const dataset = await openMemory({ 'metadata.csv': two, ...images });
  expect(classesById(dataset)).toEqual({ ISIC_1: 'malignant', ISIC_2: 'benign' });
  const odd = await refusal({ 'metadata.csv': two.replace('ISIC_1,malignant', 'ISIC_1,bad'), ...images });
  expect(odd.message).toContain('expected benign, malignant or indeterminate');
});

test('opened again with the classes of a run, labels are theirs', async () => {
  const { info } = await openMemory(example.files);
  const classes = [...info.classes].reverse();
  const again = await openMemory(example.files, { classes });
  expect(again.info.classes).toEqual(classes);
  expect(classesById(again)).toEqual(example.expected.classes);
});
