import { describe, expect, it } from 'vitest';
import { judge, type Predictions, toPredictions } from '../../../src/evaluation/index.js';
import { completeTrainingList } from '../../../src/evaluation/judging/trainingOverlap.js';
import { thrown } from '../../thrown.js';

const classes = [
  { id: 'no', name: 'No', positive: false },
  { id: 'yes', name: 'Yes', positive: true },
];
const quick = { resamples: 0 };
/** Two images a lesion, two lesions a patient. */
const images = 24;
const labels = Array.from({ length: images }, (_, i) => ((i >> 1) % 3 === 0 ? 1 : 0));
const arrays = {
  classes,
  labels,
  probabilities: labels.map((label, i) => {
    const p = Math.min(0.95, Math.max(0.05, 0.3 + 0.35 * label + ((i * 7) % 10) / 20 - 0.2));
    return [1 - p, p];
  }),
  groups: labels.map((_, i) => `lesion ${i >> 1}`),
  patients: labels.map((_, i) => `patient ${i >> 2}`),
};

describe('what is estimated is declared', () => {
  it('resamples patients where they are known, which are wider than lesions', () => {
    const byPatient = judge(arrays, { resamples: 400 });
    const { patients: _, ...rest } = arrays;
    const byLesion = judge(rest, { resamples: 400 });
    expect(byPatient.judgement.unit).toMatchObject({
      of: 'image',
      join: null,
      clusters: 'patient',
      clusterCount: 6,
      largestCluster: 4,
    });
    expect(byLesion.judgement.unit).toMatchObject({ clusters: 'lesion', clusterCount: 12 });
    expect(byPatient.intervals?.method).toContain('clustered by patient');
    expect(byPatient.accuracy).toBe(byLesion.accuracy);
    expect(byPatient.intervals?.accuracy).not.toEqual(byLesion.intervals?.accuracy);
    // Lesions are counted as such, whatever is resampled.
    expect(byPatient.lesions).toBe(12);
  });

  it('a patient is yes where a lesion is, and lesions with two truths are refused', () => {
    const found = judge(arrays, { ...quick, unit: 'patient', join: 'max' });
    expect(found.images).toBe(6);
    const yes = new Set(labels.flatMap((label, i) => (label === 1 ? [i >> 2] : [])));
    expect(found.perClass.map(({ support }) => support)).toEqual([6 - yes.size, yes.size]);
    expect(
      thrown(() => judge({ ...arrays, groups: labels.map(() => 'one') }, { ...quick, unit: 'lesion' })),
    ).toMatchObject({ kind: 'data', code: 'mixed-lesions' });
    const { patients: _, ...rest } = arrays;
    expect(thrown(() => judge(rest, { ...quick, unit: 'patient' }))).toMatchObject({
      kind: 'usage',
      code: 'no-patients',
    });
  });

  it('knows other photographs of a lesion by the truth, where the list has ids alone', () => {
    const records = ['a', 'b', 'c', 'd'].map((imageId, i) => ({
      ...{ imageId, lesionId: i < 2 ? 'one' : imageId, label: i % 2, age: null },
      patientId: `p${i}`,
    }));
    const list = {
      source: 'ids',
      imageIds: new Set(['A', 'x']),
      lesionIds: new Set<string>(),
      patientIds: new Set<string>(),
    };
    const known = completeTrainingList(list, { records, hasLesionIds: true, hasPatientIds: true });
    expect(known).toMatchObject({ lesionIds: new Set(['one']), patientIds: new Set(['p0']), withoutLesion: 1 });
    const scored = { imageIds: ['b', 'c', 'd'], labels: [1, 0, 1], groups: ['one', 'c', 'd'] };
    const probabilities = [
      [0.2, 0.8],
      [0.7, 0.3],
      [0.4, 0.6],
    ];
    const { judgement } = judge({ ...scored, probabilities, classes }, { ...quick, trainedOn: known });
    expect(judgement.overlap).toMatchObject({ images: 0, sameLesion: 1, withoutLesion: 1, withoutThem: { images: 2 } });
    const unknown = completeTrainingList(list, { records, hasLesionIds: false });
    expect(unknown).toMatchObject({ lesionIds: new Set(), withoutLesion: 2 });
  });

  it('counts images that were learned from, those of their lesions and patients, and scores without them', () => {
    const imageIds = labels.map((_, i) => `i${i}`);
    const trainedOn = {
      source: 'list',
      imageIds: new Set(['I0']),
      lesionIds: new Set(['lesion 0', 'lesion 5']),
      patientIds: new Set(['patient 1']),
    };
    const { judgement } = judge({ ...arrays, imageIds }, { ...quick, trainedOn });
    expect(judgement.overlap).toMatchObject({ images: 1, sameLesion: 3, samePatient: 4, withoutThem: { images: 16 } });
    expect(judge(arrays, quick).judgement.overlap).toBeNull();
  });

  it('sets a share aside by patient and fits thresholds there, anew in each resample', () => {
    const { judgement, intervals } = judge(arrays, { resamples: 60, calibrateOn: { share: 0.5 } });
    expect(judgement.flow).toMatchObject({ images, missing: 0 });
    expect(judgement.flow.setAside + judgement.flow.scoredImages).toBe(images);
    expect(judgement.flow.setAside % 4).toBe(0);
    expect(judgement.fitted).toMatchObject({ resamples: 60, images: judgement.flow.setAside });
    expect(judgement.questions[0].points.map(({ kind }) => kind)).not.toContain('descriptive');
    expect(intervals).not.toBeNull();
    // A part of its own that shares a patient is refused.
    const other = toPredictions({
      ...arrays,
      imageIds: labels.map((_, i) => `o${i}`),
      groups: labels.map((_, i) => `other ${i}`),
    });
    expect(thrown(() => judge(arrays, { ...quick, calibrateOn: { predictions: other } }))).toMatchObject({
      kind: 'data',
      code: 'fitted-on-scored',
    });
  });
});

