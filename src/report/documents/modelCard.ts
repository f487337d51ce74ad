import { splitNames } from '../../data/dataset.js';
import { findBestEpoch } from '../../training/findBestEpoch.js';
import { countFolds } from '../../training/recipe/ensembleConfig.js';
import { describePlatform } from '../describePlatform.js';
import { describePreset } from '../describePreset.js';
import { listMembers } from '../ensembleWords.js';
import { describeFolds } from '../foldWords.js';
import { formatCount, formatCountOf, formatList } from '../format.js';
import { fileName } from '../html.js';
import { listLimits } from '../limits.js';
import { purposeNotice, syntheticNotice } from '../page.js';
import { isOfEnsemble, isOfJudged, isOfTraining, modelName, namesPatients } from '../reportInput.js';
import { describeSkinTone } from '../skinTone.js';
import {
  type Block,
  command,
  type DocumentSection,
  type Fact,
  facts,
  list,
  paragraph,
  personMustSay,
  type RunDocument,
  table,
} from './document.js';
import { describeMembers, howToRepeatEnsemble } from './ensembleFacts.js';
import { describeEvaluation } from './modelCardEvaluation.js';
import { describeJudgement, describeTrainedOn } from './modelCardJudgement.js';
import { describeRecipe } from './modelCardRecipe.js';
import { needsRecipeFile, repeatCommand, repeatedRecipe, unknownOverrides } from './repeatCommand.js';
import {
  beginningFile,
  type DocumentInput,
  describeLooks,
  describeMissing,
  describeSplit,
  describeSplitRule,
  splitSizes,
  splitTitles,
  type TrainedDocumentInput,
} from './runWords.js';
import { describeUnread } from './unreadAboutPeople.js';

/**
 * A model card of a run, written from its files alone; what they don't say is named as such.
 * Mitchell et al. 2019, "Model cards for model reporting", doi:10.1145/3287560.3287596.
 */
export function modelCard(input: DocumentInput): RunDocument {
  const { config } = input;
  return {
    title: `Model card: ${modelName(config.model.id)} on ${config.data.name}`,
    lead: [
      ...(config.data.synthetic ? [syntheticNotice] : []),
      purposeNotice,
      `Written by ${input.writtenBy} from the files of the run. Form: Mitchell et al. 2019, Model cards for model reporting, doi:10.1145/3287560.3287596.`,
    ],
    sections: [
      describeModel(input),
      intendedUse(input),
      describeData(input),
      ...(isOfEnsemble(input) ? [describeMembers(input)] : []),
      ...(isOfTraining(input) ? [{ title: 'Training', blocks: [facts(describeRecipe(input))] }] : []),
      { title: 'Evaluation', blocks: describeEvaluation(input) },
      ...describeJudgement(input),
      { title: 'How often the test images were looked at', blocks: [list(describeLooks(input))] },
      {
        title: 'Known limits',
        blocks: [list(listLimits(input).map(({ title, text }) => `${title} ${text}`))],
      },
      ...(isOfEnsemble(input) ? [howToRepeatEnsemble(input)] : []),
      ...(isOfTraining(input) ? [howToRepeat(input)] : []),
    ],
  };
}

function describeModel(input: DocumentInput): DocumentSection {
  const { config, testLooks } = input;
  const { model, data } = config;
  const pairs: Fact[] = [
    [
      'What it is',
      `A classifier: one image in, a probability for each of ${formatCountOf(data.classes.length, 'diagnosis', 'diagnoses')} out.`,
    ],
    [
      'Network',
      isOfEnsemble(input)
        ? `an ensemble: the weighted mean of the probabilities of ${formatList(listMembers(input.config))}`
        : isOfJudged(input)
          ? `${model.id}, made elsewhere: nothing is known of it here but its answers, from ${input.config.judged.file}`
          : modelName(model.id),
    ],
    ['Parameters', model.parameters === null ? 'not known' : formatCount(model.parameters)],
    ...describeOrigin(input),
    ...(testLooks?.sha256 ? [['SHA-256 of the weights evaluated', testLooks.sha256] as const] : []),
    [isOfJudged(input) ? 'Judged with' : 'Made with', `lesionlab ${config.lesionlab}`],
    ['Begun', config.created],
    ['Seed', String(config.seed)],
    [
      'Who answers for it, and its licence',
      `Not on record. ${personMustSay} who trained it, whom to ask about it, and on which terms it may be used, those of the data and of the weights it began with included.`,
    ],
  ];
  return { title: 'Model', blocks: [facts(pairs)] };
}

/** Where the weights come from. */
function describeOrigin(input: DocumentInput): Fact[] {
  if (isOfJudged(input))
    return [
      [
        input.config.judged.kind === 'table' ? 'SHA-256 of the table' : 'SHA-256 of the file',
        input.config.judged.sha256,
      ],
      ['What it was trained on', describeTrainedOn(input)],
    ];
  if (!isOfTraining(input)) return [['Weights kept', 'those of the members; this run has none of its own']];
  const began = beginningFile(input.config.model);
  const kept = input.config.model.network ? 'network.onnx' : 'checkpoints/initial.safetensors';
  const best = findBestEpoch(input.records);
  return [
    [
      'Weights it began with',
      began
        ? `${began.name} (${kept} holds what training began with; what the file was trained on is not on record)`
        : 'random ones, which follow from the seed',
    ],
    ...(began?.sha256 ? [['SHA-256 of that file', began.sha256] as const] : []),
    ['Weights kept', best ? `those of epoch ${best.epoch}, the best on the validation images` : 'none yet'],
  ];
}

