import { describePreset } from '../describePreset.js';
import { describeWeighting, ensembleCommand, listMembers } from '../ensembleWords.js';
import { formatCount, formatCountOf, formatList, formatNumber, formatPercent, withInterval } from '../format.js';
import { aurocWords } from '../metricNames.js';
import { isOfEnsemble, isOfJudged, isOfTraining, modelName } from '../reportInput.js';
import { describeSkinTone } from '../skinTone.js';
import { subgroupTitle } from '../subgroupTitle.js';
import type { UnnumberedItem } from './document.js';
import { repeatCommand } from './repeatCommand.js';
import { beginningFile, type DocumentInput, fittedOn } from './runWords.js';

/** Items 16 to 19: where the diagnoses come from, and how the model was made. */
export function techniqueItems(input: DocumentInput): UnnumberedItem[] {
  const { config, exploration } = input;
  const { data } = config;
  const ways = exploration?.dxType ?? [];
  return [
    {
      title: 'Where the diagnoses come from',
      asks: 'How was the true diagnosis of each image found, by whom, and with what experience?',
      known: [
        'Diagnoses are taken from the dataset’s table or folders as they stand.',
        ...(ways.length > 0
          ? [
              `How they were made, whole dataset: ${ways
                .map(({ value, images, share }) => `${value} ${formatCount(images)} (${formatPercent(share)})`)
                .join(', ')}.`,
            ]
          : []),
      ],
      person: data.synthetic ? null : 'who made the diagnoses, and what was done where people disagreed.',
    },
    {
      title: 'Names of the diagnoses',
      asks: 'Are the diagnoses named as is usual in the field, so that others mean the same by them?',
      known: data.classes.map(
        ({ id, name, malignant }) =>
          `${id}: ${name}${malignant === undefined ? '' : malignant ? ', counted as malignant' : ', counted as benign'}.`,
      ),
      person: 'how these relate to the names and codes used elsewhere.',
    },
    {
      title: 'Malignant diagnoses confirmed by histopathology',
      asks: 'Was every malignant lesion confirmed under the microscope?',
      known: describeHistology(input),
      person: data.synthetic ? null : 'by whom the slides were read, and what the others rest on.',
    },
    {
      title: 'How the model was made',
      asks: 'Is the making of the model described so that others can do it again?',
      known: describeMaking(input),
      person: null,
    },
  ];
}

function describeMaking(input: DocumentInput): string[] {
  if (isOfEnsemble(input))
    return [
      `An ensemble: the weighted mean of the probabilities of ${formatList(listMembers(input.config))}, with ${formatCount(input.config.model.parameters)} parameters together. How each was made is in the checklist of its own run.`,
      describeWeighting(input.config),
      `Again: ${ensembleCommand(input.config)}`,
    ];
  if (isOfJudged(input))
    return [
      `The classifier was made elsewhere; its answers were judged from ${input.config.judged.file} (SHA-256 ${input.config.judged.sha256}).`,
    ];
  if (!isOfTraining(input)) return [];
  const { model, recipe, seed } = input.config;
  const began = beginningFile(model);
  return [
    `${modelName(model.id)} with ${formatCount(model.parameters)} parameters, ${describePreset(input.config)}; ${recipe.training.optimizer}, ${formatCountOf(recipe.training.epochs, 'epoch')}, seed ${seed}. Every setting is in config.json and in the model card.`,
    ...(began ? [`It began with the weights in ${began.name}${began.sha256 ? `, SHA-256 ${began.sha256}` : ''}.`] : []),
    `Again: ${repeatCommand(input)}`,
  ];
}

/** How many images of each malignant diagnosis were confirmed by histopathology, as far as the table says. */
export function describeHistology({ config, exploration }: Pick<DocumentInput, 'config' | 'exploration'>): string[] {
  const table = exploration?.diagnosisByDxType;
  const histo = table ? table.values.indexOf('histo') : -1;
  if (!table || table.values.length === 0) return [];
  const malignant = config.data.classes.filter((c) => c.malignant);
  return malignant.flatMap(({ id, name }) => {
    const column = table.classes.indexOf(id);
    const total = table.counts.reduce((sum, row) => sum + (row[column] ?? 0), 0);
    if (column < 0 || total === 0) return [];
    const confirmed = histo < 0 ? 0 : table.counts[histo][column];
    return [
      `${name} (${id}): ${formatCount(confirmed)} of ${formatCountOf(total, 'image')} (${formatPercent(confirmed / total)}) are marked as confirmed by histopathology, whole dataset.`,
    ];
  });
}