describe('labels', () => {
  const confirmations = labels.map((_, i) => (i % 3 === 0 ? 'consensus' : i % 5 === 0 ? null : 'histo'));
  it('are counted by how they were confirmed, and histology is scored alone', () => {
    const { labels: found } = judge({ ...arrays, confirmations }, { resamples: 50 }).judgement;
    const counted = Object.values(found!.counts).flatMap((own) => Object.values(own));
    expect(counted.reduce((a, b) => a + b, 0)).toBe(images);
    const rows = confirmations.flatMap((way, i) => (way === 'histo' ? [i] : []));
    const alone = judge(
      { classes, labels: rows.map((i) => labels[i]), probabilities: rows.map((i) => arrays.probabilities[i]) },
      quick,
    );
    expect(found!.histologyAlone).toMatchObject({
      images: rows.length,
      accuracy: { value: alone.accuracy },
      questions: [{ auroc: { value: alone.questions[0].auroc } }],
    });
    expect(judge(arrays, quick).judgement.labels).toBeNull();
  });

  it('have bounds that every choice of wrong truths lies within, and some reach', () => {
    // Few enough to try every choice.
    const few = 10;
    const own: Predictions = toPredictions({
      classes,
      labels: labels.slice(0, few),
      probabilities: arrays.probabilities.slice(0, few),
    });
    const ways = confirmations.slice(0, few);
    const { bounds } = judge({ ...own, confirmations: ways } as Predictions, { ...quick, labelErrors: 0.5 }).judgement
      .labels!;
    const open = ways.flatMap((way, i) => (way === 'histo' ? [] : [i]));
    expect(bounds).toMatchObject({ unconfirmed: open.length, wrong: Math.floor(open.length / 2) });
    const seen = { accuracy: [] as number[], sensitivity: [] as number[], specificity: [] as number[] };
    for (let choice = 0; choice < 2 ** open.length; choice++) {
      const flipped = new Set(open.filter((_, bit) => (choice >> bit) & 1));
      if (flipped.size > bounds!.wrong) continue;
      const truths = own.labels.map((label, i) => (flipped.has(i) ? 1 - label : label));
      const { accuracy, perClass } = judge({ ...own, labels: truths } as Predictions, quick);
      seen.accuracy.push(accuracy);
      if (perClass[1].recall !== null) seen.sensitivity.push(perClass[1].recall);
      if (perClass[1].specificity !== null) seen.specificity.push(perClass[1].specificity);
    }
    for (const [name, bound] of [
      ['accuracy', bounds!.accuracy],
      ['sensitivity', bounds!.questions[0].sensitivity],
      ['specificity', bounds!.questions[0].specificity],
    ] as const) {
      expect(bound.lowest, name).toBeCloseTo(Math.min(...seen[name]), 12);
      expect(bound.highest, name).toBeCloseTo(Math.max(...seen[name]), 12);
    }
  });
});

describe('odd sets of images', () => {
  it.each([
    ['one class', [0, 0, 0], [0.1, 0.2, 0.7]],
    ['one image', [1], [0.9]],
    ['no mistakes', [0, 1, 0, 1], [0, 1, 0, 1]],
    ['one probability for all', [0, 1, 0, 1], [0.5, 0.5, 0.5, 0.5]],
  ])('%s is judged without a number that is none', (_, truths, yes) => {
    const found = judge(
      { classes, labels: truths, probabilities: yes.map((p) => [1 - p, p]) },
      { resamples: 30, prevalence: 0.1 },
    );
    const text = JSON.stringify(found, (_, value) => {
      if (typeof value === 'number' && !Number.isFinite(value)) throw new Error(`${value}`);
      return value;
    });
    expect(text).toContain('"judgement"');
  });
});
