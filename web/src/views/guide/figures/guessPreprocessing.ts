import { browserCodec } from '../../../../../src/browser/codec.js';
import { normaliseImage } from '../../../../../src/data/augmentation/batches.js';
import { networkInput } from '../../../../../src/data/preparation/networkInput.js';
import { imagenetStatistics } from '../../../../../src/data/preparation/normalisation.js';
import type { Preprocessing } from '../../../../../src/data/preparation/preprocessing.js';
import { fitImage } from '../../../../../src/image/fitImage.js';
import { loadBrowserRuntime } from '../../../../../src/runtime/browser.js';
import type { RunConfig } from '../../../../../src/training/recipe/config.js';
import { onnxFiles } from '../../../browser/onnxFiles.js';
import { exampleRuns } from '../../../runs/exampleRuns.js';
import { exampleRun, parseJson, pictureOf, readRunFile } from '../runSource.js';

/** What somebody may take for granted about the images of a network that doesn't say it. */
const guesses: readonly { readonly words: string; readonly guess: Partial<Preprocessing> }[] = [
  { words: 'as it was trained', guess: {} },
  { words: "ImageNet's mean and deviation", guess: imagenetStatistics },
  { words: 'values from −1 to 1', guess: { mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] } },
  { words: 'values from 0 to 1', guess: { mean: [0, 0, 0], std: [1, 1, 1] } },
  { words: 'values from 0 to 255', guess: { mean: [0, 0, 0], std: [1 / 255, 1 / 255, 1 / 255] } },
  { words: 'blue first', guess: { channelOrder: 'bgr' } },
];

/** What the network answers to an image. */
export interface GuessedAnswer {
  readonly dx: string;
  /** Probability of the answer. */
  readonly probability: number;
}

/** What the network answers under one guess. */
export interface AnswersByGuess {
  readonly words: string;
  /** One an image, in the order of the images. */
  readonly answers: readonly GuessedAnswer[];
}

/** What the example's network makes of the same images under each guess. */
export interface GuessedPreprocessing {
  readonly images: readonly { readonly imageId: string; readonly dx: string }[];
  readonly guesses: readonly AnswersByGuess[];
}

let computed: Promise<GuessedPreprocessing> | undefined;

/** Asks the example's network, once for the page: some hundred passes through a LeNet. */
export function guessPreprocessing(): Promise<GuessedPreprocessing> {
  computed ??= compute();
  // What failed may work the next time.
  computed.catch(() => {
    computed = undefined;
  });
  return computed;
}

async function compute(): Promise<GuessedPreprocessing> {
  const config = (await readRunFile(exampleRun, 'config.json', parseJson)) as RunConfig;
  const classes = config.data.classes.map(({ id }) => id);
  const { records } = await exampleRuns.records(exampleRun.id);
  const pictures = await Promise.all(
    records.map(async ({ imageId }) => browserCodec.decode(await fetchBytes(exampleRuns.imageUrl('', imageId)!))),
  );
  const runtime = await loadBrowserRuntime({ onnxFiles });
  const session = await runtime.open(await fetchBytes(pictureOf(exampleRun, 'model.onnx')!), { file: 'the example' });
  try {
    const found: AnswersByGuess[] = [];
    for (const { words, guess } of guesses) {
      const preprocessing = { ...config.preprocessing, ...guess };
      const answers: GuessedAnswer[] = [];
      for (const picture of pictures) {
        const pixels = new Float32Array(3 * preprocessing.imageSize ** 2);
        normaliseImage(fitImage(picture, preprocessing).data, preprocessing, pixels, 0);
        const feed = networkInput(pixels, preprocessing, 1);
        const outputs = await session.run({ images: feed }, {}, ['probabilities']);
        const probabilities = [...(outputs.probabilities.data as Float32Array)];
        const probability = Math.max(...probabilities);
        answers.push({ dx: classes[probabilities.indexOf(probability)], probability });
      }
      found.push({ words, answers });
    }
    return { images: records, guesses: found };
  } finally {
    await session.close();
  }
}

async function fetchBytes(address: string): Promise<Uint8Array> {
  return new Uint8Array(await (await fetch(address)).arrayBuffer());
}
