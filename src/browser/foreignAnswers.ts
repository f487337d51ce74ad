import type { GivenPreprocessing } from '../data/preparation/foreignPreprocessing.js';
import { usageError } from '../errors.js';
import { type ForeignClassifier, readForeign } from '../models/foreign/readForeign.js';
import type { ReadSource } from './modelSource.js';

/** What somebody else's model doesn't say itself. What its file, or a text beside it, does say needn't be said again. */
export interface ForeignAnswers {
  /** How it wants its images. */
  readonly preprocessing?: Omit<GivenPreprocessing, 'classNames'>;
  /** In the order of its outputs. Default what the file or `texts` say, else `class 0`, `class 1`, ... */
  readonly classNames?: readonly string[];
  /** The output that gives the classes, where there are several. */
  readonly output?: string;
  /** Contents of what lies beside it, by name: `preprocessor_config.json` (Hugging Face) and `config.json` (timm, Hugging Face) are read. */
  readonly texts?: Readonly<Record<string, string>>;
}

/** Reads somebody else's model with what is said of it. @throws LesionlabError as `readForeign` does */
export const readWithAnswers = (
  { name, bytes }: ReadSource,
  { preprocessing, classNames, output, texts = {} }: ForeignAnswers,
): ForeignClassifier =>
  readForeign({ name, bytes, texts: new Map(Object.entries(texts)) }, { ...preprocessing, classNames, output });

/** @throws LesionlabError kind `usage` where something is said of a model that says all of it itself */
export function refuseAnswers(name: string, { preprocessing = {}, classNames, output }: ForeignAnswers): void {
  const said = Object.entries({ ...preprocessing, classNames, output }).find(([, value]) => value !== undefined);
  if (said)
    throw usageError(
      'known-preprocessing',
      `${name} says itself how it wants its images; "${said[0]}" was given, too.`,
      {
        hint: 'Leave it out.',
      },
    );
}
