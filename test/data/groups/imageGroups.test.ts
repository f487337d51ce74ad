import { expect, test } from 'vitest';
import type { ImageRecord } from '../../../src/data/dataset.js';
import { groupImages } from '../../../src/data/groups/imageGroups.js';

const record = (imageId: string, lesionId: string, patientId?: string, label = 0): ImageRecord => ({
  imageId,
  lesionId,
  label,
  age: null,
  ...(patientId !== undefined && { patientId }),
});

test('connects images through lesions, patients and links, whatever the order', () => {
  const records = [
    record('a', 'L1', 'P1'),
    record('b', 'L2'),
    record('c', 'L3', 'P1', 1),
    record('d', 'L2'),
    record('e', 'L4'),
    record('f', 'L5'),
    record('g', 'g'),
  ];
  const links = [
    { kind: 'near' as const, imageIds: ['e', 'c'] },
    { kind: 'identical' as const, imageIds: ['nowhere', 'f', 'b'] },
  ];
  expect(groupImages(records, 2, { links }).map(({ indices }) => indices)).toEqual([[0, 2, 4], [1, 3, 5], [6]]);
  expect(groupImages(records, 2, { links })[0]).toMatchObject({ counts: [2, 1], label: 0 });
  expect(groupImages(records, 2, { patients: false }).map(({ indices }) => indices)).toEqual([
    [0],
    [1, 3],
    [2],
    [4],
    [5],
    [6],
  ]);
});

test('a lesion and a patient of the same name have nothing to do with each other', () => {
  expect(groupImages([record('a', '7'), record('b', '8', '7')], 1)).toHaveLength(2);
});
