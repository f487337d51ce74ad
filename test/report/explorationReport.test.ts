import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ImageFiles } from '../../src/data/dataset.js';
import { sharpCodec } from '../../src/node/files/codec.js';
import { writeExplorationReport } from '../../src/node/pictures/explorationReport.js';
import { plotDocument } from '../../src/node/pictures/plotDocument.js';
import { renderExploration, syntheticNotice } from '../../src/report/index.js';
import { madeUpExploration } from './fixtures.js';
import { findPageFaults, parsePage } from './structure.js';

const exploration = madeUpExploration();
const unreadable = exploration.sampleImages[2].imageIds[1];

/** Pictures of one colour each; one is broken. */
const images: ImageFiles = {
  imageIds: [],
  has: () => true,
  location: (id) => id,
  byteLength: () => 1,
  fingerprint: (id) => id,
  read: async (id) => {
    if (id === unreadable) return new Uint8Array([1, 2, 3]);
    const data = new Uint8Array(40 * 30 * 3).fill(Number(id.slice(-2)) * 2 + 50);
    return sharpCodec.encodePng({ width: 40, height: 30, channels: 3, data });
  },
  close: async () => {},
};

describe('exploration report', () => {
  let folder: string;
  let written: string[];
  let html: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'lesionlab-exploration-'));
    written = await writeExplorationReport({ exploration, dataset: { images }, outFolder: folder, codec: sharpCodec });
    html = await readFile(join(folder, 'exploration.html'), 'utf8');
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('writes the numbers, a page and one SVG a chart, and says which', async () => {
    expect(written.map((path) => basename(path)).sort()).toEqual((await readdir(folder)).sort());
    expect(written.filter((path) => path.endsWith('.svg'))).toHaveLength(12);
    expect(JSON.parse(await readFile(join(folder, 'exploration.json'), 'utf8'))).toEqual(exploration);
  });

  it('has no faults in its structure', () => {
    expect(findPageFaults(html)).toEqual([]);
  });

  it('shows five images a class, without the one that can’t be read', () => {
    const shown = [...parsePage(html).querySelectorAll('.thumbnails img')];
    expect(shown).toHaveLength(34);
    expect(shown[0].getAttribute('alt')).toContain(exploration.classes[0].name);
    expect(shown[0].getAttribute('src')).toMatch(/^data:image\/jpeg;base64,\/9j\//);
    expect(html).not.toContain(`${unreadable}"`);
  });

  it('shows ten rows, the weights and what the audit found', () => {
    const document = parsePage(html);
    expect(document.querySelectorAll('#rows tbody tr')).toHaveLength(10);
    expect(document.querySelector('#diagnoses table')?.textContent).toContain('4.4696');
    expect(document.querySelector('#quality')?.textContent).toContain(
      'ISIC_0024366 and ISIC_0029861 are the same file.',
    );
  });

  it('says that images are synthetic where they are', () => {
    expect(html).not.toContain(syntheticNotice);
    const page = renderExploration(
      { exploration: madeUpExploration(true), pictures: new Map() },
      { document: plotDocument() },
    );
    expect(page).toContain(syntheticNotice);
    expect(findPageFaults(page)).toEqual([]);
  });

  it('leaves out what class folders don’t have', () => {
    const none = { values: [], classes: [], counts: [] };
    const page = renderExploration(
      {
        exploration: {
          ...exploration,
          dataset: { ...exploration.dataset, hasLesionIds: false },
          sex: [],
          localization: [],
          dxType: [],
          age: null,
          imagesPerLesion: [],
          missingValues: [],
          diagnosisByAge: none,
          diagnosisByDxType: none,
          diagnosisByLocalization: none,
          diagnosisBySex: none,
        },
        pictures: new Map(),
      },
      { document: plotDocument() },
    );
    expect(findPageFaults(page)).toEqual([]);
    const ids = [...parsePage(page).querySelectorAll('main > section')].map(({ id }) => id);
    expect(ids).not.toContain('people');
    expect(ids).toContain('diagnoses');
  });
});
