import { describe, expect, test } from 'vitest';
import { canonicalImageId } from '../../../src/data/canonicalImageId.js';
import type { ClassInfo, Dataset, ImageRecord } from '../../../src/data/dataset.js';
import { ham10000Info } from '../../../src/data/formats/ham10000.js';
import { groupImages } from '../../../src/data/groups/imageGroups.js';
import { describeJoin } from '../../../src/data/joining/describeJoin.js';
import { joinDatasets } from '../../../src/data/joining/joinDatasets.js';
import { thrown } from '../../thrown.js';
import { filesInMemory } from '../makeDataset.js';

const named = (ids: readonly string[]): ClassInfo[] => ids.map((id) => ({ id, name: id }));
const isic2019 = named(['MEL', 'NV', 'BCC', 'AK', 'BKL', 'DF', 'VASC', 'SCC']);

interface Row {
  readonly id: string;
  readonly dx: string;
  readonly lesion?: string;
  readonly patient?: string;
}

function datasetOf(
  id: string,
  classes: readonly ClassInfo[],
  rows: readonly Row[],
  more: Partial<Dataset> = {},
): Dataset {
  const records = rows.map(
    (row): ImageRecord => ({
      imageId: row.id,
      lesionId: row.lesion ?? row.id,
      label: classes.findIndex((known) => known.id === row.dx),
      age: null,
      ...(row.patient !== undefined && { patientId: row.patient }),
    }),
  );
  return {
    info: { id, name: id.toUpperCase(), classes, synthetic: false },
    records,
    images: filesInMemory(new Map(rows.map((row, i) => [row.id, Uint8Array.of(id.length, i)]))),
    metadataFile: `${id}.csv`,
    hasLesionIds: rows.some(({ lesion }) => lesion !== undefined),
    ...more,
  };
}
const ham = (rows: readonly Row[]) => datasetOf('ham10000', ham10000Info.classes, rows);
const classOf = (dataset: Dataset) =>
  Object.fromEntries(dataset.records.map(({ imageId, label }) => [imageId, dataset.info.classes[label].id]));

