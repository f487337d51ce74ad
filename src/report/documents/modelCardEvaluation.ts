import { describeTooFewImages } from '../../evaluation/certainty/conformal.js';
import type { CalibrationEvaluation } from '../../evaluation/certainty/evaluateCalibration.js';
import { isJudgedEvaluation } from '../../evaluation/judging/judge.js';
import { describeOutOfFold } from '../foldWords.js';
import { formatCountOf } from '../format.js';
import { knownSkinTone } from '../skinTone.js';
import {
  calibrationTable,
  diagnosisTable,
  overallTable,
  predictionSetTable,
  questionTable,
  subgroupTable,
} from '../tables/evaluationTables.js';
import { testedElsewhere } from '../testedElsewhere.js';
import { type Block, command, list, paragraph, results } from './document.js';
import { describeExternals } from './modelCardExternal.js';
import { shellWord } from './repeatCommand.js';
import { type DocumentInput, fittedOn } from './runWords.js';

/** The numbers on the test images, with 95% intervals. */
export function describeEvaluation(input: DocumentInput): Block[] {
  const { evaluation, config, subgroups } = input;
  if (!evaluation)
    return [
      paragraph(
        'Nothing is known about how well the model does: it has not been evaluated on the test images of this run. This does it:',
      ),
      command(`lesionlab evaluate ${shellWord(input.runFolder)}`),
      ...describeExternals(input),
    ];
  const { intervals } = evaluation;
  const questions = questionTable(evaluation);
  const elsewhere = testedElsewhere(input);
  const folds = describeOutOfFold(config);
  return [
    ...(folds ? [paragraph(folds)] : []),
    paragraph(
      `On ${formatCountOf(evaluation.images, folds ? 'image' : 'test image')}${
        config.data.hasLesionIds ? ` of ${formatCountOf(evaluation.lesions, 'lesion')}` : ''
      }${isJudgedEvaluation(evaluation) ? '' : elsewhere ? `, all of ${elsewhere}, a dataset that nothing was learned from` : ' of the same dataset'}. ${intervals ? `With 95% intervals. ${intervals.method}` : 'Intervals were not computed.'}`,
    ),
    ...results(overallTable(evaluation)),
    // Evaluations of version 0.1 have none.
    ...(evaluation.notes ?? []).map((note) => paragraph(note)),
    ...results(diagnosisTable(evaluation)),
    ...(questions ? results(questions) : []),
    ...(evaluation.calibration
      ? calibrationBlocks(evaluation.calibration, config.data.classes, fittedOn(evaluation))
      : [paragraph('Calibration and prediction sets were not looked at.')]),
    ...(subgroups && subgroups.length > 0
      ? [...results(subgroupTable(subgroups)), ...knownSkinTone(input).words.map((words) => paragraph(words))]
      : [paragraph('Results by age, sex, place on the body and kind of diagnosis were not looked at.')]),
    ...(intervals && intervals.notes.length > 0 ? [paragraph('To mind:'), list(intervals.notes)] : []),
    ...describeExternals(input),
  ];
}

function calibrationBlocks(
  calibration: CalibrationEvaluation,
  classes: DocumentInput['config']['data']['classes'],
  on: string,
): Block[] {
  const tooFew = describeTooFewImages(
    calibration.conformal.flatMap(({ rules }) => rules ?? []),
    on.startsWith('the validation') ? undefined : 'images to calibrate on',
  );
  return [
    ...results(calibrationTable(calibration, on)),
    ...results(predictionSetTable(calibration, classes, on)),
    ...(tooFew ? [paragraph(tooFew)] : []),
  ];
}
