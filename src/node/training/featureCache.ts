import { createHash, type Hash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { LesionlabError } from '../../errors.js';
import { decodeSafetensors, encodeSafetensors } from '../../models/index.js';
import type { Weights } from '../../nn/index.js';
import type { FeatureTable } from '../../training/featureTable.js';
import { defaultCacheFolder } from '../files/cacheFolder.js';
import { writeFileWhole } from '../files/writeFile.js';

/** Features of a run's splits; of the validation images as they are. */
export interface SplitFeatures {
  readonly train: FeatureTable;
  readonly validation: FeatureTable;
}

/** Raised whenever the same settings would give other features, or the file's layout changes. */
const format = 1;

/** All that features follow from, apart from the weights: JSON. */
export interface FeatureKey {
  readonly model: string;
  /** The file of prepared images, whose name follows from their contents, size and fit. */
  readonly preparedFile: string;
  readonly settings: Readonly<Record<string, unknown>>;
  /** Index in the prepared file of each image. */
  readonly train: Int32Array;
  readonly validation: Int32Array;
  /** Of the trunk. */
  readonly weights: Weights;
}

/** Where the features of a key are kept: beside the prepared images. */
export function featureFile(key: FeatureKey, cacheFolder = defaultCacheFolder()): string {
  const hash = createHash('sha256');
  hash.update(JSON.stringify([format, key.model, basename(key.preparedFile), key.settings]));
  for (const indices of [key.train, key.validation]) hash.update(`${indices.length}`).update(bytesOf(indices));
  for (const [name, { data, shape }] of key.weights) {
    hash.update(JSON.stringify([name, shape])).update(bytesOf(data));
  }
  return join(cacheFolder, `${hash.digest('hex').slice(0, 32)}.features`);
}

/** The features in a file; undefined where there is none, or it is damaged or of something else: they are then computed again. */
export async function readFeatures(
  path: string,
  expected: { readonly train: number; readonly validation: number; readonly views: number; readonly width: number },
): Promise<SplitFeatures | undefined> {
  try {
    const { weights, metadata } = decodeSafetensors(await readFile(path), path);
    const { views, width } = expected;
    const table = (name: 'train' | 'validation', rows: number): FeatureTable | undefined => {
      const found = weights.get(name);
      const shape = [rows, expected[name], width];
      return found && `${found.shape}` === `${shape}`
        ? { views: rows, count: expected[name], width, values: found.data }
        : undefined;
    };
    const train = table('train', views);
    const validation = table('validation', 1);
    if (!train || !validation || metadata.sha256 !== checksum({ train, validation })) return undefined;
    return { train, validation };
  } catch (error) {
    if (error instanceof LesionlabError || (error as NodeJS.ErrnoException).syscall !== undefined) return undefined;
    throw error;
  }
}

/** Writes features whole. @throws LesionlabError kind `run` where the folder can't be written */
export async function writeFeatures(path: string, features: SplitFeatures): Promise<void> {
  const tensors = (['train', 'validation'] as const).map((name) => {
    const { values, views, count, width } = features[name];
    return [name, { data: values, shape: [views, count, width] }] as const;
  });
  await writeFileWhole(path, encodeSafetensors(new Map(tensors), { sha256: checksum(features) }));
}

function checksum({ train, validation }: SplitFeatures): string {
  const hash: Hash = createHash('sha256');
  for (const { values } of [train, validation]) hash.update(bytesOf(values));
  return hash.digest('hex');
}

const bytesOf = ({ buffer, byteOffset, byteLength }: Float32Array | Int32Array) =>
  new Uint8Array(buffer, byteOffset, byteLength);
