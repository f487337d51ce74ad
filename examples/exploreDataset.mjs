// A dataset opened and looked at: what is in it, what is missing, and which of its files are unusable.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { auditDataset, exploreDataset } from 'lesionlab/data';
import { createContext, exploreStep, openDataset, writeSyntheticDataset } from 'lesionlab/node';

const folder = await mkdtemp(join(tmpdir(), 'lesionlab-example-'));
const data = join(folder, 'data');
await writeSyntheticDataset(data, { images: 140, size: [64, 48] });

// HAM10000, ISIC 2018, folders of classes, a table with images: the folder itself says what it is. Zips are read as they are.
const dataset = await openDataset(data);
console.log(
  `${dataset.info.name}: ${dataset.records.length} images, classes ${dataset.info.classes.map(({ id }) => id)}`,
);
const [first] = dataset.records;
console.log(`${first.imageId}: lesion ${first.lesionId}, ${first.age} years, ${first.localization}`);
const bytes = await dataset.images.read(first.imageId);
console.log(
  `${dataset.images.location(first.imageId).slice(folder.length + 1)}: ${bytes.length > 0 ? 'readable' : 'empty'}`,
);

// Counts as objects.
const seen = await auditDataset(dataset, { decode: false });
const { classes, missingValues } = exploreDataset(dataset, { audit: seen, seed: 0 });
for (const { dx, images, lesions } of classes) console.log(`${dx.padEnd(6)} ${images} images of ${lesions} lesions`);
for (const { column, missing } of missingValues) console.log(`${column}: ${missing} missing`);

// Or charts, a page and an audit that decodes every image.
const { audit, files } = await exploreStep(createContext(), dataset, join(folder, 'exploration'));
console.log(`${audit.findings.length} findings, ${files.length} files written`);
await dataset.images.close();
await rm(folder, { recursive: true });
