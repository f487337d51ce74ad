import { useCallback, useEffect, useState } from 'react';
import { receiveError } from '../../../../src/postedError.js';
import type { Device } from '../../../../src/runtime/runtime.js';
import type { FoundInFile, SaidOfModel } from '../../predictWorker/predictWorker.js';
import { type Prediction, startPrediction } from '../../predictWorker/startPrediction.js';
import { loadModel, type ModelSource } from './modelSources.js';
import { forgetAnswers, recallAnswers, rememberAnswers } from './rememberedAnswers.js';

/** What somebody else's file says. */
export type ForeignFile = Extract<FoundInFile, { kind: 'foreign' }>;

/** Somebody else's model, and what was said of it. */
export interface ForeignState {
  readonly name: string;
  /** What its files say by themselves. */
  readonly own: ForeignFile;
  /** The same, with what the reader has said. */
  readonly now: ForeignFile;
  readonly said: SaidOfModel;
  /** Whether what was said is from an earlier visit. */
  readonly recalled: boolean;
  /** Whether this browser keeps what is said. */
  readonly kept: boolean;
}

export interface PredictionState {
  /** Undefined while it opens, or where it can't be opened. */
  readonly prediction?: Prediction;
  /** Undefined of a model that lesionlab exported. */
  readonly foreign?: ForeignState;
  readonly problem?: unknown;
}

/** What a reader does about somebody else's model. */
export interface PredictionActions {
  /** Says what the file doesn't, and opens it by that; this browser keeps it. */
  say(said: SaidOfModel): void;
  /** Forgets what was said of the file, here and in later visits. */
  forget(): void;
}

/** What the reader has just said of a source. */
interface Said {
  readonly of: ModelSource;
  readonly answers: SaidOfModel | 'forget';
}

/** Keeps the chosen model open on the chosen device, in a worker that ends with the view. */
export function usePrediction(source: ModelSource, device: 'auto' | Device): PredictionState & PredictionActions {
  const [state, setState] = useState<PredictionState>({});
  const [said, setSaid] = useState<Said>();
  const own = said?.of === source ? said.answers : undefined;
  useEffect(() => {
    const ended = new AbortController();
    const { signal } = ended;
    const change = (next: PredictionState) => !signal.aborted && setState(next);
    // A form that was filled in stays while the model opens by it.
    setState(({ foreign }) => (own === undefined ? {} : { foreign }));
    openSource(source, device, own, signal, change).catch((problem) =>
      change(problem instanceof OpeningFailed ? { foreign: problem.foreign, problem: problem.cause } : { problem }),
    );
    return () => ended.abort();
  }, [source, device, own]);
  const say = useCallback((answers: SaidOfModel) => setSaid({ of: source, answers }), [source]);
  const forget = useCallback(() => setSaid({ of: source, answers: 'forget' }), [source]);
  return { ...state, say, forget };
}

/** A model that was looked into, and could not be opened. */
class OpeningFailed extends Error {
  constructor(
    readonly foreign: ForeignState,
    cause: unknown,
  ) {
    super('', { cause });
  }
}

async function openSource(
  source: ModelSource,
  device: 'auto' | Device,
  own: Said['answers'] | undefined,
  signal: AbortSignal,
  change: (state: PredictionState) => void,
): Promise<void> {
  const model = await loadModel(source, signal);
  if (signal.aborted) return;
  const loaded = await startPrediction(model, signal);
  const { found, sha256 } = loaded;
  if (found.kind === 'exported') {
    change({ prediction: await loaded.open(device, {}) });
    return;
  }
  if (own === 'forget') forgetAnswers(sha256);
  const earlier = own === undefined ? recallAnswers(sha256) : undefined;
  const said = earlier ?? (own === 'forget' || own === undefined ? {} : own);
  const now = Object.keys(said).length > 0 ? ((await loaded.inspect(said)) as ForeignFile) : found;
  const foreign: ForeignState = {
    name: model.name,
    own: found,
    now,
    said,
    recalled: earlier !== undefined,
    kept: sha256 !== undefined,
  };
  if (now.problem || now.missing.length > 0) {
    change({ foreign, problem: now.problem && receiveError(now.problem) });
    return;
  }
  change({ foreign });
  const prediction = await loaded.open(device, said).catch((cause) => {
    throw new OpeningFailed(foreign, cause);
  });
  if (own !== undefined && own !== 'forget') rememberAnswers(sha256, said);
  change({ foreign, prediction });
}
