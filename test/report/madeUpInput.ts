import { type Evaluation, evaluatePredictions } from '../../src/evaluation/evaluate.js';
import {
  conformalLevels,
  conformalThresholds,
  type ExternalEvaluation,
  evaluateSubgroups,
  fitTemperature,
  type Predictions,
  scoreExternal,
} from '../../src/evaluation/index.js';
import { compareLeak, type LeakDemonstration } from '../../src/evaluation/outside/leakDemonstration.js';
import { takeRows } from '../../src/evaluation/predictions/takeRows.js';
import type { ReportInput } from '../../src/report/index.js';
import {
  madeUpConfig,
  madeUpExploration,
  madeUpPredictions,
  madeUpRecords,
  madeUpSplits,
  madeUpValidationCounts,
} from './fixtures.js';

const predictions = madeUpPredictions();
const dot = { source: 'data:image/png;base64,AA==', width: 8, height: 8 };
export const picture = (alternative: string) => ({ ...dot, alternative });

const { temperature } = fitTemperature(predictions);
const calibration = {
  temperature,
  conformal: conformalLevels.map((level) => conformalThresholds(predictions, level)),
};
const subgroups = evaluateSubgroups(
  predictions,
  new Map(
    predictions.imageIds.map((id, i) => [id, { age: 20 + (i % 60), sex: i % 2 ? 'male' : 'female', dxType: 'histo' }]),
  ),
  { resamples: 30 },
);

export const madeUpInput: ReportInput = {
  config: madeUpConfig(),
  runFolder: 'runs/first',
  exploration: madeUpExploration(),
  splits: madeUpSplits(),
  leak: madeUpLeak(),
  leakFolder: 'runs/leak',
  validationCounts: madeUpValidationCounts(),
  records: madeUpRecords(),
  layers: [
    { name: 'conv1', type: '5x5 convolution', outputShape: [6, 112, 112], parameters: 456, operations: 11289600 },
  ],
  trainingBatch: picture('A batch'),
  evaluation: evaluatePredictions(predictions, { split: 'test', seed: 0, resamples: 50, calibration }),
  predictions,
  subgroups,
  externals: [madeUpExternal()],
  testLooks: { times: 1, weights: 1, checkpoint: 'best', epoch: 18 },
  sampleGrid: null,
  pictures: new Map(predictions.imageIds.map((id) => [id, dot])),
  explanations: {
    layer: 'conv2',
    images: [
      {
        imageId: 'ISIC_0024306',
        dx: 'mel',
        predicted: 'nv',
        confidence: 0.7,
        explained: 'mel',
        empty: { before: true, after: false },
        original: picture('Original'),
        before: picture('Before'),
        after: picture('After'),
        heatInside: 0.6,
        lesionShare: 0.3,
      },
    ],
    localisation: { images: 120, heatInside: 0.55, lesionShare: 0.3, heatInsideBefore: 0.31 },
    masksLeftOut: [
      { imageId: 'ISIC_0000009', reason: 'masks/ISIC_0000009_segmentation.png: the mask has another shape' },
    ],
  },
  writtenBy: 'lesionlab 0.1.0',
};

export const emptyInput: ReportInput = {
  ...madeUpInput,
  exploration: null,
  splits: null,
  leak: null,
  validationCounts: null,
  records: [],
  layers: null,
  trainingBatch: null,
  evaluation: null,
  predictions: null,
  subgroups: null,
  externals: [],
  testLooks: null,
  pictures: new Map(),
  explanations: null,
};

/** The same predictions twice: every second image for one way of splitting, the others for the other. */
export function madeUpLeak(): LeakDemonstration {
  const half = (odd: number): { evaluation: Evaluation; predictions: Predictions } => {
    const rows = predictions.imageIds.map((_, i) => i).filter((i) => i % 2 === odd);
    const own = takeRows(predictions, rows);
    return { predictions: own, evaluation: evaluatePredictions(own, { split: 'test', seed: 0, resamples: 20 }) };
  };
  const trained = new Set(predictions.lesionIds.slice(0, 200));
  const { id, name, sha256, images, lesions } = madeUpConfig().data;
  return {
    ...compareLeak(half(0), half(1), trained, { seed: 0, resamples: 20 }),
    model: 'lenet',
    preset: 'lenet',
    overrides: ['epochs=4'],
    imageSize: 64,
    epochs: 4,
    seed: 0,
    data: { id, name, sha256, images, lesions },
  };
}

/** Images of two classes from elsewhere, under names of their own. */
export function madeUpExternal(): ExternalEvaluation {
  const rows = [...predictions.labels.keys()].filter((i) => [4, 5].includes(predictions.labels[i])).slice(0, 150);
  const scores = scoreExternal(
    { predictions: takeRows(predictions, rows), internal: predictions, calibration: null, kept: [4, 5] },
    { split: 'clinic', seed: 0, resamples: 20 },
  );
  return {
    ...scores,
    external: {
      source: 'from-the-clinic',
      dataset: 'Images of a clinic',
      map: { melanoma: 'mel', nv: 'nv', scar: null },
      leftOut: [{ id: 'scar', images: 17 }],
      restricted: ['mel', 'nv'],
      excluded: [],
      hasLesionIds: true,
      overlap: { identical: null, sameId: { train: 0, validation: 0, test: 0 } },
      notes: ['Left out: 17 images of the class scar.'],
    },
  };
}
