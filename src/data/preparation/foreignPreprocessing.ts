import { runError, usageError } from '../../errors.js';
import type { Fit } from '../../image/fitImage.js';
import type { ResizeMethod } from '../../image/resizeFilters.js';
import { type ForeignClassNames, readClassNames } from './foreignClassNames.js';
import { readInputShape } from './foreignInputShape.js';
import { readHuggingFaceProcessor } from './huggingFaceProcessor.js';
import { readOnnxMetadata } from './onnxImageMetadata.js';
import type { ChannelOrder, InputLayout, Preprocessing } from './preprocessing.js';
import {
  type ClaimedValues,
  type ForeignField,
  isSide,
  PreprocessingClaims,
  parseJsonObject,
  quote,
} from './preprocessingClaims.js';
import { readTimmSettings, timmSettings } from './timmConfig.js';

/** What somebody says of a network's images; it goes before all files. */
export interface GivenPreprocessing {
  /** Side of the square input, pixels. */
  readonly imageSize?: number;
  readonly fit?: Fit;
  /** Share of the resized side that the cut keeps, above 0 and up to 1: timm's `crop_pct`. Default 1 where `fit` is given. */
  readonly crop?: number;
  readonly resize?: ResizeMethod;
  /** Of red, green and blue, of values in [0, 1]. */
  readonly mean?: readonly [number, number, number];
  /** Of red, green and blue, of values in [0, 1]. */
  readonly std?: readonly [number, number, number];
  readonly channelOrder?: ChannelOrder;
  readonly layout?: InputLayout;
  /** In the order of the outputs. */
  readonly classNames?: readonly string[];
}

/** Where preprocessing may be said. */
export interface ForeignPreprocessingSources {
  /** Of the model, for messages: its file. */
  readonly model: string;
  /** The ONNX file's own, by key. */
  readonly metadata: Readonly<Record<string, string>>;
  /** Texts of the files beside the model, by name: preprocessor_config.json and config.json are read. */
  readonly files: ReadonlyMap<string, string>;
  readonly inputName: string;
  /** As the file says it; a number where a side is fixed, anything else where it isn't. */
  readonly inputShape: readonly (number | string | null | undefined)[];
  /** Outputs of the network, where that is known. */
  readonly classCount?: number;
  readonly given?: GivenPreprocessing;
}

/** What is known of the images that a foreign network takes. */
export interface ForeignPreprocessing {
  readonly model: string;
  /** Values that are said somewhere. */
  readonly preprocessing: Readonly<ClaimedValues>;
  /** Where each value is from: `preprocessor_config.json: image_mean`. */
  readonly sources: Readonly<Partial<Record<ForeignField, string>>>;
  /** Undefined where nothing says them and the number of classes isn't known. */
  readonly classNames?: ForeignClassNames;
  /** Values that nothing says, and that can't be done without. */
  readonly missing: readonly ForeignField[];
}

/** What preprocessing can't be without, and how it is said. */
const needed = {
  imageSize: { name: 'image size', terminal: '--image-size 224' },
  fit: { name: 'fit', terminal: '--fit squash' },
  resize: { name: 'interpolation', terminal: '--interpolation bilinear' },
  mean: { name: 'mean', terminal: '--mean 0.485,0.456,0.406' },
  std: { name: 'standard deviation', terminal: '--std 0.229,0.224,0.225' },
  channelOrder: { name: 'channel order', terminal: '--channel-order rgb' },
  layout: { name: 'layout', terminal: '--layout nchw' },
} as const;
/** What a reader calls what is missing: `standard deviation`. */
export const missingNames = ({ missing }: Pick<ForeignPreprocessing, 'missing'>): string[] =>
  missing.map((field) => needed[field as keyof typeof needed].name);
const optionHint = {
  terminal:
    'Say what is right with --image-size, --fit, --crop, --interpolation, --mean, --std, --channel-order and --layout.',
  page: 'Fill in what is right beside the model.',
};

/**
 * How a network of somebody else wants its images: what is given, else what the model's metadata, preprocessor_config.json (Hugging Face) and
 * config.json (timm, Hugging Face) say, else what the input's shape fixes. Nothing is guessed: `requireComplete` refuses what nobody said.
 * @throws LesionlabError kind `run` that lists everything where sources contradict each other or the input's shape, or name steps that lesionlab
 *   doesn't have; kind `usage` where what is given can't be
 */
