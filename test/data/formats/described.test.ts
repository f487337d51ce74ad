import { expect, test } from 'vitest';
import { classesById, openMemory, refusal } from '../memoryFiles.js';

const images = (...names: string[]) => Object.fromEntries(names.map((name, i) => [name, `image ${i}`]));
const cases =
  'nr;photo;diagnosis;patient;age\n1;IMG_1;Melanoma in situ;P1;50\n2;IMG_2;naevus;P1;60\n3;IMG_3;Nevus;P2;\n';
const yaml = `
name: Our clinic
licence: none
tables: [{file: cases.csv}]
images: [{column: photo}]
label:
  column: diagnosis
  map: {Melanoma in situ: mel, naevus: nv, nevus: nv}
patient: patient
age: age
`;

test('a table of one’s own is read as its description says', async () => {
  const files = { 'dataset.yaml': yaml, 'cases.csv': cases, ...images('IMG_1.jpg', 'IMG_2.jpg', 'IMG_3.jpg') };
  const dataset = await openMemory(files);
  expect(dataset.info).toMatchObject({ id: 'described', name: 'Our clinic', licence: 'none' });
  expect(dataset.info.classes.map(({ id, name, malignant }) => [id, name, malignant])).toEqual([
    ['mel', 'Melanoma', true],
    ['nv', 'Melanocytic naevus', false],
  ]);
  expect(classesById(dataset)).toEqual({ IMG_1: 'mel', IMG_2: 'nv', IMG_3: 'nv' });
  expect(dataset.records.map(({ patientId, age, row }) => [patientId, age, row])).toEqual([
    ['P1', 50, 2],
    ['P1', 60, 3],
    ['P2', null, 4],
  ]);
  expect(dataset).toMatchObject({ hasPatientIds: true, hasLesionIds: false, metadataFile: 'cases.csv', notes: [] });
});

test('it goes before a format that would read the same table', async () => {
  const files = {
    'a/dataset.yaml': 'tables: [{file: t.csv}]\nimages: [{column: image_id}]\nlabel: {column: second}\n',
    'a/t.csv': 'image_id,dx,second\nI1,mel,x\nI2,nv,y\n',
    ...images('a/I1.jpg', 'a/I2.jpg'),
  };
  expect(classesById(await openMemory(files))).toEqual({ I1: 'x', I2: 'y' });
});

test('tables are joined, in a zip too, and a column that both have must say the same', async () => {
  const description = `
tables:
  - file: truth*.csv
  - {file: people.tab, delimiter: tab, header: [pid, sex, lesion], key: pid, matches: patient}
images: [{column: image, by: path, prefix: img-, suffix: _s}]
label: {columns: {MEL: mel, BKL: bkl}, otherwise: nv}
lesion: lesion
sex: sex
`;
  const files = {
    'dataset.yaml': description,
    'truth1.csv': 'image,patient,MEL,BKL\nx/1,A,1,0\nx/2.jpg,B,0.0,0.0\n',
    'truth2.csv': 'MEL,BKL,image,patient\n0,1,y/1,A\n',
    'meta.zip: people.tab': 'A\tf\tL1\nB\tm\tL2\n',
    ...images('x/img-1_s.jpg', 'x/img-2_s.jpg', 'y/img-1_s.png'),
  };
  const dataset = await openMemory(files);
  expect(dataset.records.map(({ imageId, label, lesionId, sex }) => [imageId, label, lesionId, sex])).toEqual([
    ['x/img-1_s', 0, 'L1', 'female'],
    ['img-2_s', 2, 'L2', 'male'],
    ['y/img-1_s', 1, 'L1', 'female'],
  ]);
  expect(dataset.images.location('y/img-1_s')).toBe('y/img-1_s.png');
  const clash = { ...files, 'truth1.csv': 'image,patient,MEL,BKL,sex\nx/1,A,1,0,m\nx/2,B,0,0,m\n' };
  expect((await refusal(clash)).message).toContain('say different things, as in row 2: "m" and "f"');
});

