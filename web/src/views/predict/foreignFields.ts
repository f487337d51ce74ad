import type { GivenPreprocessing } from '../../../../src/data/preparation/foreignPreprocessing.js';
import { imagenetStatistics } from '../../../../src/data/preparation/normalisation.js';
import { usageError } from '../../../../src/errors.js';
import type { Fit } from '../../../../src/image/fitImage.js';
import type { ResizeMethod } from '../../../../src/image/resizeFilters.js';
import type { SaidOfModel } from '../../predictWorker/predictWorker.js';
import type { ForeignFile, ForeignState } from './usePrediction.js';

/** What the form holds: values as they are typed, empty where nobody says them. */
export interface ForeignFields {
  readonly output: string;
  /** One a line. */
  readonly classNames: string;
  readonly imageSize: string;
  readonly fit: string;
  /** Share of the resized side that is kept. */
  readonly crop: string;
  readonly resize: string;
  readonly mean: string;
  readonly std: string;
  readonly channelOrder: string;
  readonly layout: string;
}

/** Names of the fields in the form. */
export const fieldLabels: Readonly<Record<keyof ForeignFields, string>> = {
  output: 'Output with the classes',
  classNames: 'Names of the classes',
  imageSize: 'Image size, pixels',
  fit: 'How an image becomes a square',
  crop: 'Share of the resized image that is kept',
  resize: 'Interpolation',
  mean: 'Mean of red, green, blue',
  std: 'Standard deviation of red, green, blue',
  channelOrder: 'Order of the colours',
  layout: 'Order of the axes',
};

/** Values that a field takes, with the words for them. */
export const fieldChoices: Readonly<
  Record<'fit' | 'resize' | 'channelOrder' | 'layout', readonly (readonly [string, string])[]>
> = {
  fit: [
    ['squash', 'squashed: both sides resized'],
    ['crop', 'its middle cut out: short side resized'],
    ['pad', 'borders added: long side resized'],
  ],
  resize: [
    ['bilinear-antialiased', 'bilinear (torchvision, timm, Pillow)'],
    ['bicubic-antialiased', 'bicubic (timm, Pillow)'],
    ['lanczos-antialiased', 'Lanczos (Pillow)'],
    ['hamming-antialiased', 'Hamming (Pillow)'],
    ['box-antialiased', 'box (Pillow)'],
    ['bilinear', 'bilinear without smoothing (Keras, TensorFlow, OpenCV)'],
    ['nearest', 'nearest pixel'],
  ],
  channelOrder: [
    ['rgb', 'red, green, blue'],
    ['bgr', 'blue, green, red (OpenCV, Caffe)'],
  ],
  layout: [
    ['nchw', 'channels first (PyTorch)'],
    ['nhwc', 'channels last (Keras, TensorFlow)'],
  ],
};

/** What is known of the images: as the files say it, or as the reader does. */
export function fieldsOf({ output, classNames, preprocessing }: ForeignFile): ForeignFields {
  const { imageSize, fit, resizeTo, resize, mean, std, channelOrder, layout } = preprocessing;
  return {
    output: output ?? '',
    classNames: isNumbered(classNames?.names) ? '' : (classNames?.names.join('\n') ?? ''),
    imageSize: imageSize === undefined ? '' : String(imageSize),
    fit: fit ?? '',
    crop: imageSize === undefined ? '' : String(shareKept(imageSize, resizeTo)),
    resize: resize ?? '',
    mean: mean?.join(', ') ?? '',
    std: std?.join(', ') ?? '',
    channelOrder: channelOrder ?? '',
    layout: layout ?? '',
  };
}

/** Whether classes have the numbers of their outputs alone, since nothing names them. */
const isNumbered = (names: readonly string[] = []) => names.every((name, k) => name === `class ${k}`);

/** The fields with what the reader said in them, whatever has become of it. */
export function withSaid(
  fields: ForeignFields,
  { preprocessing = {}, classNames, output }: SaidOfModel,
): ForeignFields {
  const typed = Object.entries({ ...preprocessing, classNames: classNames?.join('\n'), output });
  const filled = typed.filter(([, value]) => value !== undefined);
  return {
    ...fields,
    ...Object.fromEntries(
      filled.map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : String(value)]),
    ),
  };
}

/** In as few digits as give the same side again. */
function shareKept(imageSize: number, resizeTo = imageSize): number {
  const share = imageSize / resizeTo;
  const short = [2, 3, 4, 5].map((digits) => Number(share.toFixed(digits)));
  return short.find((value) => Math.floor(imageSize / value) === resizeTo) ?? share;
}