export function readForeignPreprocessing(from: ForeignPreprocessingSources): ForeignPreprocessing {
  const { model, given = {} } = from;
  const shape = readInputShape(from.inputName, from.inputShape);
  const said = [readOnnxMetadata(from.metadata), ...readFilesBeside(from, shape.values.imageSize), shape];
  const own = readGiven(given);
  requireShape(own, shape, model);
  const isSettled = (field: ForeignField) =>
    own.values[field] !== undefined ||
    shape.values[field] !== undefined ||
    (field === 'resizeTo' && (given.fit ?? given.crop) !== undefined);
  const merged = mergeClaims(own, said);
  settleResizeTo(merged, said, given);
  const config = fileBeside(from.files, 'config.json');
  const named = readClassNames({ ...from, config, given: given.classNames, classCount: from.classCount });
  const problems = [
    ...said.flatMap(({ refusals }) =>
      refusals.filter(({ concerns }) => !concerns.every(isSettled)).map(({ text }) => text),
    ),
    ...merged.contradictions,
    ...(named.problem ? [named.problem] : []),
  ];
  if (problems.length > 0) {
    const [first, ...others] = problems;
    const more = others.length > 0 ? ` (and ${others.length} more)` : '';
    throw runError('foreign-preprocessing', `${model} can't be given images: ${first}${more}.`, {
      details: problems,
      hint: optionHint,
    });
  }
  const { values, sources } = merged;
  const missing = (Object.keys(needed) as (keyof typeof needed)[]).filter((field) => values[field] === undefined);
  return { model, preprocessing: values, sources, classNames: named.found, missing };
}

/**
 * Preprocessing with all that it needs, in the form in which it is stored.
 * @throws LesionlabError kind `usage` that names what nothing says, where everything else is from, and the options that say it
 */
export function requireComplete({ model, preprocessing, sources, missing }: ForeignPreprocessing): Preprocessing {
  if (missing.length > 0) {
    const fields = missing as readonly (keyof typeof needed)[];
    const names = missingNames({ missing });
    const known = Object.entries(preprocessing).map(
      ([field, value]) => `${field}: ${quote(value)} (${sources[field as ForeignField]})`,
    );
    throw usageError(
      'preprocessing-unknown',
      `Nothing says which ${names.join(', ')} ${model} was trained with, and a guess would give wrong answers without a sign.`,
      {
        details: [...names.map((name) => `${name}: not said`), ...known],
        hint: {
          terminal: `Say it, for example ${fields.map((field) => needed[field].terminal).join(' ')}, or put the preprocessor_config.json or config.json that it was published with into its folder.`,
          page: 'Fill it in, or choose the preprocessor_config.json or config.json that the model was published with together with it.',
        },
      },
    );
  }
  const { imageSize, fit, resizeTo, resize, padFill, border, light, mean, std, channelOrder, layout } =
    preprocessing as Preprocessing;
  return {
    imageSize,
    fit,
    resize,
    ...(resizeTo !== undefined && resizeTo !== imageSize && { resizeTo }),
    ...(fit === 'pad' && padFill && { padFill }),
    ...(border === 'removed' && { border }),
    ...(light && light !== 'kept' && { light }),
    mean,
    std,
    statistics: sources.mean === sources.std ? sources.mean! : `${sources.mean}; ${sources.std}`,
    ...(channelOrder === 'bgr' && { channelOrder }),
    ...(layout === 'nhwc' && { layout }),
  };
}

/** A file by its name, in whatever folder. */
function fileBeside(files: ReadonlyMap<string, string>, name: string): { name: string; text: string } | undefined {
  const found = [...files].find(([path]) => path.split(/[\\/]/).at(-1) === name);
  return found && { name, text: found[1] };
}

function readFilesBeside({ files }: ForeignPreprocessingSources, side: number | undefined): PreprocessingClaims[] {
  const claims: PreprocessingClaims[] = [];
  const architecture = parseJsonObject(fileBeside(files, 'config.json')?.text)?.model_type;
  for (const name of ['preprocessor_config.json', 'config.json']) {
    const file = fileBeside(files, name);
    if (!file) continue;
    const fields = parseJsonObject(file.text);
    if (!fields) {
      const broken = new PreprocessingClaims(name);
      broken.refuse('it is no JSON object');
      claims.push(broken);
      continue;
    }
    const settings = timmSettings(fields);
    if (settings) claims.push(readTimmSettings(name, settings, side));
    else if (name === 'preprocessor_config.json') claims.push(readHuggingFaceProcessor(name, fields, architecture));
    else claims.push(readArchitecture(name, fields));
  }
  return claims;
}

