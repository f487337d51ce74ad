import { describe, expect, it } from 'vitest';
import type { Dataset } from '../../../src/data/dataset.js';
import { countLesions } from '../../../src/data/groups/imageGroups.js';
import { metadataFolder } from '../../realData.js';
import { openMemory, refusal } from '../memoryFiles.js';
import { tablesOf as tablesFrom, withImages } from './publishedTables.js';

const folder = metadataFolder();
const tablesOf = (name: string) => tablesFrom(folder!, name);
const countBy = <T extends string | number | undefined>(values: readonly T[]) => {
  const counts: Record<string, number> = {};
  for (const value of values) counts[String(value)] = (counts[String(value)] ?? 0) + 1;
  return counts;
};
const countClasses = ({ info, records }: Dataset) => countBy(records.map(({ label }) => info.classes[label].id));

// Published tables are no part of the repository.
describe.skipIf(!folder)('published tables', () => {
  it('ISIC 2019: training and test, validation rows, weights, UNK', { timeout: 30_000 }, async () => {
    const dataset = await openMemory(withImages(tablesOf('isic2019'), [/GroundTruth/]));
    const { records, outside, hasLesionIds } = dataset;
    expect(dataset.info.id).toBe('isic2019');
    expect(countBy(records.map(({ officialSplit }) => officialSplit))).toEqual({
      train: 25331,
      validation: 193,
      test: 5998,
    });
    expect(
      countClasses({ ...dataset, records: records.filter(({ officialSplit }) => officialSplit === 'train') }),
    ).toEqual({
      mel: 4522,
      nv: 12875,
      bcc: 3323,
      ak: 867,
      bkl: 2624,
      df: 239,
      vasc: 253,
      scc: 628,
    });
    expect(outside).toHaveLength(2047);
    const scored = [...records, ...outside!].filter(({ scoreWeight }) => scoreWeight === 1);
    expect(scored).toHaveLength(7331);
    expect(outside!.filter(({ scoreWeight }) => scoreWeight === 1)).toHaveLength(1411);
    expect(records.filter(({ imageId }) => imageId.endsWith('_downsampled'))).toHaveLength(2074);
    expect(
      records.filter(({ officialSplit, lesionId, imageId }) => officialSplit === 'train' && lesionId === imageId),
    ).toHaveLength(2084);
    expect(hasLesionIds).toBe(true);
  });

  it('ISIC 2020: patients, lesions, listed pairs', { timeout: 30_000 }, async () => {
    const dataset = await openMemory(withImages(tablesOf('isic2020'), [/v2/]));
    expect(dataset.metadataFile).toBe('ISIC_2020_Training_GroundTruth_v2.csv');
    expect(countClasses(dataset)).toEqual({ benign: 32542, malignant: 584 });
    expect(new Set(dataset.records.map(({ patientId }) => patientId)).size).toBe(2056);
    expect(dataset.links).toHaveLength(425);
    const lesionOf = new Map(dataset.records.map(({ imageId, lesionId }) => [imageId, lesionId]));
    const shared = dataset.links!.filter(({ imageIds: [a, b] }) => lesionOf.get(a) === lesionOf.get(b));
    expect(shared).toHaveLength(417);
    expect(countLesions(dataset.records)).toBe(32701);
  });

  it('MILK10k: two images a lesion, how diagnoses were made; the test set is refused', {
    timeout: 30_000,
  }, async () => {
    const tables = tablesOf('milk10k');
    const dataset = await openMemory(withImages(tables, [/Training_Metadata/, 2]));
    expect(dataset.records).toHaveLength(10480);
    expect(countLesions(dataset.records)).toBe(5240);
    expect(countClasses(dataset)).toMatchObject({ bcc: 5044, mal_oth: 18, mel: 900, sccka: 946 });
    expect(countBy(dataset.records.map(({ dxType }) => dxType))).toEqual({
      histo: 10032,
      'single contributor clinical assessment': 448,
    });
    const half = await openMemory(withImages(tables, [/Training_Metadata/, 2]), { imageTypes: ['dermoscopic'] });
    expect(half.records).toHaveLength(5240);
    const test = 'MILK10k_Test_Metadata.csv';
    expect(await refusal(withImages({ [test]: tables[test] }, [/Test/, 2]))).toMatchObject({ code: 'hidden-truth' });
  });

  it('SLICE-3D: the test table is refused', async () => {
    expect(await refusal(withImages(tablesOf('slice3d'), [/test/]))).toMatchObject({ code: 'hidden-truth' });
  });
});
