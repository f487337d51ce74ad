import type { Exploration, ValueCount } from '../../data/audit/exploration.js';
import { countFolds } from '../../training/recipe/ensembleConfig.js';
import { describeClassBalance } from '../describeClassBalance.js';
import { describeMember } from '../ensembleWords.js';
import { describeFolds } from '../foldWords.js';
import {
  formatCount,
  formatCountOf,
  formatList,
  formatNumber,
  formatPercent,
  formatValue,
  signedPoints,
  withInterval,
} from '../format.js';
import { isOfEnsemble, isOfJudged, isOfTraining, namesPatients } from '../reportInput.js';
import { describeSkinTone } from '../skinTone.js';
import { subgroupTitle } from '../subgroupTitle.js';
import { testedElsewhere } from '../testedElsewhere.js';
import type { UnnumberedItem } from './document.js';
import {
  type DocumentInput,
  describeAugmentation,
  describeMapping,
  describeMissing,
  describePreprocessing,
  describeSplit,
  describeSplitRule,
  splitSizes,
  type TrainedDocumentInput,
} from './runWords.js';
import { describeUnread } from './unreadAboutPeople.js';

/** Items 1 to 15: what the images are, whom they show, how they were divided. */
export function dataItems(input: DocumentInput): UnnumberedItem[] {
  return [...imageItems(input), ...peopleItems(input), ...divisionItems(input)];
}

function imageItems(input: DocumentInput): UnnumberedItem[] {
  const { config, exploration } = input;
  const { data } = config;
  return [
    {
      title: 'Kind of images',
      asks: 'Which kind of pictures were used: dermatoscopic, close-up, overview, histological?',
      known: [
        `Dataset: ${data.name}.`,
        ...(data.citation ? [`Its publication, whose title may say: ${data.citation}`] : []),
      ],
      person: 'which kind of pictures the dataset holds, and whether all are of one kind.',
    },
    {
      title: 'Things in the pictures that are not skin',
      asks: 'Are there ink marks, rulers, hair, bubbles or dark corners, and what was done about them?',
      known: ['Nothing was removed from the images, and none was left out for such things.'],
      person: 'what of this the images show, and how often in each diagnosis.',
    },
    {
      title: 'How the images were taken',
      asks: 'Cameras, dermatoscopes, light, resolution, and who took the pictures.',
      known: describeSizes(exploration),
      person: 'the devices, the light, and who took the pictures under which conditions.',
    },
    {
      title: 'What was done to the images',
      asks: 'Cropping, resizing, normalisation, colour correction, random variation.',
      known: describeTreatment(input),
      person: 'what was done to the images before the dataset was published.',
    },
    {
      title: 'Synthetic images',
      asks: 'Were images made by a program, and can others have them?',
      known: [
        data.synthetic
          ? 'All images were drawn by lesionlab; the same seed draws them again.'
          : 'lesionlab drew none of these images. Training varies images at random but generates none.',
      ],
      person: data.synthetic ? null : 'whether the dataset itself holds images made by a program.',
    },
    {
      title: 'Where public images come from',
      asks: 'Are public images named so exactly that others can get the same ones?',
      known: [
        `Citation: ${data.citation ?? 'not on record'}.`.replace(/\.\.$/, '.'),
        `Licence: ${data.licence ?? 'not on record'}.`,
        `SHA-256 over image ids, diagnoses and files: ${data.sha256}.`,
      ],
      person: data.synthetic ? null : 'where the files were downloaded, when, and on which terms.',
    },
  ];
}

function describeSizes(exploration: Exploration | null): string[] {
  const sizes = exploration?.audit?.imageSizes ?? [];
  if (sizes.length === 0) return [];
  const shown = sizes
    .slice(0, 5)
    .map(({ width, height, images }) => `${width} × ${height} pixels (${formatCountOf(images, 'image')})`);
  const more = sizes.length - shown.length;
  return [`Sizes as found: ${shown.join(', ')}${more > 0 ? ` and ${formatCount(more)} more` : ''}.`];
}

