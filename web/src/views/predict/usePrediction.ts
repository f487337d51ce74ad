import { useEffect, useState } from 'react';
import type { Device } from '../../../../src/runtime/runtime.js';
import { type Prediction, startPrediction } from '../../predictWorker/startPrediction.js';
import { loadModel, type ModelSource } from './modelSources.js';

export interface PredictionState {
  /** Undefined while it opens, or where it can't be opened. */
  readonly prediction?: Prediction;
  readonly problem?: unknown;
}

/** Keeps the chosen model open on the chosen device, in a worker that ends with the view. */
export function usePrediction(source: ModelSource, device: 'auto' | Device): PredictionState {
  const [state, setState] = useState<PredictionState>({});
  useEffect(() => {
    const ended = new AbortController();
    const { signal } = ended;
    setState({});
    loadModel(source, signal)
      .then((model) => (signal.aborted ? undefined : startPrediction(model, device, signal)))
      .then(
        (prediction) => !signal.aborted && setState({ prediction }),
        (problem) => !signal.aborted && setState({ problem }),
      );
    return () => ended.abort();
  }, [source, device]);
  return state;
}
