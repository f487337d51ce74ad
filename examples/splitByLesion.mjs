// A table of one's own, split so that all images of a lesion are on one side; and what happens otherwise.
import { countLesions, parseTable, splitByRule, splitDataset, splitsCsv } from 'lesionlab/data';

// Two photographs of each of 90 lesions; any columns and any names will do.
const lines = Array.from({ length: 180 }, (_, i) => {
  const lesion = Math.floor(i / 2);
  return `photo_${i},patient_${Math.floor(lesion / 2)},lesion_${lesion},${lesion % 3 === 0 ? 'melanoma' : 'nevus'}`;
});
const table = parseTable(['file,patient,lesion,diagnosis', ...lines].join('\n'), 'mine.csv');
const column = (name) => table.columns.indexOf(name);

const classes = ['melanoma', 'nevus'].map((id) => ({ id, name: id }));
const records = table.rows.map(({ cells }) => ({
  imageId: cells[column('file')],
  // What must not be on two sides. Where patients are known, they say more than lesions: put `patient` here.
  lesionId: cells[column('lesion')],
  label: classes.findIndex(({ id }) => id === cells[column('diagnosis')]),
  age: null,
}));

const splits = splitDataset(records, classes, { seed: 0, ratios: [60, 20, 20] });
const of = (split, all = splits) => records.filter((_, i) => all[i] === split);
for (const split of ['train', 'validation', 'test']) {
  const images = of(split);
  const melanomas = images.filter(({ label }) => label === 0).length;
  console.log(`${split}: ${images.length} images of ${countLesions(images)} lesions, ${melanomas} melanomas`);
}

const leaked = (all) => {
  const trained = new Set(of('train', all).map(({ lesionId }) => lesionId));
  return of('test', all).filter(({ lesionId }) => trained.has(lesionId)).length;
};
const byImage = splitByRule(records, classes, { kind: 'images' }, { seed: 0, ratios: [60, 20, 20] });
console.log(`test images of lesions that were trained on: ${leaked(splits)}; split by image: ${leaked(byImage)}`);
console.log(splitsCsv(records, splits, classes).split('\n').slice(0, 3).join('\n'));