function peopleItems(input: DocumentInput): UnnumberedItem[] {
  const { config, exploration, subgroups, skinTones } = input;
  const { synthetic } = config.data;
  const fields = [...new Set(subgroups?.map(({ field }) => subgroupTitle(field)))];
  return [
    {
      title: 'Who the patients are',
      asks: 'Age, sex, ethnicity, country and setting of the people behind the images, in each part of the data.',
      known: synthetic
        ? [noPatients]
        : [
            ...describePeople(exploration),
            namesPatients(input)
              ? 'The data say which images are of one patient.'
              : 'Which images are of one patient is not known.',
            describeUnread(subgroups),
          ],
      person: synthetic
        ? null
        : 'how many people the images show, where and how they were chosen, their ethnicity, and what is known for each part.',
    },
    {
      title: 'Skin tone',
      asks: 'Which skin tones do the images show, and how was that found out?',
      known: [synthetic ? noPatients : describeSkinTone({ subgroups, skinTones })],
      person: synthetic ? null : 'which skin tones the images show, on which scale, judged by whom.',
    },
    {
      title: 'Bias that details about patients can bring',
      asks: 'What may the choice of people, or what is recorded about them, do to the results?',
      known: [
        'The network sees the image and nothing else. How a diagnosis was made is never an input.',
        fields.length > 0
          ? `Results on the test images were also computed by ${formatList(fields).toLowerCase()}.`
          : 'Results by groups of patients were not computed.',
      ],
      person: 'which people the collection leaves out or has too many of, and what that may do.',
    },
  ];
}

const noPatients = 'There are no patients: the images were drawn by a program.';

/** Age, sex and place on the body of the whole dataset, a sentence each. */
export function describePeople(exploration: Exploration | null): string[] {
  if (!exploration) return ['Nothing: the data were not explored in this run.'];
  const { age, sex, localization } = exploration;
  const counts = (title: string, values: readonly ValueCount[] | undefined) =>
    values && values.length > 0
      ? [
          `${title}, whole dataset: ${values
            .map(({ value, images, share }) => `${formatValue(value)} ${formatCount(images)} (${formatPercent(share)})`)
            .join(', ')}.`,
        ]
      : [];
  return [
    ...(age && age.images > 0
      ? [
          `Age, whole dataset: median ${formatNumber(age.median, 0)} years${
            age.normal
              ? `, mean ${formatNumber(age.normal.mean, 1)}, standard deviation ${formatNumber(age.normal.standardDeviation, 1)}`
              : ''
          }; counted by image, ${formatCount(age.missing)} missing.`,
        ]
      : []),
    ...counts('Sex', sex),
    ...counts('Place on the body', localization),
    ...describeMissing(exploration),
  ];
}