describe('joinDatasets', () => {
  test('takes an image of the archive once, with what the other dataset knows of it', async () => {
    const first = datasetOf('isic2017', named(['melanoma', 'nevus']), [
      { id: 'ISIC_0000001', dx: 'melanoma' },
      { id: 'ISIC_0000002', dx: 'nevus' },
    ]);
    const second = datasetOf('isic2019', isic2019, [
      { id: 'ISIC_0000001_downsampled', dx: 'MEL', lesion: 'MSK4_0000007' },
      { id: 'ISIC_0000009', dx: 'NV', lesion: 'MSK4_0000007' },
    ]);
    const joined = joinDatasets([{ dataset: first }, { dataset: second }]);
    expect(joined.records.map(({ imageId, lesionId, source }) => [imageId, lesionId, source])).toEqual([
      ['ISIC_0000001', 'MSK4_0000007', 'isic2017'],
      ['ISIC_0000002', 'ISIC_0000002', 'isic2017'],
      ['ISIC_0000009', 'MSK4_0000007', 'isic2019'],
    ]);
    expect(classOf(joined)).toEqual({ ISIC_0000001: 'mel', ISIC_0000002: 'nv', ISIC_0000009: 'nv' });
    expect(joined.joined.sources.map(({ same }) => same)).toEqual([0, 1]);
    expect([...(await joined.images.read('ISIC_0000001'))]).toEqual([8, 0]);
    expect(joined.images.imageIds).toEqual(['ISIC_0000001', 'ISIC_0000002', 'ISIC_0000009']);
    expect(joined.hasLesionIds).toBe(true);
  });

  test('tells actinic keratosis from carcinoma by image where the other dataset does', () => {
    const joined = joinDatasets([
      {
        dataset: ham([
          { id: 'ISIC_0000001', dx: 'akiec', lesion: 'HAM_0000001' },
          { id: 'ISIC_0000002', dx: 'akiec', lesion: 'HAM_0000002' },
          { id: 'ISIC_0000003', dx: 'nv', lesion: 'HAM_0000003' },
        ]),
      },
      {
        dataset: datasetOf('isic2019', isic2019, [
          { id: 'ISIC_0000001', dx: 'AK', lesion: 'HAM_0000001' },
          { id: 'ISIC_0000002', dx: 'SCC', lesion: 'HAM_0000002' },
          { id: 'ISIC_0000003', dx: 'MEL', lesion: 'HAM_0000003' },
          { id: 'ISIC_0000008', dx: 'SCC', lesion: 'BCN_0000008' },
        ]),
      },
    ]);
    expect(classOf(joined)).toEqual({
      ISIC_0000001: 'ak',
      ISIC_0000002: 'scc',
      ISIC_0000003: 'nv',
      ISIC_0000008: 'scc',
    });
    expect(joined.joined.classes.find(({ from }) => from === 'akiec')).toEqual({
      source: 'ham10000',
      from: 'akiec',
      images: 2,
      to: { ak: 1, scc: 1 },
    });
    expect(joined.joined.contradictions).toEqual([
      { imageId: 'ISIC_0000003', says: { ham10000: 'nv', isic2019: 'MEL' } },
    ]);
    const text = describeJoin(joined.joined).join('\n');
    expect(text).toContain('ham10000 akiec -> by image ak (1), scc (1)');
    expect(text).toContain('ISIC_0000003: nv in ham10000, MEL in isic2019');
    expect(text).toContain('isic2019 (ISIC2019): 4 images; 3 images also in an earlier one and taken from there.');
  });

  test('calls a carcinoma what the dataset calls it that tells it apart, and links nothing that is together already', () => {
    const joined = joinDatasets([
      {
        dataset: ham([
          { id: 'ISIC_0000001', dx: 'akiec', lesion: 'HAM_0000001' },
          { id: 'ISIC_0000002', dx: 'akiec', lesion: 'HAM_0000002' },
          { id: 'ISIC_0000004', dx: 'akiec', lesion: 'HAM_0000002' },
        ]),
      },
      {
        dataset: datasetOf('isic2019', isic2019, [
          { id: 'ISIC_0000001', dx: 'AK', lesion: 'HAM_0000001' },
          { id: 'ISIC_0000002', dx: 'SCC', lesion: 'HAM_0000002' },
          { id: 'ISIC_0000004', dx: 'SCC', lesion: 'HAM_0000002' },
        ]),
      },
    ]);
    expect(classOf(joined)).toEqual({ ISIC_0000001: 'ak', ISIC_0000002: 'scc', ISIC_0000004: 'scc' });
    expect(joined.links).toEqual([]);
  });

  test('takes classes together that overlap where no image says more', () => {
    const joined = joinDatasets([
      {
        dataset: ham([
          { id: 'a', dx: 'akiec' },
          { id: 'b', dx: 'bkl' },
          { id: 'c', dx: 'nv' },
        ]),
      },
      {
        dataset: datasetOf('padufes20', named(['ACK', 'SCC', 'SEK', 'NEV']), [
          { id: 'd', dx: 'ACK' },
          { id: 'e', dx: 'SCC' },
          { id: 'f', dx: 'SEK' },
          { id: 'g', dx: 'NEV' },
        ]),
      },
    ]);
    expect(classOf(joined)).toEqual({ a: 'akscc', b: 'bkl', c: 'nv', d: 'akscc', e: 'akscc', f: 'bkl', g: 'nv' });
    expect(joined.info.classes.map(({ id }) => id)).toEqual(['akscc', 'bkl', 'nv']);
  });

  test('gives ids that several datasets have the name of theirs, in each, and keeps lesions and patients apart', () => {
    const clinic = (id: string) =>
      datasetOf(id, named(['nevus', 'melanoma', 'Wart']), [
        { id: '001', dx: 'nevus', lesion: '1', patient: '7' },
        { id: `only-${id}`, dx: 'melanoma', lesion: '1', patient: 'IP_1234567' },
        { id: 'x', dx: 'Wart' },
      ]);
    const joined = joinDatasets([{ dataset: clinic('one') }, { dataset: clinic('two') }]);
    expect(joined.records.map(({ imageId, lesionId, patientId }) => [imageId, lesionId, patientId])).toEqual([
      ['one__001', 'one__1', 'one__7'],
      ['only-one', 'one__1', 'IP_1234567'],
      ['one__x', 'one__x', undefined],
      ['two__001', 'two__1', 'two__7'],
      ['only-two', 'two__1', 'IP_1234567'],
      ['two__x', 'two__x', undefined],
    ]);
    // A patient of the archive is one person, whatever dataset the images are in.
    expect(groupImages(joined.records, 3).map(({ indices }) => indices)).toEqual([[0, 1, 3, 4], [2], [5]]);
    expect(joined.info.classes.map(({ id }) => id)).toEqual(['mel', 'nv', 'Wart']);
    expect(joined.joined.sources.map(({ renamed }) => renamed)).toEqual([2, 2]);
    expect(joined.images.has('two__001')).toBe(true);
    expect(joined.images.has('001')).toBe(false);
  });

  test('connects lesions of other names that share an image', () => {
    const joined = joinDatasets([
      {
        dataset: ham([
          { id: 'ISIC_0000001', dx: 'nv', lesion: 'HAM_0000001' },
          { id: 'ISIC_0000005', dx: 'mel', lesion: 'HAM_0000005' },
        ]),
      },
      {
        dataset: datasetOf('isic2020', named(['benign', 'malignant']), [
          { id: 'ISIC_0000001', dx: 'benign', lesion: 'IL_0000001', patient: 'IP_0000001' },
          { id: 'ISIC_0000002', dx: 'benign', lesion: 'IL_0000001', patient: 'IP_0000001' },
        ]),
      },
    ]);
    expect(joined.links).toEqual([
      { kind: 'listed', imageIds: ['ISIC_0000001', 'ISIC_0000002'], because: 'lesion IL_0000001 of isic2020' },
    ]);
    expect(joined.records[0].patientId).toBe('IP_0000001');
    expect(groupImages(joined.records, 2, { links: joined.links }).map(({ indices }) => indices)).toEqual([
      [0, 2],
      [1],
    ]);
  });

  test('warns where the dataset says what the class is', () => {
    const rows = (dx: string, from: number) => Array.from({ length: 30 }, (_, i) => ({ id: `i${from + i}`, dx }));
    const joined = joinDatasets([
      { dataset: ham([...rows('nv', 0), ...rows('mel', 100).slice(0, 3)]) },
      {
        dataset: datasetOf('other', named(['melanoma', 'nevus']), [
          ...rows('melanoma', 200),
          ...rows('nevus', 300).slice(0, 3),
        ]),
      },
    ]);
    const { table } = joined.joined;
    expect(table.counts).toEqual([
      [3, 30],
      [30, 3],
    ]);
    // Two by two: V is the correlation of the two columns.
    expect(table.cramersV).toBeCloseTo((30 * 30 - 3 * 3) / (33 * 33), 10);
    expect([table.guessed, table.majority]).toEqual([60 / 66, 0.5]);
    expect(table.warning).toContain(
      "Cramér's V 0.82; guessing by the dataset alone is right for 90.9%, without it for 50.0%",
    );
    expect(table.warning).not.toContain('only from');
    const even = joinDatasets([
      { dataset: ham([...rows('nv', 0), ...rows('mel', 100)]) },
      { dataset: datasetOf('other', named(['melanoma', 'nevus']), [...rows('melanoma', 200), ...rows('nevus', 300)]) },
    ]);
    expect(even.joined.table.warning).toBeNull();
  });

  test('refuses one dataset, and classes that leave nothing to tell apart', () => {
    const dataset = ham([{ id: 'a', dx: 'nv' }]);
    expect(thrown(() => joinDatasets([{ dataset }]))).toMatchObject({ code: 'too-few-datasets' });
    const other = datasetOf('other', named(['nevus']), [{ id: 'b', dx: 'nevus' }]);
    expect(thrown(() => joinDatasets([{ dataset }, { dataset: other }]))).toMatchObject({
      kind: 'data',
      code: 'one-class',
    });
  });
});

