import type { SyntheticOptions, SyntheticRow } from './generateSyntheticDataset.js';

/** Counts up when the drawing changes, so that images of an older version aren't taken for the same. */
const drawingVersion = 1;

/** The metadata table, as HAM10000 has it. */
export function syntheticTable(rows: readonly SyntheticRow[]): string {
  const lines = rows.map((row) =>
    [
      row.lesionId,
      row.imageId,
      row.dx,
      row.dxType,
      row.age === null ? '' : row.age.toFixed(1),
      row.sex,
      row.localization,
    ].join(','),
  );
  return `lesion_id,image_id,dx,dx_type,age,sex,localization\n${lines.join('\n')}\n`;
}

/** What SYNTHETIC.txt says, which marks a folder of synthetic images. */
export function syntheticNotice(options: Required<SyntheticOptions>): string {
  return `These images are synthetic.

lesionlab painted them with a program, to try software on. They show no skin and no patient, they are medically
worthless, and a model trained on them must never see a real lesion. File names and the table follow HAM10000, so that
the same commands work on both; the values in the table are random.

Anybody may use them for anything.

images: ${options.images}
size: ${options.size.join(' x ')}
classes: ${options.classes.join(' ')}
seed: ${options.seed}
drawing: ${drawingVersion}
`;
}