/** Items 20 to 23: how well the model does, for whom, and whether others can check it. */
export function assessmentItems(input: DocumentInput): UnnumberedItem[] {
  return [
    {
      title: 'Whether others can test the model',
      asks: 'Can others get the model, or send it images, to test it themselves?',
      known: [
        isOfJudged(input)
          ? 'Its predictions are in the run’s folder (evaluation/test/predictions.csv); the classifier itself is not.'
          : `${isOfEnsemble(input) ? 'The members’ folders hold the weights (checkpoints/best.safetensors).' : 'The run’s folder holds the weights (checkpoints/best.safetensors) once an epoch is done.'} The command export writes them as one ONNX file with the preprocessing inside; predict applies either to images.`,
      ],
      person: 'whether and where the weights, the code and the test images are open to others.',
    },
    {
      title: 'Measures of performance',
      asks: 'Which measures were computed, with which uncertainty?',
      known: describeMeasures(input),
      person: input.evaluation ? null : 'the results, once the model has been evaluated.',
    },
    {
      title: 'Comparison with others',
      asks: 'How does the model compare with other models or with doctors on the same images, and what is new in it?',
      known: describeBaselines(input),
      person: 'how other models and doctors do on the same images, and what is new here.',
    },
    {
      title: 'Whether it does as well for everybody',
      asks: 'Was the model tested in groups of patients, and does it do worse in some?',
      known: describeGroups(input),
      person: input.config.data.synthetic ? null : 'what is known about skin tone, ethnicity and other groups.',
    },
  ];
}

function describeMeasures({ evaluation, config }: DocumentInput): string[] {
  if (!evaluation) return [];
  const { intervals, questions, calibration } = evaluation;
  return [
    `${formatCountOf(evaluation.images, 'test image')}${
      config.data.hasLesionIds ? ` of ${formatCountOf(evaluation.lesions, 'lesion')}` : ''
    }${intervals ? ', 95% intervals in brackets' : ''}.`,
    `Balanced accuracy ${withInterval(evaluation.balancedAccuracy, intervals?.balancedAccuracy)}, accuracy ${withInterval(
      evaluation.accuracy,
      intervals?.accuracy,
    )}, ${aurocWords(evaluation.perClass.length)} ${withInterval(evaluation.auroc?.macro, intervals?.auroc?.macro, formatNumber)}.`,
    ...evaluation.perClass
      .filter(({ support }) => support > 0)
      .map(
        (c) =>
          `${c.name} (${c.dx}): sensitivity ${withInterval(c.recall, intervals?.perClass.find(({ dx }) => dx === c.dx)?.recall)}, ${formatCountOf(c.lesions, 'lesion')}.`,
      ),
    ...(questions ?? []).map(
      (question, i) =>
        `${question.title}: AUROC ${withInterval(question.auroc, intervals?.questions?.[i]?.auroc, formatNumber)}.`,
    ),
    calibration
      ? `Calibration error ${withInterval(calibration.after.calibrationError, calibration.after.intervals?.calibrationError, formatNumber)} after scaling by a temperature fitted on ${fittedOn(evaluation)}.`
      : 'Calibration was not looked at.',
    `Precision${calibration ? ', specificity and prediction sets' : ' and specificity'} are in the model card.`,
  ];
}

function describeBaselines({ evaluation }: DocumentInput): string[] {
  const known = evaluation?.perClass.filter(({ support }) => support > 0) ?? [];
  if (!evaluation || known.length === 0) return [];
  const common = known.reduce((a, b) => (b.support > a.support ? b : a));
  return [
    `Always answering ${common.name} would have an accuracy of ${formatPercent(common.support / evaluation.images)}; guessing a balanced accuracy of ${formatPercent(1 / evaluation.perClass.length)}.`,
  ];
}

function describeGroups({ subgroups, skinTones }: DocumentInput): string[] {
  if (!subgroups || subgroups.length === 0) return ['Results by groups were not computed.'];
  const fields = [...new Set(subgroups.map(({ field }) => field))];
  const warned = subgroups.filter(({ warning }) => warning !== null).length;
  return [
    ...fields.map((field) => {
      const groups = subgroups.filter((group) => group.field === field);
      return `${subgroupTitle(field)}, balanced accuracy: ${groups
        .map(
          ({ value, balancedAccuracy, intervals }) =>
            `${value} ${withInterval(balancedAccuracy, intervals?.balancedAccuracy)}`,
        )
        .join('; ')}.`;
    }),
    `${formatCountOf(warned, 'group')} of ${formatCount(subgroups.length)} ${warned === 1 ? 'has' : 'have'} few lesions and a warning in the model card. Groups hold different diagnoses, which alone can make a difference.`,
    describeSkinTone({ subgroups, skinTones }),
  ];
}

/** Items 24 and 25: what the model is for, and what it may do to people. */
export function applicationItems({ config }: DocumentInput): UnnumberedItem[] {
  return [
    {
      title: 'What it is for',
      asks: 'For which task, users, setting and diagnoses is the model meant?',
      known: [
        'For research and education only, not as a medical device.',
        `It tells apart: ${formatList(config.data.classes.map(({ name }) => name))}.`,
      ],
      person: 'what exactly this model was trained for, and for whom.',
    },
    {
      title: 'What it may do to patients and those who treat them',
      asks: 'Which good and harm may come of its use, of its errors, and of trusting it?',
      known: ['The run’s files hold no study of this kind, and lesionlab is meant for no use in care.'],
      person: 'which harm wrong answers could do, and to whom, if anybody relied on them.',
    },
  ];
}