function divisionItems(input: DocumentInput): UnnumberedItem[] {
  const { config, splits, evaluation, externals } = input;
  const { data } = config;
  const elsewhere = testedElsewhere(input);
  const folds = countFolds(config);
  const unknown = [
    isOfJudged(input)
      ? 'The classifier was made elsewhere: what it was trained on, and how that was divided from these images, is told in the model card as far as it is known.'
      : folds === null
        ? 'How the data were divided is not on record.'
        : describeFolds(folds),
  ];
  return [
    {
      title: 'How the data were divided',
      asks: 'How were images put into training, validation and test, and is anything in two of them?',
      known: splits ? [...ruleOf(config), describeSplit(splits), `SHA-256 of splits.csv: ${splits.sha256}.`] : unknown,
      person: data.synthetic ? null : 'whether images of one person can be in more than one part.',
    },
    {
      title: 'Size of each part',
      asks: 'How many images, lesions and people are in each part, and why so many?',
      known: splits ? splitSizes(splits) : unknown,
      person: 'how many people that is, and whether the number was planned.',
    },
    {
      title: 'Test on data from elsewhere',
      asks: 'Was the model also tested on images from another place or time?',
      known: [
        evaluation
          ? `The results given ${externals.length > 0 ? 'under measures of performance' : 'here'} are on ${elsewhere ? `${elsewhere}, one of several datasets that were joined, which was kept for testing` : `${folds === null ? 'the test split' : 'the folds'} of the same dataset, not on data from elsewhere`}.`
          : 'The model has not been evaluated on test images in this run.',
        ...externals.map(describeExternalTest),
      ],
      person:
        externals.length > 0
          ? 'how that data differs from the data trained on: place, time, people, devices.'
          : 'whether there is such a test, on which data, and what came of it.',
    },
    {
      title: 'Images from several makers’ devices',
      asks: 'Do the images come from devices of different makers, and how does the model do on each?',
      known: ['lesionlab reads no field about devices; results by device were not computed.'],
      person: data.synthetic ? null : 'from which makers’ devices the images of each part come.',
    },
    {
      title: 'How common each diagnosis is',
      asks: 'Counts of each diagnosis, and what was done where they differ much.',
      known: [
        ...(splits ? describeClassCounts(config, splits) : unknown),
        ...(isOfTraining(input) ? [describeWeights(input.config.recipe.training)] : []),
      ],
      person: data.synthetic ? null : 'how that compares with how common they are where such a model might be used.',
    },
    {
      title: 'Images of other things',
      asks: 'What does the model do with diagnoses and pictures that it was not trained on?',
      known: [
        `It always answers with one of its ${formatCount(data.classes.length)} diagnoses. The run’s files hold no test with other images.`,
      ],
      person: 'whether that was tested elsewhere, and what came of it.',
    },
  ];
}

const ruleOf = (config: DocumentInput['config']) =>
  'split' in config ? [describeSplitRule(config)].filter(Boolean) : [];

function describeExternalTest(evaluation: DocumentInput['externals'][number]): string {
  const { split, external, images, lesions, intervals, comparison } = evaluation;
  const difference = comparison?.balancedAccuracy;
  return `Tested on “${split}” (${external.dataset}): ${formatCountOf(images, 'image')}${
    external.hasLesionIds ? ` of ${formatCountOf(lesions, 'lesion')}` : ''
  }; balanced accuracy ${withInterval(evaluation.balancedAccuracy, intervals?.balancedAccuracy)}${
    difference && difference.difference !== null
      ? `, over the diagnoses that both have ${signedPoints(difference.difference)} points against the test split${
          difference.interval ? ` (${difference.interval.map(signedPoints).join(' to ')})` : ''
        }`
      : ''
  }. ${describeMapping(evaluation)}${external.notes.some((note) => note.startsWith('Warning')) ? ' Images may be among those trained on: see the model card.' : ''}`;
}

function describeClassCounts(
  { data: { classes } }: DocumentInput['config'],
  { counts }: NonNullable<DocumentInput['splits']>,
): string[] {
  return (['train', 'validation', 'test'] as const).map(
    (split) =>
      `Images, ${split === 'train' ? 'training' : split}: ${classes.map(({ id }) => `${id} ${formatCount(counts[split][id] ?? 0)}`).join(', ')}.`,
  );
}

/** What is done to images; of an ensemble, what each member does. */
function describeTreatment(input: DocumentInput): string[] {
  if (isOfEnsemble(input))
    return [
      ...input.config.ensemble.members.map((member) => `${member.run}: ${describeMember(member)}.`),
      'How training images were varied is in the checklist of each member’s own run.',
    ];
  if (isOfJudged(input)) return ['Not on record: the classifier was made elsewhere.'];
  return isOfTraining(input) ? [describePreprocessing(input.config), describeAugmentation(input.config.recipe)] : [];
}

function describeWeights(training: TrainedDocumentInput['config']['recipe']['training']): string {
  const done = describeClassBalance(training);
  return `In training, ${done.length === 0 ? 'images of all diagnoses counted alike' : done.join('; ')}.`;
}
