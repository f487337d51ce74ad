import { z } from 'zod';
import { channelOrders, inputLayouts } from '../../../../src/data/preparation/preprocessing.js';
import { fits } from '../../../../src/image/fitImage.js';
import { resizeMethods } from '../../../../src/image/resizeFilters.js';
import type { SaidOfModel } from '../../predictWorker/predictWorker.js';

const triple = z.tuple([z.number(), z.number(), z.number()]);

/** What is kept: anything else that lies under the name is none of ours. */
const saidOfModel = z.object({
  preprocessing: z
    .object({
      imageSize: z.int().positive(),
      fit: z.enum(fits),
      crop: z.number(),
      resize: z.enum(resizeMethods),
      mean: triple,
      std: triple,
      channelOrder: z.enum(channelOrders),
      layout: z.enum(inputLayouts),
    })
    .partial()
    .optional(),
  classNames: z.array(z.string()).optional(),
  output: z.string().optional(),
});

const keyOf = (sha256: string) => `lesionlab-model-${sha256}`;

/** What was said of a file on an earlier visit; undefined where nothing was, or this browser keeps nothing. */
export function recallAnswers(sha256: string | undefined): SaidOfModel | undefined {
  const text = withStorage((storage) => sha256 && storage.getItem(keyOf(sha256)));
  if (!text) return undefined;
  try {
    const parsed = saidOfModel.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}

/** Keeps what was said of a file in this browser, by its SHA-256. */
export function rememberAnswers(sha256: string | undefined, said: SaidOfModel): void {
  withStorage((storage) => sha256 && storage.setItem(keyOf(sha256), JSON.stringify(said)));
}

export function forgetAnswers(sha256: string | undefined): void {
  withStorage((storage) => sha256 && storage.removeItem(keyOf(sha256)));
}

/** Some browsers, or their private windows, keep nothing and throw. */
function withStorage<T>(use: (storage: Storage) => T): T | undefined {
  try {
    return use(localStorage);
  } catch {
    return undefined;
  }
}
