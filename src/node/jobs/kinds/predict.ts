import { join } from 'node:path';
import { formatImageAnswersCsv } from '../../../evaluation/answers/imageAnswersCsv.js';
import type { JobOf } from '../../../jobs/plan.js';
import { writeFileWhole } from '../../files/writeFile.js';
import { predictImages } from '../../prediction/predictImages.js';
import type { OpenedPlan } from '../openedPlan.js';
import type { JobRunner } from './jobRunner.js';

export const predict: JobRunner<'predict'> = {
  async run(context, job, { opened, folder }) {
    const { images, source: _, ...settings } = job.settings;
    const result = await predictImages(context, { ...settings, source: folder, inputs: images });
    for (const { file, reason } of result.unusable) context.progress.note(`Left out ${file}: ${reason}`);
    await writeFileWhole(tableOf(job, opened), formatImageAnswersCsv(result));
  },
  resultFile: tableOf,
};

function tableOf({ id }: JobOf<'predict'>, { folder }: OpenedPlan): string {
  return join(folder, 'predictions', `${id}.csv`);
}
