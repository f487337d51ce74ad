import { splitNames } from '../../data/dataset.js';
import type { SplitRow } from '../../data/groups/splitsCsv.js';
import type { SplitsSummary } from '../../data/groups/splitsJson.js';
import type { RunConfig } from '../../training/recipe/config.js';
import { describePeople } from '../documents/clearDermData.js';
import { describeHistology } from '../documents/clearDermModel.js';
import { formatCount, formatCountOf, formatList, formatPercent, formatValue } from '../format.js';
import { isOfJudged, namesPatients } from '../reportInput.js';
import type { Facts } from './facts.js';
import type { RunPart } from './paperInput.js';

/** Patients in each part; null where the data name none. */
export function patientsByPart(rows: readonly SplitRow[] | null): number[] | null {
  if (!rows?.some(({ patientId }) => patientId !== undefined)) return null;
  return splitNames.map(
    (name) => new Set(rows.flatMap(({ split, patientId }) => (split === name ? (patientId ?? []) : []))).size,
  );
}

/** What the images are, whom they show, how the truth was found, and how they were divided. */
export function dataFacts(run: RunPart): Facts {
  const { config, exploration } = run;
  const { data } = config;
  return {
    source: [
      data.synthetic
        ? `All images were drawn by a program (${data.name}); results on them say nothing about skin.`
        : `Images and diagnoses are those of ${data.name}${data.citation ? ` (${data.citation.replace(/\.$/, '')})` : ''}${data.licence ? `, licence ${data.licence}` : ''}.`,
      isOfJudged(run)
        ? `The SHA-256 over the images scored, their lesions and diagnoses is ${data.sha256}${run.config.judged.truthSha256 ? `; that of the file with the diagnoses ${run.config.judged.truthSha256}` : ''}.`
        : `The SHA-256 over image ids, diagnoses and image files is ${data.sha256}.`,
    ],
    selection: selection(run),
    people: data.synthetic ? ['The images show no patients.'] : exploration ? describePeople(exploration) : [],
    pictures: describePictures(run),
    reference: reference(run),
    division: isOfJudged(run) ? [] : division(run),
  };
}

function selection(run: RunPart): string[] {
  const { config, splits, rows } = run;
  const { data } = config;
  const patients = rows && patientsByPart(rows) ? new Set(rows.flatMap(({ patientId }) => patientId ?? [])).size : null;
  const of = data.hasLesionIds
    ? ` of ${formatCountOf(data.lesions, 'lesion')}${patients === null ? '' : ` and ${formatCountOf(patients, 'patient')}`}`
    : '';
  const types = data.options?.imageTypes;
  return [
    ...(isOfJudged(run)
      ? []
      : [
          `${formatCountOf(data.images, 'image')}${of} ${data.images === 1 ? 'was' : 'were'} used.`,
          ...(data.limit === null
            ? []
            : [
                `They are a subset of the data, for which about ${formatCountOf(data.limit, 'image')} ${data.limit === 1 ? 'was' : 'were'} asked: whole lesions, drawn at random within each diagnosis.`,
              ]),
          data.excluded.length > 0
            ? `${formatCountOf(data.excluded.length, 'image')} that could not be used ${data.excluded.length === 1 ? 'was' : 'were'} left out; config.json lists ${data.excluded.length === 1 ? 'it' : 'them'}.`
            : 'No image was left out as unusable.',
        ]),
    ...(types ? [`Of the data, only images of the kind ${formatList(types)} were taken.`] : []),
    ...(data.options?.allowMissing ? ['Rows of the table without an image file were passed over.'] : []),
    ...(splits?.leftOut?.length
      ? [
          `${formatCountOf(splits.leftOut.length, 'image')} ${splits.leftOut.length === 1 ? 'is' : 'are'} in no part of the division.`,
        ]
      : []),
    ...(data.hasLesionIds ? [] : ['The data do not say which images show the same lesion.']),
    ...(data.synthetic || namesPatients(run) ? [] : ['The data do not say which images show the same patient.']),
  ];
}

function describePictures({ exploration }: RunPart): string[] {
  const sizes = exploration?.audit?.imageSizes ?? [];
  if (sizes.length === 0) return [];
  const [first, ...others] = sizes;
  return [
    `Image files measured ${first.width} × ${first.height} pixels (${formatCountOf(first.images, 'image')})${
      others.length > 0
        ? ` and ${formatCountOf(others.length, 'other size')} (${formatCountOf(
            others.reduce((sum, { images }) => sum + images, 0),
            'image',
          )})`
        : ''
    }.`,
  ];
}

function reference(run: RunPart): string[] {
  const { config, exploration } = run;
  const { classes, synthetic } = config.data;
  const ways = exploration?.dxType ?? [];
  const malignant = classes.filter((c) => c.malignant).map(({ id }) => id);
  return [
    `The reference standard has ${formatCountOf(classes.length, 'diagnosis', 'diagnoses')}: ${formatList(
      classes.map(({ id, name }) => (name === id ? id : `${name} (${id})`)),
    )}; they were taken from the dataset as they stand.`,
    ...(malignant.length > 0 && classes.every((c) => c.malignant !== undefined)
      ? [`Counted as malignant: ${formatList(malignant)}.`]
      : []),
    ...(synthetic || ways.length === 0
      ? []
      : [
          `By what they were confirmed, over the whole dataset: ${ways
            .map(({ value, images, share }) => `${formatValue(value)} ${formatCount(images)} (${formatPercent(share)})`)
            .join(', ')}.`,
          ...describeHistology(run),
        ]),
  ];
}

