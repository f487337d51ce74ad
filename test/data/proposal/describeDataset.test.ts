import { expect, test } from 'vitest';
import { readDescription } from '../../../src/data/description/readDescription.js';
import { describeDataset, readDescribed } from '../../../src/data/proposal/describeDataset.js';
import { example as derm7pt } from '../formats/examples/derm7pt.js';
import { example as dermNet } from '../formats/examples/dermNet.js';
import { imagesOf } from '../formats/formatExample.js';
import { memoryFiles } from '../memoryFiles.js';

/** A clinic's own table: 40 images of 20 lesions of 10 patients, with a second table of the patients. */
function clinic() {
  const rows = Array.from({ length: 40 }, (_, i) => {
    const [lesion, patient] = [Math.floor(i / 2), Math.floor(i / 4)];
    const melanoma = lesion % 4 === 0;
    return [
      String(i + 1),
      `IMG_${String(i + 1).padStart(4, '0')}`,
      `P${patient}`,
      `L${lesion}`,
      melanoma ? 'Melanom' : lesion % 4 === 1 ? 'Fibrom' : 'Naevus',
      melanoma ? 'ja' : 'nein',
      melanoma ? `0.${i}` : '',
      String(3 + (i % 7)),
      ['A', 'B'][i % 2],
      `seen on day ${i}, by Dr. ${i * 7}`,
      'x',
    ].join(';');
  });
  const header = 'Nr;Datei;Patient_Nr;Lesion;Diagnose;exzidiert;Tiefe;Groesse_mm;Kamera;Bemerkung;Klinik';
  const people = Array.from({ length: 10 }, (_, i) => `P${i},${['m', 'w'][i % 2]},${40 + i}`);
  return {
    'faelle.csv': [header, ...rows].join('\n'),
    'patienten.csv': ['Patient_Nr,Geschlecht,Alter', ...people].join('\n'),
    ...imagesOf(Array.from({ length: 40 }, (_, i) => `fotos/IMG_${String(i + 1).padStart(4, '0')}`)),
  };
}

const describe = (files: Record<string, string | Uint8Array>) => describeDataset('data', memoryFiles(files));

test('a clinic’s tables: what each column is, which give the answer away, and a description that reads them', async () => {
  const proposal = await describe(clinic());
  expect(proposal.readAs).toBeUndefined();
  const roles = Object.fromEntries(proposal.columns.map(({ column, role }) => [column, role]));
  expect(roles).toEqual({
    nr: 'left out',
    datei: 'image',
    patient_nr: 'patient',
    lesion: 'lesion',
    diagnose: 'label',
    exzidiert: 'never',
    tiefe: 'never',
    groesse_mm: 'input',
    kamera: 'subgroup',
    bemerkung: 'left out',
    klinik: 'left out',
    geschlecht: 'sex',
    alter: 'age',
  });
  expect(proposal.leaks.map(({ column }) => column)).toEqual(['exzidiert', 'tiefe']);
  const because = (key: string) => proposal.beliefs.find((belief) => belief.key === key)?.because;
  expect(because('images.0.column')).toBe('40 of its 40 values are names of image files that are there.');
  expect(because('patient')).toContain('10 different values in 40 rows');
  expect(because('tables.1.file')).toContain('100% of the values of patient_nr');
  expect(proposal.trial).toMatchObject({
    images: 40,
    missing: 0,
    patients: 10,
    lesions: 20,
    classes: [
      { id: 'Fibrom', images: 10 },
      { id: 'mel', images: 10 },
      { id: 'nv', images: 20 },
    ],
  });
  expect(proposal.questions.join('\n')).toContain(
    'Which of the classes are malignant? It is not known of Fibrom: write',
  );
});