/** What a button of the form fills in: said by whoever presses it, and seen before it counts. */
export interface FieldPreset {
  readonly words: string;
  readonly fields: Partial<ForeignFields>;
}

const imagenet = { mean: imagenetStatistics.mean.join(', '), std: imagenetStatistics.std.join(', ') };
const triple = (value: number) => `${value}, ${value}, ${value}`;

/** How networks are usually trained. */
export const fieldPresets: readonly FieldPreset[] = [
  {
    words: 'As torchvision evaluates: 256 to 224',
    fields: {
      imageSize: '224',
      fit: 'crop',
      crop: '0.875',
      resize: 'bilinear-antialiased',
      channelOrder: 'rgb',
      ...imagenet,
    },
  },
  { words: 'ImageNet’s mean and deviation', fields: imagenet },
  { words: 'Values from -1 to 1', fields: { mean: triple(0.5), std: triple(0.5) } },
  { words: 'Values from 0 to 1', fields: { mean: triple(0), std: triple(1) } },
  { words: 'Values from 0 to 255', fields: { mean: triple(0), std: triple(1 / 255) } },
];

/**
 * What the reader says, out of the fields: nothing that the files say just the same.
 * @throws LesionlabError kind `usage` that names the fields that are empty or no values
 */
export function readFields(fields: ForeignFields, { own }: Pick<ForeignState, 'own'>): SaidOfModel {
  const stated = fieldsOf(own);
  const differs = (name: keyof ForeignFields) => fields[name].trim() !== '' && fields[name].trim() !== stated[name];
  const changesCut = differs('crop') && !(stated.crop === '' && Number(fields.crop) === 1);
  const changed = Object.entries(fields).filter(([name]) =>
    name === 'crop' ? changesCut : differs(name as keyof ForeignFields),
  );
  const { classNames, output, ...typed }: Partial<ForeignFields> = Object.fromEntries(changed);
  const preprocessing = readPreprocessing(typed);
  return {
    ...(Object.keys(preprocessing).length > 0 && { preprocessing }),
    ...(classNames !== undefined && { classNames: readNames(classNames.trim()) }),
    ...(output !== undefined && { output: output.trim() }),
  };
}

/**
 * How images are prepared, out of fields as they are typed; empty ones say nothing.
 * @throws LesionlabError kind `usage` that names a field that is no value
 */
export function readPreprocessing(
  fields: Partial<Omit<ForeignFields, 'classNames' | 'output'>>,
): Omit<GivenPreprocessing, 'classNames'> {
  const given = <T>(name: keyof typeof fields, read: (text: string) => T) => {
    const text = fields[name]?.trim() ?? '';
    return text === '' ? {} : { [name]: read(text) };
  };
  return {
    ...given('imageSize', readSide),
    ...given('fit', (text) => text as Fit),
    ...given('crop', (text) => readNumber('crop', text)),
    ...given('resize', (text) => text as ResizeMethod),
    ...given('mean', (text) => readTriple('mean', text)),
    ...given('std', (text) => readTriple('std', text)),
    ...given('channelOrder', (text) => text as 'rgb' | 'bgr'),
    ...given('layout', (text) => text as 'nchw' | 'nhwc'),
  };
}

/** Fields that have to be filled in, and aren't. */
export const emptyFields = (fields: ForeignFields, needed: readonly (keyof ForeignFields)[]): string[] =>
  needed.filter((name) => fields[name].trim() === '').map((name) => fieldLabels[name]);

function readSide(text: string): number {
  if (/^\d{1,4}$/.test(text) && Number(text) > 0) return Number(text);
  throw wrong('imageSize', 'a whole number of pixels', text);
}

function readNumber(name: keyof ForeignFields, text: string): number {
  const value = Number(text);
  if (Number.isFinite(value)) return value;
  throw wrong(name, 'a number', text);
}

function readTriple(name: keyof ForeignFields, text: string): [number, number, number] {
  const values = text.split(/[\s,;]+/).map(Number);
  const three = values.length === 1 ? [values[0], values[0], values[0]] : values;
  if (three.length === 3 && three.every(Number.isFinite) && (name !== 'std' || three.every((value) => value > 0)))
    return three as [number, number, number];
  throw wrong(name, `three numbers${name === 'std' ? ' above 0' : ''} with commas between them, or one for all`, text);
}

/** Lines; or one line with commas. */
const readNames = (text: string): string[] =>
  text
    .split(text.includes('\n') ? '\n' : ',')
    .map((name) => name.trim())
    .filter((name) => name !== '');

const wrong = (name: keyof ForeignFields, expected: string, found: string) =>
  usageError('bad-setting', `${fieldLabels[name]}: expected ${expected}, found "${found.slice(0, 60)}".`);
