import { readFile, stat } from 'node:fs/promises';
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { GivenPreprocessing } from '../data/preparation/foreignPreprocessing.js';
import { channelOrders, inputLayouts } from '../data/preparation/preprocessing.js';
import { usageError } from '../errors.js';
import { type Fit, fits } from '../image/fitImage.js';
import type { ResizeMethod } from '../image/resizeFilters.js';
import { parseInteger, parseNumber } from './globalOptions.js';

/** Options that say how a network of somebody else wants its images. */
export interface PreprocessingCommandOptions {
  readonly imageSize?: number;
  readonly fit?: Fit;
  readonly crop?: number;
  readonly interpolation?: keyof typeof interpolations;
  readonly mean?: readonly [number, number, number];
  readonly std?: readonly [number, number, number];
  readonly channelOrder?: (typeof channelOrders)[number];
  readonly layout?: (typeof inputLayouts)[number];
  readonly classNames?: string;
}

/** What the terminal calls the ways of resizing. */
export const interpolations = {
  bilinear: 'bilinear-antialiased',
  bicubic: 'bicubic-antialiased',
  lanczos: 'lanczos-antialiased',
  hamming: 'hamming-antialiased',
  box: 'box-antialiased',
  'bilinear-aliased': 'bilinear',
  nearest: 'nearest',
} as const satisfies Record<string, ResizeMethod>;

/**
 * Adds the options by which preprocessing is said that a file doesn't say; they go before what files say.
 * @param besides options that the command has already
 */
export function addPreprocessingOptions(command: Command, besides: readonly string[] = []): Command {
  const options = [
    new Option('--image-size <pixels>', 'side of the square input').argParser(parseInteger(1, 4096)),
    new Option('--fit <how>', 'both sides scaled, the middle cut out, or borders added').choices(fits),
    new Option('--crop <share>', 'share of the resized side that the cut keeps, such as 0.875').argParser(parseShare),
    new Option('--interpolation <name>', "Pillow's filters; bilinear-aliased is TensorFlow's and OpenCV's").choices(
      Object.keys(interpolations),
    ),
    new Option('--mean <r,g,b>', 'of red, green and blue in [0, 1], or one for all').argParser(parseTriple()),
    new Option('--std <r,g,b>', 'likewise; for an input of 0 to 255 give --mean 0 --std 1/255').argParser(
      parseTriple(0),
    ),
    new Option('--channel-order <order>', 'channels that the network takes first to last').choices(channelOrders),
    new Option('--layout <axes>', 'channels before or after the sides').choices(inputLayouts),
    new Option('--class-names <names>', 'file with a name a line, or names with commas between them'),
  ];
  command.optionsGroup("Images of another's network, in place of what its files say:");
  for (const option of options) if (!besides.includes(option.long!)) command.addOption(option);
  return command;
}

/** What the options say, but for names of classes. */
export function givenImages(options: Omit<PreprocessingCommandOptions, 'classNames'>): GivenPreprocessing {
  const { imageSize, fit, crop, interpolation, mean, std, channelOrder, layout } = options;
  const resize = interpolation && interpolations[interpolation];
  return { imageSize, fit, crop, resize, mean, std, channelOrder, layout };
}

/** What the options say. @throws LesionlabError kind `usage` where the file of class names holds none */
export async function givenPreprocessing(options: PreprocessingCommandOptions): Promise<GivenPreprocessing> {
  const { classNames } = options;
  return {
    ...givenImages(options),
    classNames: classNames === undefined ? undefined : await readClassNames(classNames),
  };
}

async function readClassNames(text: string): Promise<string[]> {
  const isFile = await stat(text).then(
    (found) => found.isFile(),
    () => false,
  );
  const lines = isFile ? (await readFile(text, 'utf8')).replace(/^\uFEFF/, '').split(/\r?\n/) : text.split(',');
  const names = lines.map((line) => line.trim());
  while (isFile && names.at(-1) === '') names.pop();
  const empty = names.indexOf('');
  if (names.length > 1 && empty < 0) return names;
  const found =
    empty < 0 ? `${names.length === 1 ? JSON.stringify(names[0]) : 'none'}` : `an empty one in place ${empty + 1}`;
  throw usageError('bad-class-names', `--class-names: expected two names or more, found ${found}.`, {
    details: [isFile ? `read from the file ${text}` : `${text} is no file, so that it was read as names`],
    hint: 'Give a file with a name a line, in the order of the outputs, or names with commas between them.',
  });
}

function parseShare(text: string): number {
  const share = parseNumber(0, 1)(text);
  if (share === 0) throw new InvalidArgumentError('Expected a share above 0 and up to 1, as in 0.875.');
  return share;
}

/** Parser of three numbers, or one for all three; fractions are understood. @param above which they must be */
function parseTriple(above = Number.NEGATIVE_INFINITY): (text: string) => [number, number, number] {
  return (text) => {
    const values = text.split(',').map(parseFraction);
    const triple = values.length === 1 ? [values[0], values[0], values[0]] : values;
    if (triple.length !== 3 || !triple.every((value) => Number.isFinite(value) && value > above))
      throw new InvalidArgumentError(
        `Expected three numbers${above === 0 ? ' above 0' : ''} with commas between them, or one for all, as in 0.485,0.456,0.406.`,
      );
    return triple as [number, number, number];
  };
}

function parseFraction(text: string): number {
  const [above, below = '1', ...rest] = text.split('/').map((part) => part.trim());
  return rest.length > 0 || above === '' || below === '' ? Number.NaN : Number(above) / Number(below);
}