test('ids of the archive are the same however a copy is called, others are nobody else’s', () => {
  for (const id of ['ISIC_0000017', 'ISIC_0000017_downsampled', 'isic_0000017.JPG', 'train/ISIC_0000017.jpeg'])
    expect(canonicalImageId(id)).toBe('ISIC_0000017');
  for (const id of ['ISIC_17', 'ISIC_00000171', 'IMD002', 'my_ISIC_0000017b', '0000017'])
    expect(canonicalImageId(id)).toBeUndefined();
});

test('a hundred thousand images take seconds, as many times longer as there are more', { timeout: 20_000 }, () => {
  const rows = (letter: string, dx: readonly string[]) =>
    Array.from({ length: 50_000 }, (_, i) => ({ id: `${letter}${i}`, dx: dx[i % dx.length] }));
  const began = performance.now();
  const joined = joinDatasets([
    { dataset: datasetOf('isic2017', named(['melanoma', 'nevus']), rows('a', ['melanoma', 'nevus'])) },
    { dataset: datasetOf('isic2020', named(['benign', 'malignant']), rows('b', ['benign', 'malignant'])) },
  ]);
  expect(joined.records).toHaveLength(100_000);
  expect(joined.info.classes.map(({ id }) => id)).toEqual(['mel', 'benign']);
  // It took minutes when each image brought the classes of all before it.
  expect(performance.now() - began).toBeLessThan(15_000);
});