test('several images a row, of which kinds are taken; rows of a case stay together', async () => {
  const description = `
tables: [{file: meta.csv}]
images:
  - {column: derm, by: path, kind: dermoscopic}
  - {column: clinic, by: path, kind: "clinical: close-up"}
take: [dermoscopic]
label: {column: diagnosis, others: leave out, map: {nevus: nv, melanoma: mel}}
split: {files: {train: train.csv, test: test.csv}, rows: true}
`;
  const files = {
    'dataset.yaml': description,
    'meta.csv': 'diagnosis,derm,clinic\nnevus,A/1.JPG,A/2.jpg\nodd,A/3.jpg,\nmelanoma,A/4.jpg,A/5.jpg\n',
    'train.csv': 'indexes\n0\n1\n',
    'test.csv': 'indexes\n2\n',
    ...images('A/1.JPG', 'A/2.jpg', 'A/3.jpg', 'A/4.jpg', 'A/5.jpg'),
  };
  const dermoscopic = await openMemory(files);
  expect(classesById(dermoscopic)).toEqual({ 1: 'nv', 4: 'mel' });
  expect(dermoscopic.records.map(({ officialSplit }) => officialSplit)).toEqual(['train', 'test']);
  expect(dermoscopic.notes?.map(({ message }) => message).join()).toContain('that is none of the classes');
  const both = await openMemory({ ...files, 'dataset.yaml': description.replace('take: [dermoscopic]', '') });
  expect(both.records.map(({ imageId, lesionId, values }) => [imageId, lesionId, values?.image_type])).toEqual([
    ['1', 'case 1', 'dermoscopic'],
    ['2', 'case 1', 'clinical: close-up'],
    ['4', 'case 3', 'dermoscopic'],
    ['5', 'case 3', 'clinical: close-up'],
  ]);
  const clinical = await openMemory(files, { imageTypes: ['clinical'] });
  expect(clinical.records.map(({ imageId }) => imageId)).toEqual(['2', '5']);
});

test('folders alone, with splits, and files that are no images of the data', async () => {
  const description = `
label: {folder: 1, map: {moles: nv, melanoma: mel}}
split: {folder: 2, map: {holdout: test}}
ignore: ["*_lesion.png", thumbs/**]
classes: [{id: mel}, {id: nv, name: Mole}]
`;
  const dataset = await openMemory({
    'data/dataset.yaml': description,
    ...images(
      'data/train/moles/1.png',
      'data/holdout/melanoma/2.png',
      'data/train/moles/1_lesion.png',
      'data/thumbs/x.png',
      'logo/x.png',
    ),
  });
  expect(classesById(dataset)).toEqual({ 1: 'nv', 2: 'mel' });
  expect(dataset.info.classes.map(({ name }) => name)).toEqual(['Melanoma', 'Mole']);
  expect(dataset.records.map(({ imageId, officialSplit }) => [imageId, officialSplit])).toEqual([
    ['2', 'test'],
    ['1', 'train'],
  ]);
  expect(dataset.images.imageIds).toEqual(['1', '2']);
});

test('rows whose cell of an image is empty are left out and told where images may be missing, and refused elsewhere', async () => {
  const lacking = { ...images('IMG_1.jpg', 'IMG_3.jpg'), 'cases.csv': cases.replace('IMG_2', '') };
  const allowed = await openMemory({ 'dataset.yaml': `${yaml}imagesMayBeMissing: true\n`, ...lacking });
  expect(classesById(allowed)).toEqual({ IMG_1: 'mel', IMG_3: 'nv' });
  expect(allowed.notes?.map(({ message }) => message)).toEqual([
    'One row names no image and is left out, as dataset.yaml allows (row 3).',
  ]);
  const error = await refusal({ 'dataset.yaml': yaml, ...lacking });
  expect(`${error.message} ${error.details.join(' ')}`).toContain('row 3');
});

test('a kind of image that the description does not have is named with those that it has', async () => {
  const description = yaml.replace('[{column: photo}]', '[{column: photo, kind: overview}]');
  const files = { 'dataset.yaml': description, 'cases.csv': cases, ...images('IMG_1.jpg', 'IMG_2.jpg', 'IMG_3.jpg') };
  await expect(openMemory(files, { imageTypes: ['dermoscopic'] })).rejects.toMatchObject({
    code: 'unknown-image-type',
    hint: 'There are overview.',
  });
});