/** What the configuration of an architecture says by the way: many networks take other sizes than theirs. */
function readArchitecture(name: string, { image_size: size }: Readonly<Record<string, unknown>>): PreprocessingClaims {
  const claims = new PreprocessingClaims(name);
  if (isSide(size)) claims.suppose('imageSize', size, 'image_size');
  return claims;
}

function readGiven({ classNames: _, crop, fit, imageSize, ...rest }: GivenPreprocessing): PreprocessingClaims {
  const claims = new PreprocessingClaims('given');
  const values = { ...rest, imageSize, fit };
  for (const [field, value] of Object.entries(values)) {
    if (value === undefined) continue;
    claims.say(field as 'imageSize', value as number, 'as it is');
    claims.sources[field as ForeignField] = 'given';
  }
  if (crop !== undefined && !(crop > 0 && crop <= 1))
    throw usageError('bad-crop', `Expected a share above 0 and up to 1 that the cut keeps, found ${crop}.`, {
      hint: { terminal: '--crop 0.875 cuts 224 pixels out of 256.', page: '0.875 cuts 224 pixels out of 256.' },
    });
  return claims;
}

/** @throws LesionlabError kind `usage` where the network can't take what is given */
function requireShape(own: PreprocessingClaims, shape: PreprocessingClaims, model: string): void {
  for (const field of ['imageSize', 'layout'] as const) {
    const [given, fixed] = [own.values[field], shape.values[field]];
    if (given === undefined || fixed === undefined || given === fixed) continue;
    const { name, terminal: option } = needed[field];
    throw usageError('given-against-shape', `${model} takes the ${name} ${fixed} only, found ${given}.`, {
      details: [shape.sources[field]!],
      hint: {
        terminal: `Leave ${option.split(' ')[0]} out, or export the network with sizes that may change.`,
        page: 'Leave it as the model has it, or export the network with sizes that may change.',
      },
    });
  }
}

/** The side that is resized to keeps its proportion to the size that is cut out of it, where somebody says another size. */
function settleResizeTo(
  { values, sources }: Merged,
  said: readonly PreprocessingClaims[],
  { crop }: GivenPreprocessing,
): void {
  const { imageSize } = values;
  if (imageSize === undefined) return;
  if (crop !== undefined) {
    values.resizeTo = Math.floor(imageSize / crop);
    sources.resizeTo = 'given';
    return;
  }
  const origin = said.find((claims) => claims.sources.resizeTo === sources.resizeTo)?.values;
  if (values.resizeTo === undefined || origin?.imageSize === undefined || origin.imageSize === imageSize) return;
  values.resizeTo = Math.floor((imageSize * values.resizeTo) / origin.imageSize);
  sources.resizeTo = `${sources.resizeTo}, in proportion to ${imageSize} pixels`;
}

interface Merged {
  readonly values: ClaimedValues;
  readonly sources: { [K in ForeignField]?: string };
  readonly contradictions: readonly string[];
}

/** What is given goes first, then what is said, in order, then what is usual; two that are said must be the same. */
function mergeClaims(own: PreprocessingClaims, said: readonly PreprocessingClaims[]): Merged {
  const values: Record<string, unknown> = {};
  const sources: { [K in ForeignField]?: string } = {};
  const contradictions: string[] = [];
  const fields = [
    'imageSize',
    'fit',
    'resizeTo',
    'resize',
    'padFill',
    'border',
    'light',
    'mean',
    'std',
    'channelOrder',
    'layout',
  ] as const;
  for (const field of fields) {
    // Another fit than the file's has nothing to do with the size that the file resizes to.
    if (field === 'resizeTo' && own.values.fit !== undefined) continue;
    const strong = said.filter((claims) => claims.values[field] !== undefined && !claims.weak.has(field));
    const weak = said.filter((claims) => claims.weak.has(field));
    const chosen = own.values[field] !== undefined ? own : (strong[0] ?? weak[0]);
    if (!chosen) continue;
    values[field] = chosen.values[field];
    sources[field] = chosen.sources[field];
    if (chosen === own) continue;
    for (const other of strong.slice(1))
      if (!isSame(other.values[field], values[field]))
        contradictions.push(
          `${field} is ${quote(values[field])} (${sources[field]}) and ${quote(other.values[field])} (${other.sources[field]})`,
        );
  }
  return { values: values as ClaimedValues, sources, contradictions };
}

/** Statistics are written with four to eight digits. */
function isSame(a: unknown, b: unknown): boolean {
  if (!Array.isArray(a) || !Array.isArray(b)) return a === b;
  return (
    a.length === b.length && a.every((value, i) => Math.abs(value - b[i]) <= 1e-4 * Math.max(1e-2, Math.abs(b[i])))
  );
}
