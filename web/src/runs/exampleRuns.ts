import type { RunRecord } from '../../../src/report/runSummary.js';
import { readSummary } from './readSummary.js';
import { type RunSource, readerError } from './runSource.js';

/** Id of the one run that the page brings along. */
export const exampleId = '~example';
const base = 'example';

/** An entry of images.json: a test image of the run, or a picture of something else. */
type ExampleImage = Omit<RunRecord, 'split'> & { readonly file: string; readonly foreign?: string };

let images: Promise<readonly ExampleImage[]> | undefined;
/** Addresses of images, once images.json was read. */
let files: ReadonlyMap<string, string> = new Map();

/** The example that lies beside the page's own files, on any host: a small network on synthetic images. */
export const exampleRuns: RunSource = {
  live: false,
  async list() {
    return {
      folder: base,
      runs: (await has('config.json')) ? [await exampleRuns.summary(exampleId)] : [],
      problems: [],
    };
  },
  // It brings the test split's evaluation alone.
  summary: (id) => readSummary(exampleRuns.read, id, ['test']),
  async read(_, path) {
    const text = await fetchText(path);
    return text === null ? null : { text };
  },
  imageUrl: (_, imageId) => files.get(imageId) ?? null,
  async records() {
    const known = await listImages();
    return {
      records: known.filter(({ foreign }) => foreign === undefined).map((image) => ({ ...image, split: 'test' })),
    };
  },
  pictureUrl: (_, path) => `${base}/${path}`,
  fileUrl: (_, path) => (path.endsWith('.html') ? null : `${base}/${path}`),
};

function listImages(): Promise<readonly ExampleImage[]> {
  images ??= fetchText('images.json').then((text) => {
    const known = JSON.parse(text ?? '[]') as ExampleImage[];
    files = new Map(known.map(({ imageId, file }) => [imageId, `${base}/${file}`]));
    return known;
  });
  return images;
}

const has = async (path: string) => (await fetchText(path)) !== null;

/** Some hosts answer with a page of their own where a file is missing. */
async function fetchText(path: string): Promise<string | null> {
  const answer = await fetch(`${base}/${path}`).catch((cause) => {
    throw Object.assign(
      readerError('The example could not be fetched.', 'Look at your connection, and load the page again.'),
      {
        cause,
      },
    );
  });
  return answer.ok && !answer.headers.get('content-type')?.includes('html') ? answer.text() : null;
}