test('levels, filters, marks for what is missing, weights, exclusions, roles and duplicates', async () => {
  const description = `
tables: [{file: m.csv}]
images: [{column: id}]
imagesMayBeMissing: true
label: {levels: [d1, d2], map: {Benign: benign, Nevus: nv, Melanoma: mel}}
filters: [{column: type, only: [dermoscopic]}, {column: quality, not: [bad]}]
exclude: [{image: I5, because: blurred}]
missing: [XX]
weight: w
lesion: lesion
columns: {size: input, camera: subgroup, biopsed: never}
duplicates: [{file: dup.csv, columns: [a, b]}, {file: same.csv, columns: [image], group: set}]
split: {column: part, map: {a: train, b: none}}
`;
  const rows = [
    'id,d1,d2,type,quality,w,lesion,size,camera,biopsed,part',
    'I1,Benign,Nevus,dermoscopic,good,1,L1,3.5,A,yes,a',
    'I2,Benign,,dermoscopic,good,0,XX,XX,B,no,b',
    'I3,Malignant,Melanoma,dermoscopic,bad,1,L3,1,A,yes,a',
    'I4,Malignant,Melanoma,clinical,good,1,L4,1,A,yes,a',
    'I5,Malignant,Melanoma,dermoscopic,good,1,L4,1,A,yes,a',
    'I6,Malignant,Melanoma,dermoscopic,good,1,L1,1,A,yes,',
    'I7,Malignant,Melanoma,dermoscopic,good,1,L4,1,A,yes,a',
  ];
  const dataset = await openMemory({
    'dataset.yml': description,
    'm.csv': rows.join('\n'),
    'dup.csv': 'a,b\nI1.jpg,I2.jpg\nI1,I9\n',
    'same.csv': 'image,set\nI2,1\nI6,1\nI1,2\n',
    ...images('I1.jpg', 'I2.jpg', 'I6.jpg'),
  });
  expect(classesById(dataset)).toEqual({ I1: 'nv', I2: 'benign', I6: 'mel' });
  expect(dataset.absent).toEqual(['I7']);
  expect(
    dataset.records.map(({ lesionId, scoreWeight, officialSplit }) => [lesionId, scoreWeight, officialSplit]),
  ).toEqual([
    ['L1', 1, 'train'],
    ['I2', 0, undefined],
    ['L1', 1, undefined],
  ]);
  expect(dataset.columns).toEqual([
    { name: 'size', kind: 'number', role: 'input' },
    { name: 'camera', kind: 'text', role: 'subgroup' },
    { name: 'biopsed', kind: 'text', role: 'never' },
  ]);
  expect(dataset.records[1].values).toEqual({ size: null, camera: 'B', biopsed: 'no' });
  expect(dataset.links).toEqual([
    { kind: 'listed', imageIds: ['I1', 'I2'], because: 'dup.csv' },
    { kind: 'listed', imageIds: ['I2', 'I6'], because: 'same.csv' },
  ]);
  expect(dataset.notes?.map(({ message }) => message)).toEqual(['dataset.yml leaves out one image: I5 (blurred).']);
});

const files = { 'cases.csv': cases, ...images('IMG_1.jpg', 'IMG_2.jpg', 'IMG_3.jpg') };

test.each([
  [
    'a key that is not there',
    yaml.replace('patient:', 'pateint:'),
    'pateint (line 9): there is no such key at the top; did you mean patient?',
  ],
  ['a value of another kind', yaml.replace('age: age', 'age: 3'), 'age (line 10): expected a text, found 3'],
  [
    'a column that is not there',
    yaml.replace('column: diagnosis', 'column: diagnose'),
    'label.column (line 7): there is no column diagnose in cases.csv; did you mean diagnosis?',
  ],
  [
    'a table that is not there',
    yaml.replace('cases.csv', 'case.csv'),
    'tables.0.file (line 4): there is no file case.csv in data; did you mean cases.csv?',
  ],
  [
    'two ways to say the label',
    `${yaml}`.replace('  map:', '  folder: 1\n  map:'),
    'label.folder (line 8): expected only one of column, columns, levels, folder, found column and folder',
  ],
  ['no YAML', 'tables: [{file: a.csv}\nlabel: {folder: 1}', 'line 2: it is not indented'],
  [
    'no label',
    yaml.replace(/label:[\s\S]*nv}\n/, ''),
    'label: expected a group of settings, indented below it, but it is missing',
  ],
  [
    'a class that is not among the classes',
    `${yaml}classes: [{id: mel}, {id: naevus}]\n`,
    'label.map.naevus (line 8): there is no class nv',
  ],
])('%s is said with its line', async (_, text, expected) => {
  const error = await refusal({ 'dataset.yaml': text, ...files });
  expect(error).toMatchObject({ code: 'bad-description', exitStatus: 3 });
  expect([error.message, ...error.details].join('\n')).toContain(expected);
});

