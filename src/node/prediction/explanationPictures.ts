import { coarsenHeatMap } from '../../explain/coarsenHeatMap.js';
import type { ExplanationMethod } from '../../explain/explainers/explainer.js';
import { explainers } from '../../explain/explainers/registry.js';
import { drawSeenPart, overlayHeat } from '../../image/index.js';
import { sharpCodec } from '../files/codec.js';
import type { RunData } from '../run/runData.js';
import type { ExplainedRecord } from './explainImages.js';

/** What stands side by side: the image, its heat before and after training. */
export interface ExplanationPictures<T> {
  readonly original: T;
  readonly before: T;
  readonly after: T;
}

/** Ids may be paths where a dataset of class folders uses a name twice; the number keeps such names apart. */
export function explanationFileNames(imageId: string, number: number): ExplanationPictures<string> {
  const safe = imageId.replace(/[^\w.-]/g, '_');
  const stem = safe === imageId ? imageId : `${safe}-${number + 1}`;
  return { original: `${stem}-input.png`, before: `${stem}-before.png`, after: `${stem}-after.png` };
}

/** Whether a file is named as these pictures are. */
export const isExplanationPicture = (name: string): boolean => /.-(input|before|after)\.png$/.test(name);

/** Height of the pictures, pixels. */
const pictureHeight = 240;
/** Finest heat that a picture shows, for methods whose maps are clouds of points. */
export const visibleDetail = 32;

/** Draws the part of an image that the network saw, in its true proportions, alone and under both maps; PNG. */
export async function drawExplanation(
  { record, before, after }: ExplainedRecord,
  { dataset, config }: RunData,
  method: ExplanationMethod,
): Promise<ExplanationPictures<Uint8Array>> {
  const image = await sharpCodec.decode(await dataset.images.read(record.imageId));
  const seen = drawSeenPart(image, config.preprocessing, pictureHeight);
  const draw = (map: ExplainedRecord['before']) => {
    const heat = explainers[method].grainy ? coarsenHeatMap(map, visibleDetail) : map;
    return sharpCodec.encodePng(map.empty ? seen : overlayHeat(seen, heat));
  };
  return { original: await sharpCodec.encodePng(seen), before: await draw(before), after: await draw(after) };
}