/** How images came into parts, and what was counted afterwards. */
function division(run: RunPart): string[] {
  const { splits, rows, config } = run;
  if (!splits) return [];
  const split = 'split' in config ? config.split : undefined;
  const patients = patientsByPart(rows);
  const sizes = splitNames.map((name, i) => {
    const images = `${name === 'train' ? 'training' : name} ${formatCountOf(splits.images[name], 'image')}`;
    const lesions = splits.hasLesionIds ? ` of ${formatCountOf(splits.lesions[name], 'lesion')}` : '';
    return `${images}${lesions}${patients ? ` and ${formatCountOf(patients[i], 'patient')}` : ''}`;
  });
  return [
    ...(split ? ruleSentences(split, splits) : []),
    `The parts are: ${sizes.join('; ')}.`,
    ...proofSentences(splits),
  ];
}

const unitWords = { patient: 'whole patients and lesions', lesion: 'whole lesions', image: 'single images' } as const;

function ruleSentences(split: NonNullable<RunConfig['split']>, { linked, near }: SplitsSummary): string[] {
  const { rule, groupedBy, stratified, ratios, seed, nearDuplicates } = split;
  const shares = formatList(splitNames.map((name) => formatPercent(ratios[name], 0)));
  const mix = stratified ? ', each diagnosis in about the same share of every part' : '';
  const units = unitWords[groupedBy];
  const filled = `Where it lacks a part, that was drawn from its training part by ${units} (seed ${seed}).`;
  const mended = (mend: string | undefined) =>
    mend === 'drop-from-train'
      ? ['Images of an earlier part that belong together with images of a later one were left out of it.']
      : mend === 'keep'
        ? ['What belongs together was left on both sides of it where it was so.']
        : [];
  const ways: Record<typeof rule.kind, () => string[]> = {
    lesions: () => [
      `Images were divided at random (seed ${seed}) into training, validation and test parts of ${shares}, by ${units}${mix}.`,
    ],
    images: () => [
      `Images were divided at random (seed ${seed}) into training, validation and test parts of ${shares}, each for itself, whatever lesion it shows${mix}.`,
    ],
    fold: () =>
      rule.kind === 'fold'
        ? [
            `This is fold ${rule.fold + 1} of ${rule.folds} of a cross-validation: images were divided at random (seed ${seed}) into ${rule.folds} folds by ${units}${mix}; this fold is the test part, the next one the validation part, the others train.`,
          ]
        : [],
    official: () => [
      'Images were divided as the makers of the dataset divided them.',
      ...mended('mend' in rule ? rule.mend : undefined),
      filled,
    ],
    'test-on': () =>
      rule.kind === 'test-on'
        ? [
            `All images of the dataset ${rule.source} are the test part; the validation part was drawn from the others by ${units} (seed ${seed}).`,
            ...(rule.mend === 'keep'
              ? ['Images of the others stayed although their patient, lesion or copy is tested.']
              : ['Images of the others whose patient, lesion or copy is tested were left out.']),
          ]
        : [],
    file: () =>
      rule.kind === 'file'
        ? [
            `Images were divided as the split file ${rule.file} (SHA-256 ${rule.sha256}) says.`,
            ...mended(rule.mend),
            filled,
          ]
        : [],
  };
  return [
    ...ways[rule.kind](),
    ...(linked.length > 0 && rule.kind !== 'images'
      ? [
          `${formatCountOf(linked.length, 'set')} of byte-identical files ${linked.length === 1 ? 'was' : 'were'} known and kept together.`,
        ]
      : []),
    nearDuplicates
      ? `Images that are nearly the same were looked for: ${formatCountOf(near?.length ?? 0, 'pair')} found and kept together.`
      : 'Images that are nearly the same were not looked for.',
  ];
}

function proofSentences({ leakage, proof, hasLesionIds, sha256 }: SplitsSummary): string[] {
  const counted = [
    ...(proof && proof.patients.groups > 0
      ? [`${formatCount(proof.patients.onTwoSides)} of ${formatCountOf(proof.patients.groups, 'patient')}`]
      : []),
    ...(hasLesionIds ? [formatCountOf(leakage.lesions, 'lesion')] : []),
    `${formatCountOf(leakage.images, 'image')}, by name or as a byte-identical file,`,
  ];
  const clean = leakage.lesions + leakage.images + (proof?.patients.onTwoSides ?? 0) === 0;
  return [
    `Counted afterwards, ${formatList(counted)} ${counted.length === 1 && leakage.images === 1 ? 'is' : 'are'} in more than one part${
      clean ? '' : ': results on the test images are too good'
    }.`,
    `The SHA-256 of the division (splits.csv) is ${sha256}.`,
  ];
}
