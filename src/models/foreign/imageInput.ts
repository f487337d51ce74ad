import { runError } from '../../errors.js';
import type { OnnxPort } from '../../onnx/index.js';

/** Where a file takes images. */
export interface ImageInput {
  /** Of the file's input. */
  readonly name: string;
  /** Order of its axes: [N, 3, S, S] or [N, S, S, 3]. */
  readonly layout: 'nchw' | 'nhwc';
  /** Side of its images in pixels, where the file fixes it. */
  readonly side: number | undefined;
}

const describe = ({ name, type, shape }: OnnxPort) =>
  `${name}, ${type} [${shape?.map((side) => side ?? '?').join(', ') ?? 'any shape'}]`;

/**
 * The input of a file that takes images.
 * @param given order of the axes, where the file doesn't tell
 * @throws LesionlabError kind `run` where it takes something else, more than one image, or images that aren't square or have no three channels
 */
export function findImageInput(
  file: { readonly name: string; readonly inputs: readonly OnnxPort[] },
  given?: ImageInput['layout'],
): ImageInput {
  const { name, inputs } = file;
  const found = inputs.map(describe).join('; ') || 'none';
  const refuse = (what: string, hint: string) =>
    runError(
      'no-image-input',
      `${name} takes ${what}; expected one input, images [N, 3, S, S] or [N, S, S, 3] of float32.`,
      {
        details: inputs.map(describe),
        hint,
      },
    );
  const images = inputs.filter(({ shape }) => shape === undefined || shape.length === 4);
  if (images.length === 0)
    throw refuse(
      `no images (${found})`,
      'Language models and models of tables are none that lesionlab judges; give a classifier of images.',
    );
  if (inputs.length > 1)
    throw refuse(
      `${inputs.length} inputs (${found})`,
      'Export the network with the image as its only input, all else fixed.',
    );
  const [{ name: input, type, shape }] = images;
  if (type === 'uint8')
    throw refuse(
      `whole numbers (${found})`,
      'Export the network without the part that makes numbers of pixels, which lesionlab does itself.',
    );
  if (type !== 'float32')
    throw refuse(
      `numbers of another kind (${found})`,
      type === 'float16'
        ? 'Half-precision graphs have no gradient here: export it with 32-bit floats (model.float() before the export).'
        : 'Export the network with 32-bit floats.',
    );
  const layout = layoutOf(shape) ?? given;
  if (layout === undefined)
    throw runError('layout-unknown', `${name} does not say the order of its input's axes (${found}).`, {
      hint: {
        terminal: 'Give --layout nchw (PyTorch) or --layout nhwc (TensorFlow, Keras).',
        page: 'Choose the order of its axes: channels first (PyTorch) or channels last (TensorFlow, Keras).',
      },
    });
  const sides = shape === undefined ? [] : layout === 'nchw' ? shape.slice(2) : shape.slice(1, 3);
  const channels = shape?.[layout === 'nchw' ? 1 : 3];
  if (typeof channels === 'number' && channels !== 3)
    throw refuse(
      `images of ${channels === 1 ? 'one channel' : `${channels} channels`} (${found})`,
      'lesionlab gives red, green and blue.',
    );
  const fixed = sides.filter((side) => typeof side === 'number');
  if (fixed.length === 2 && fixed[0] !== fixed[1])
    throw refuse(`images that are not square (${found})`, 'Export the network for a square image.');
  return { name: input, layout, side: fixed[0] };
}

function layoutOf(shape: OnnxPort['shape']): ImageInput['layout'] | undefined {
  if (shape === undefined) return undefined;
  const [first, last] = [shape[1] === 3, shape[3] === 3];
  if (first !== last) return first ? 'nchw' : 'nhwc';
  // Other numbers of channels are refused, whatever their place, which two equal sides tell.
  if (typeof shape[1] === 'number' && shape[2] === shape[3] && shape[1] !== shape[2]) return 'nchw';
  if (typeof shape[3] === 'number' && shape[1] === shape[2] && shape[3] !== shape[2]) return 'nhwc';
  if (typeof shape[1] === 'number' && typeof shape[3] !== 'number') return 'nchw';
  return typeof shape[3] === 'number' && typeof shape[1] !== 'number' ? 'nhwc' : undefined;
}