function intendedUse({ config }: DocumentInput): DocumentSection {
  return {
    title: 'Intended use',
    blocks: [
      paragraph(
        'For research on image classifiers and for learning how they are made and tested, by students, researchers and doctors who want to see what such a model can and cannot do.',
      ),
      paragraph('It must not be used'),
      list([
        'to diagnose anybody, or to decide whether or how anybody is examined or treated;',
        'to reassure or to alarm anybody about their skin;',
        `on other kinds of pictures than those it was tested on, or for other diagnoses than its ${formatCount(config.data.classes.length)};`,
        'as a medical device or a part of one: no authority has approved it for anything.',
      ]),
    ],
  };
}

function describeData(input: DocumentInput): DocumentSection {
  const { config, splits, exploration } = input;
  const { data } = config;
  const pairs: Fact[] = [
    ['Dataset', data.name],
    ['Licence', data.licence ?? (data.synthetic ? 'none: drawn by lesionlab' : 'not on record')],
    ['Citation', data.citation ?? (data.synthetic ? 'none: drawn by lesionlab' : 'not on record')],
    [
      'Used in this run',
      `${formatCountOf(data.images, 'image')}${data.hasLesionIds ? ` of ${formatCountOf(data.lesions, 'lesion')}` : ''}${
        data.limit === null ? '' : `, a part of the data (about ${formatCount(data.limit)} were asked for)`
      }`,
    ],
    ['Left out as unusable', formatCountOf(data.excluded.length, 'image')],
    ['SHA-256 of images and labels', data.sha256],
  ];
  return {
    title: 'Data',
    blocks: [
      facts(pairs),
      ...(splits
        ? [
            paragraph(
              ['split' in config ? describeSplitRule(config) : '', describeSplit(splits)].filter(Boolean).join(' '),
            ),
            list(splitSizes(splits)),
            classCounts(config.data.classes, splits),
          ]
        : isOfJudged(input)
          ? []
          : [paragraph(divisionWords(config))]),
      paragraph('What is missing:'),
      list(missingData(input)),
      ...describeGaps(exploration),
    ],
  };
}

function divisionWords(config: DocumentInput['config']): string {
  const folds = countFolds(config);
  return folds === null ? 'How the data were divided is not on record.' : describeFolds(folds);
}

function classCounts(
  classes: DocumentInput['config']['data']['classes'],
  { counts }: NonNullable<DocumentInput['splits']>,
) {
  return table(
    'Images of each diagnosis in each part.',
    [{ title: 'Diagnosis' }, ...splitNames.map((name) => ({ title: splitTitles[name], number: true }))],
    classes.map(({ id, name }) => [
      `${name} (${id})`,
      ...splitNames.map((split) => formatCount(counts[split][id] ?? 0)),
    ]),
  );
}

function missingData(input: DocumentInput): string[] {
  const { synthetic, hasLesionIds } = input.config.data;
  if (synthetic) return ['Patients: the images were drawn by a program and show nobody.'];
  return [
    `Skin tone: ${describeSkinTone(input)}`,
    ...(namesPatients(input)
      ? []
      : [
          isOfJudged(input)
            ? 'Patients: nothing says which images are of one person.'
            : 'Patients: nothing says which images are of one person, so lesions of one may be in more than one part.',
        ]),
    ...(hasLesionIds ? [] : ['Lesions: the data don’t say which images show the same one.']),
    describeUnread(input.subgroups),
  ];
}

function describeGaps(exploration: DocumentInput['exploration']): Block[] {
  if (!exploration)
    return [paragraph('Gaps in the columns of the table were not counted: the data were not explored.')];
  const gaps = describeMissing(exploration);
  if (gaps.length === 0) return [paragraph('No column that lesionlab reads has gaps.')];
  return [paragraph('Columns with gaps, in the whole dataset:'), list(gaps)];
}

function howToRepeat(input: TrainedDocumentInput): DocumentSection {
  const { config, splits } = input;
  const lost = unknownOverrides(config.overrides);
  const { versions } = config;
  return {
    title: 'How to do it again',
    blocks: [
      paragraph(
        `The recipe: ${describePreset(config)}; seed ${config.seed}. With the data and the weights file in the current folder:`,
      ),
      command(repeatCommand(input)),
      ...(needsRecipeFile(config)
        ? [
            paragraph(
              `${repeatedRecipe} is what \`lesionlab recipe <run folder>\` prints for this run.${
                config.recipeFile ? ` The file that it was trained with was ${fileName(config.recipeFile.name)}.` : ''
              }`,
            ),
          ]
        : []),
      ...(lost.length > 0 ? [paragraph(`Their values are in config.json only: ${lost.join(', ')}.`)] : []),
      paragraph(
        `The digits repeat on the same kind of processor with the same number of threads; elsewhere expect figures that are close. Here: ${config.device}, ${formatCountOf(config.threads, 'thread')}, ${describePlatform(versions)}, ONNX Runtime ${versions.onnxruntime}.`,
      ),
      paragraph(
        splits
          ? `The division is the same where splits.json of the new run has the SHA-256 ${splits.sha256}. Runs of cross-validate and leak divide the data otherwise, and are done again with those commands.`
          : 'How the data were divided is not on record, so it cannot be checked whether the new run divides them alike.',
      ),
    ],
  };
}
