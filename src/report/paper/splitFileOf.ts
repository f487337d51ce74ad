import type { ImageRecord, LinkedImages } from '../../data/dataset.js';
import { splitNames } from '../../data/dataset.js';
import { groupImages } from '../../data/groups/imageGroups.js';
import { classFacts, splitFileContent } from '../../data/groups/splitFile.js';
import { describeSplitRule } from '../documents/runWords.js';
import { isOfJudged } from '../reportInput.js';
import type { RunPart } from './paperInput.js';

/**
 * The division of a run's images as the content of a split file, to be hashed, and the file's name; null where it is not on record, and where it was taken
 * from a split file: that is the one to cite.
 */
export function splitFileOf(run: RunPart): { readonly name: string; readonly content: string } | null {
  const { rows, config, splits } = run;
  const split = 'split' in config ? config.split : undefined;
  if (!rows || rows.length === 0 || split?.rule.kind === 'file') return null;
  const { data } = config;
  const labelOf = new Map(data.classes.map(({ id }, label) => [id, label]));
  const records = rows.map(
    ({ imageId, lesionId, dx, patientId }, row): ImageRecord => ({
      imageId,
      lesionId,
      label: labelOf.get(dx) ?? 0,
      age: null,
      row,
      ...(patientId !== undefined && { patientId }),
    }),
  );
  const links: LinkedImages[] = [
    ...(splits?.linked ?? []).map((imageIds): LinkedImages => ({ kind: 'identical', imageIds })),
    ...(splits?.near ?? []).map(({ imageIds }): LinkedImages => ({ kind: 'near', imageIds })),
  ];
  const groups = new Map<number, string>();
  for (const [i, { indices }] of groupImages(records, data.classes.length, { links }).entries())
    for (const index of indices) groups.set(index, `g${i + 1}`);
  const count = (name: string) => rows.filter(({ split }) => split === name).length;
  const patients = rows.some(({ patientId }) => patientId !== undefined);
  const facts: Record<string, string> = {
    data: data.name,
    'data id': data.id,
    ...(data.citation && { citation: data.citation }),
    ...(data.licence && { licence: data.licence }),
    'data sha256': isOfJudged(run)
      ? `${data.sha256} (over image ids, lesions, diagnoses and parts)`
      : `${data.sha256} (over image ids, diagnoses and the checksums of image files)`,
    'splits.csv sha256': isOfJudged(run) ? data.sha256 : (splits?.sha256 ?? 'not on record'),
    rule: isOfJudged(run)
      ? 'Images on which a classifier was judged; validation: what was set aside to calibrate on.'
      : split
        ? describeSplitRule({ split })
        : 'not on record',
    ...(splits && {
      seed: String(splits.seed),
      'ratios asked for': splitNames.map((name) => `${name} ${Number(splits.ratios[name].toFixed(6))}`).join(', '),
    }),
    images: splitNames.map((name) => `${name} ${count(name)}`).join(', '),
    'a group holds': [
      ...(patients ? ['all images of a patient'] : []),
      ...(data.hasLesionIds ? ['all images of a lesion'] : []),
      ...(splits ? ['identical files'] : []),
      ...(splits?.near ? ['images that are nearly the same'] : []),
    ].join(', '),
    ...classFacts(data.classes),
    'made with': `lesionlab ${config.lesionlab}`,
  };
  const lines = rows.map(({ imageId, lesionId, dx, split: side }, i) => ({
    imageId,
    lesionId,
    group: groups.get(i)!,
    dx,
    split: side,
  }));
  return {
    name: `${data.synthetic ? 'synthetic' : fileNameOf(data.id === 'table' ? data.name : data.id)}${isOfJudged(run) ? '.judged' : ''}.split.csv`,
    content: splitFileContent(facts, lines),
  };
}

/** `ham10000` */
const fileNameOf = (name: string): string =>
  name
    .replace(/(\.judged)?(\.split)?\.\w{1,4}$/, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 60) || 'data';