test('the text that is written is what was believed, with the reasons as comments', async () => {
  const files = clinic();
  const { text, description } = await describe(files);
  expect(readDescription(text!).description).toEqual(description);
  expect(text).toContain('# It is named for a patient and has 10 different values');
  const dataset = await readDescribed('data', memoryFiles(files), text!);
  expect(dataset.records[0]).toMatchObject({
    imageId: 'IMG_0001',
    patientId: 'P0',
    lesionId: 'L0',
    sex: 'male',
    age: 40,
  });
  expect(dataset.columns?.map(({ name, role }) => [name, role])).toEqual([
    ['exzidiert', 'never'],
    ['tiefe', 'never'],
    ['groesse_mm', 'input'],
    ['kamera', 'subgroup'],
  ]);
});

test('file names with something before the id, rows without images, and no groups: each is said', async () => {
  const rows = Array.from({ length: 12 }, (_, i) => `${100 + i},${i % 2 ? 'nv' : 'mel'}`);
  const files = {
    't.csv': ['number,dx', ...rows].join('\n'),
    ...imagesOf(Array.from({ length: 10 }, (_, i) => `scan-${100 + i}_v2`)),
  };
  const { description, trial, questions } = await describe(files);
  expect(description?.images).toEqual([{ column: 'number', prefix: 'scan-', suffix: '_v2' }]);
  expect(trial).toMatchObject({ images: 10, missing: 2 });
  expect(questions.join('\n')).toContain('No column says which images are of one patient or of one lesion');
  expect(questions.join('\n')).toContain('2 of 12 images in number are not there');
});

test('columns of 0 and 1 are a diagnosis together, and rows without a 1 a class to be named', async () => {
  const rows = ['1,1,0,0', '2,0,1,0', '3,0,0,1', '4,0,0,1', '5,0,1,0', '6,1,0,0'];
  const files = {
    'truth.csv': ['image,mel,nv,bkl', ...rows.map((row) => `I${row}`)].join('\n'),
    ...imagesOf(['I1', 'I2', 'I3', 'I4', 'I5', 'I6']),
  };
  const whole = await describe(files);
  expect(whole.description?.label).toEqual({ columns: { mel: 'mel', nv: 'nv', bkl: 'bkl' } });
  const none = await describe({ ...files, 'truth.csv': files['truth.csv'].replace('I3,0,0,1', 'I3,0,0,0') });
  expect(none.description?.label.otherwise).toBe('other');
  expect(none.questions.join()).toContain('What is a row without any 1?');
});

test('a coarser diagnosis beside the one that is read is never an input, and other words for a class are known', async () => {
  const rows = Array.from({ length: 60 }, (_, i) => {
    const name = ['Basalioma', 'nevus', 'psoriasis', 'Seborrheic_Keratosis'][i % 4];
    return `I${i},${name},${['tumour', 'tumour', 'inflammation', 'tumour'][i % 4]},${i % 3 ? 'f' : 'm'}`;
  });
  const { description, columns } = await describe({
    't.csv': ['image,condition_class,kind,sex', ...rows].join('\n'),
    ...imagesOf(Array.from({ length: 60 }, (_, i) => `I${i}`)),
  });
  expect(description?.label.map).toEqual({
    Basalioma: 'bcc',
    nevus: 'nv',
    psoriasis: 'psoriasis',
    Seborrheic_Keratosis: 'sk',
  });
  expect(columns.find(({ column }) => column === 'kind')).toMatchObject({
    role: 'never',
    because: expect.stringContaining('follows from the diagnosis'),
  });
});

test('a published dataset is known as such, and what comes nearest is named where none is', async () => {
  expect((await describe({ ...derm7pt.files })).readAs).toEqual({
    id: 'derm7pt',
    name: expect.stringContaining('Derm7pt'),
  });
  const files = {
    'metadata.csv': 'img_id,patient_id,finding\na.png,P1,NEV\nb.png,P1,MEL\nc.png,P2,NEV\nd.png,P3,MEL\n',
    ...imagesOf(['a', 'b', 'c', 'd'], (id) => `${id}.png`),
  };
  const { nearest } = await describe(files);
  expect(nearest).toEqual({ name: 'PAD-UFES-20', missing: ['diagnostic'], more: ['finding'] });
});

