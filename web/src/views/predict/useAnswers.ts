import { useEffect, useState } from 'react';
import type { MetadataValues } from '../../../../src/data/preparation/metadataInput.js';
import type { StudioPrediction } from '../../predictWorker/predictWorker.js';
import type { Prediction } from '../../predictWorker/startPrediction.js';
import type { InputImage } from './collectImages.js';
import { readFile } from './modelSources.js';

/** What the model says about one of the given images. */
export interface AnsweredImage extends StudioPrediction {
  readonly input: InputImage;
}

export interface Answers {
  readonly images: readonly AnsweredImage[];
  /** Files that the model could not look at. */
  readonly unusable: readonly { readonly name: string; readonly problem: unknown }[];
  readonly done: number;
  readonly total: number;
  /** Seconds left, by the images so far. */
  readonly secondsLeft?: number;
  /** Of which prediction and images this is; another one begins anew. */
  readonly of?: { readonly prediction: Prediction; readonly inputs: readonly InputImage[] };
}

const none: Answers = { images: [], unusable: [], done: 0, total: 0 };
/** Between two looks of the page at what is done, milliseconds. */
const interval = 200;

/** Shows all images to a model, one after another. One alone also gets its heat maps; of many they would fill the memory. */
export function useAnswers(
  prediction: Prediction | undefined,
  inputs: readonly InputImage[],
  told: MetadataValues,
): Answers {
  const [answers, setAnswers] = useState<Answers>(none);
  useEffect(() => {
    if (!prediction || inputs.length === 0) {
      setAnswers(none);
      return;
    }
    let stopped = false;
    const images: AnsweredImage[] = [];
    const unusable: { name: string; problem: unknown }[] = [];
    const start = performance.now();
    let shown = start;
    const show = (done: number) => {
      shown = performance.now();
      const secondsLeft = done > 0 ? ((shown - start) / 1000 / done) * (inputs.length - done) : undefined;
      const total = inputs.length;
      setAnswers({
        images: [...images],
        unusable: [...unusable],
        done,
        total,
        secondsLeft,
        of: { prediction, inputs },
      });
    };
    const lookAtAll = async () => {
      show(0);
      for (const [i, input] of inputs.entries()) {
        try {
          const bytes = await readFile(input.file);
          const found = await prediction.predict(bytes, { heat: inputs.length === 1, metadata: told });
          if (stopped) return;
          images.push({ ...found, input });
        } catch (problem) {
          if (stopped || prediction.closed) return;
          unusable.push({ name: input.name, problem });
        }
        if (i + 1 === inputs.length || performance.now() - shown > interval) show(i + 1);
      }
    };
    lookAtAll();
    return () => {
      stopped = true;
    };
  }, [prediction, inputs, told]);
  return answers;
}
