import type { SplitFile } from '../../data/groups/splitFile.js';
import { findByImage } from '../../data/groups/splitsCsv.js';
import { runError } from '../../errors.js';
import { isJudgedEvaluation } from '../../evaluation/judging/judge.js';
import type { Predictions } from '../../evaluation/predictions/predictions.js';
import { takeRows } from '../../evaluation/predictions/takeRows.js';
import { withPatients } from '../../evaluation/predictions/withPatients.js';
import { readEvaluation } from './readRunFiles.js';
import type { RunFolder } from './runFolder.js';
import { readRunSplits } from './runSplits.js';

/**
 * The predictions of a split file's test images, under the file's names and in its order.
 * @returns also what to mind
 * @throws LesionlabError kind `run` where the run learned from some of them, has no prediction of some, or counts lesions or patients once
 */
export async function testPartOf(
  folder: RunFolder,
  predictions: Predictions,
  { rows }: SplitFile,
): Promise<{ readonly predictions: Predictions; readonly notes: readonly string[] }> {
  const tested = rows.filter(({ split }) => split === 'test');
  const evaluation = await readEvaluation(folder.evaluation('test').evaluation);
  const judgement = evaluation && isJudgedEvaluation(evaluation) ? evaluation.judgement : null;
  if (judgement && judgement.unit.of !== 'image')
    throw runError(
      'other-unit',
      `${folder.path} counts each ${judgement.unit.of} once; a split file names images, so there is nothing to compare on.`,
      { hint: `Judge it again with \`--unit image\`.` },
    );
  // What a judged classifier learned from is not in its folder.
  const learned = judgement ? [] : (await readRunSplits(folder)).filter(({ split }) => split !== 'test');
  const ofFile = findByImage(tested);
  const seen = learned.filter(({ imageId }) => ofFile(imageId));
  if (seen.length > 0)
    throw runError(
      'tested-was-learned',
      `${folder.path} learned from ${seen.length} of the ${tested.length} test images of the split file, ${seen[0].imageId} first.`,
      {
        hint: 'Train it with `--split <file>`, so that its results on these images mean something.',
        details: seen.map(({ imageId }) => imageId),
      },
    );
  const rowOf = findByImage(predictions.imageIds.map((imageId, row) => ({ imageId, row })));
  const found = tested.map(({ imageId }) => rowOf(imageId)?.row);
  const missing = tested.filter((_, i) => found[i] === undefined).map(({ imageId }) => imageId);
  if (missing.length > 0)
    throw runError(
      'other-images',
      `${folder.path} has no prediction for ${missing.length} of the ${tested.length} test images of the split file, ${missing[0]} first.`,
      { hint: 'All that is compared has to have an answer for each of them.', details: missing },
    );
  const taken = takeRows(
    predictions,
    found.map((row) => row!),
  );
  const notes =
    judgement && !judgement.overlap
      ? [
          `${folder.path}: nobody said which images it learned from. If the test images of the split file are among them, its results are too good.`,
        ]
      : [];
  const sameImages = { imageIds: tested.map(({ imageId }) => imageId), lesionIds: tested.map((row) => row.lesionId) };
  return { predictions: withPatients({ ...taken, ...sameImages }, tested), notes };
}