test('a diagnosis that the map lacks is named with its row', async () => {
  const error = await refusal({ 'dataset.yaml': yaml.replace(', nevus: nv', ''), ...files });
  expect(error.message).toBe(
    'cases.csv, row 4: image IMG_3 has diagnosis "Nevus", expected one of Melanoma in situ, naevus, mel, nv.',
  );
  expect(error.hint).toContain('label.map in dataset.yaml');
});

test('two descriptions side by side are refused, one further down is not read', async () => {
  expect(await refusal({ 'a/dataset.yaml': yaml, 'b/dataset.yaml': yaml, ...files })).toMatchObject({
    code: 'two-descriptions',
  });
  expect((await openMemory({ 'dataset.yaml': yaml, 'b/dataset.yaml': 'x', ...files })).records).toHaveLength(3);
});

test('cells that say nothing can be filtered by "", whatever mark stands there, and a list of what is no text is told so', async () => {
  const table = 'photo,diagnosis,age\nIMG_1,mel,50\nIMG_2,nv,NA\nIMG_3,nv,xx\nIMG_4,nv,k.A.\n';
  const all = images('IMG_1.jpg', 'IMG_2.jpg', 'IMG_3.jpg', 'IMG_4.jpg');
  const read = (filters: string) =>
    openMemory({
      'dataset.yaml': `tables: [{file: t.csv}]\nimages: [{column: photo}]\nlabel: {column: diagnosis}\nmissing: [xx]\n${filters}`,
      't.csv': table,
      ...all,
    });
  expect(Object.keys(classesById(await read('filters: [{column: age, not: [""]}]')))).toEqual(['IMG_1']);
  expect(Object.keys(classesById(await read('filters: [{column: age, only: [""]}]')))).toEqual([
    'IMG_2',
    'IMG_3',
    'IMG_4',
  ]);
  const error = await read('filters: [{column: age, not: [5]}]').catch((reason: Error) => reason);
  expect((error as Error).message).toContain('filters.0.not.0 (line 5): expected a text, found 5');
});

test('a class that nothing is of is named; a word that would say nothing is a class where the map says so', async () => {
  const rest = {
    't.csv': 'photo,dx\nIMG_1,mel\nIMG_2,nv\nIMG_3,none\n',
    ...images('IMG_1.jpg', 'IMG_2.jpg', 'IMG_3.jpg'),
  };
  const begin = 'tables: [{file: t.csv}]\nimages: [{column: photo}]\n';
  const empty = await openMemory({
    'dataset.yaml': `${begin}label: {column: dx, map: {mel: mel, nv: nv, wart: wart}, others: leave out}\n`,
    ...rest,
  });
  expect(empty.notes?.map(({ message }) => message)).toEqual([
    't.csv: one image takes no part, with no diagnosis (dx) (row 4).',
    'Class wart has no image, and stays since dataset.yaml names it: take it out of label there, unless other data has such images.',
  ]);
  const named = await openMemory({
    'dataset.yaml': `${begin}label: {column: dx, map: {mel: mel, nv: nv, none: healthy}}\n`,
    ...rest,
  });
  expect(classesById(named)).toEqual({ IMG_1: 'mel', IMG_2: 'nv', IMG_3: 'healthy' });
});

test('a row of several images that stands twice, word for word, is one case', async () => {
  const dataset = await openMemory({
    'dataset.yaml':
      'tables: [{file: t.csv}]\nimages: [{column: a, kind: dermoscopic}, {column: b, kind: clinical}]\nlabel: {column: dx}\n',
    't.csv': 'a,b,dx\nA1,B1,mel\nA2,B2,nv\nA1,B1,mel\n',
    ...images('A1.jpg', 'A2.jpg', 'B1.jpg', 'B2.jpg'),
  });
  expect(dataset.records.map(({ imageId, lesionId }) => `${imageId} ${lesionId}`)).toEqual([
    'A1 case 1',
    'B1 case 1',
    'A2 case 2',
    'B2 case 2',
  ]);
  expect(dataset.notes?.map(({ message }) => message)).toEqual([
    't.csv: one row stands there twice, word for word, and counts once (row 4 as row 2).',
  ]);
});