test('folders of classes and splits', async () => {
  const { description, trial, readAs } = await describe({ ...dermNet.files });
  expect(readAs?.id).toBe('dermnet');
  expect(description).toMatchObject({ label: { folder: 1 }, split: { folder: 2 } });
  expect(trial).toMatchObject({ images: 10, splits: { train: 5, test: 5 } });
});

test('where nothing says a diagnosis there is no description', async () => {
  const { description, text, questions } = await describe({ 'a.csv': 'id,size\n1,2\n', ...imagesOf(['x', 'y']) });
  expect([description, text]).toEqual([undefined, undefined]);
  expect(questions[0]).toContain('nothing here says a diagnosis');
});

test('a description that lies there is not looked at', async () => {
  const proposal = await describe({ ...clinic(), 'dataset.yaml': 'nonsense' });
  expect(proposal.trial).toMatchObject({ images: 40 });
});

test('tables of one form in the folders of splits are one, and the folders say the split', async () => {
  const lines = (from: number, to: number) =>
    Array.from({ length: to - from }, (_, i) =>
      JSON.stringify({ file_name: `${from + i}.jpg`, label: i % 2 ? 'mel' : 'nv', patient: `P${(from + i) >> 1}` }),
    ).join('\n');
  const files = {
    'train/metadata.jsonl': lines(0, 12),
    'test/metadata.jsonl': lines(12, 20),
    ...imagesOf(Array.from({ length: 20 }, (_, i) => `${i < 12 ? 'train' : 'test'}/${i}`)),
  };
  const { description, trial, questions } = await describe(files);
  expect(description).toMatchObject({
    tables: [{ file: '*/metadata.jsonl' }],
    split: { folder: 1 },
    patient: 'patient',
  });
  expect(trial).toMatchObject({ images: 20, patients: 10, splits: { train: 12, test: 8 } });
  expect(questions.join(' ')).not.toContain('metadata.jsonl');
});

test('marks of cells that say nothing are found, asked about and no class: in German, among numbers, out of all range', async () => {
  const rows = Array.from({ length: 24 }, (_, i) => {
    const nothing = i % 8 === 7;
    const age = nothing ? '999' : i % 6 === 5 ? 'xx' : String(30 + i);
    const dx = i === 3 ? 'k.A.' : i % 2 ? 'Melanom' : 'Nävus';
    return [`f${i}.jpg`, `P${i >> 1}`, dx, age, i % 5 ? 'männlich' : 'xx', i % 2 ? 'links' : 'rechts'].join(';');
  });
  const files = {
    'export.csv': ['Bild;Patient;Diagnose;Alter;Geschlecht;Seite', ...rows].join('\n'),
    ...imagesOf(Array.from({ length: 24 }, (_, i) => `fotos/f${i}`)),
  };
  const { description, questions, trial } = await describe(files);
  expect([...(description?.missing ?? [])].sort()).toEqual(['999', 'k.A.', 'xx']);
  expect(description?.label).toMatchObject({ map: { Melanom: 'mel', Nävus: 'nv' }, others: 'leave out' });
  expect(trial).toMatchObject({ images: 23, classes: [{ id: 'mel' }, { id: 'nv' }] });
  expect(questions.join('\n')).toContain('mean that nothing is known?');
  expect(questions.join('\n')).toContain('one row has no diagnosis and is left out');
});

test('words that mean the same in many columns are no marks', async () => {
  const rows = Array.from({ length: 20 }, (_, i) =>
    [
      `f${i}`,
      i % 2 ? 'mel' : 'nv',
      i % 3 ? 'absent' : 'regular',
      i % 4 ? 'absent' : 'irregular',
      i % 5 ? 'absent' : 'typical',
      String(-1 - (i % 4)),
    ].join(','),
  );
  const files = {
    'cases.csv': ['image,diagnosis,network,streaks,dots,shade', ...rows].join('\n'),
    ...imagesOf(Array.from({ length: 20 }, (_, i) => `f${i}`)),
  };
  expect((await describe(files)).description?.missing).toBeUndefined();
});
