import { requireInteger, requireOneOf, unexpected, Words } from '../checks.js';
import { type Graph, type Shape, toPlain, type Value } from '../graph/graph.js';

/** What a layer's shape alone doesn't tell of how it is read as a map. */
export interface MapReading {
  /** Tokens before those of the map: class token, registers. Default as few as leave a map of the input's proportions. */
  readonly leadingTokens?: number;
  /** Where the channels of four axes stand. Default the way in which places have the input's proportions, `first` where both do. */
  readonly channels?: 'first' | 'last';
}

/** How a layer's output is read as a map: what belongs to which place of the image. */
export interface MapLayout {
  /** [N, C, H, W]; [N, T, D], a row of tokens; [N, H, W, C]. */
  readonly kind: 'channels-first' | 'tokens' | 'channels-last';
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  /** Tokens that belong to no place, before those of the map; 0 where there are no tokens. */
  readonly leadingTokens: number;
}

/** Sides of an image, in pixels. */
export interface ImageSides {
  readonly height: number;
  readonly width: number;
}

/** More tokens without a place than any published network has: beyond, a square number of tokens is chance. */
const mostLeadingTokens = 16;

/**
 * How a layer's output is read as a map of the network's input: [N, C, H, W] as it is; tokens [N, T, D] as `leadingTokens` without a place and
 * a map, row by row; [N, H, W, C], where the channels come last (Swin).
 * @param shape with the batch @param image the network's input
 * @throws LesionlabError kind `usage` that names the shape, where it is no map
 */
export function mapLayout(shape: Shape, image: ImageSides, reading: MapReading = {}): MapLayout {
  const found = findMapLayout(shape, image, reading);
  if (found) return found;
  const { leadingTokens, channels } = reading;
  const asked = [
    leadingTokens === undefined ? '' : ` and ${leadingTokens} leading tokens`,
    channels === undefined ? '' : ` and channels ${channels}`,
  ].join('');
  throw unexpected(
    'Layer',
    `a map of an image of ${image.width} x ${image.height} pixels: [N, C, H, W], [N, H, W, C], or [N, tokens, D] whose tokens ` +
      'fill a map after a few without a place',
    new Words(`the shape [${shape.join(', ')}]${asked}`),
    'Name a layer in which places still correspond to places in the image.',
  );
}

/** `mapLayout`, undefined where the shape is no map. */
export function findMapLayout(shape: Shape, image: ImageSides, reading: MapReading = {}): MapLayout | undefined {
  if (reading.leadingTokens !== undefined) requireInteger('leadingTokens', reading.leadingTokens, { min: 0 });
  if (reading.channels !== undefined) requireOneOf('channels', reading.channels, ['first', 'last']);
  if (shape.length === 3) return findTokens(shape, image, reading.leadingTokens);
  if (shape.length !== 4) return undefined;
  const first = { kind: 'channels-first', channels: shape[1], height: shape[2], width: shape[3] } as const;
  const last = { kind: 'channels-last', channels: shape[3], height: shape[1], width: shape[2] } as const;
  const chosen =
    reading.channels === undefined
      ? [first, last].find((layout) => hasProportions(layout, image))
      : { first, last }[reading.channels];
  return chosen && { ...chosen, leadingTokens: 0 };
}

function findTokens([, tokens, channels]: Shape, image: ImageSides, given?: number): MapLayout | undefined {
  const most = given ?? Math.min(mostLeadingTokens, tokens - 2);
  for (let leadingTokens = given ?? 0; leadingTokens <= most; leadingTokens++) {
    const places = tokens - leadingTokens;
    const height = Math.round(Math.sqrt((places * image.height) / image.width));
    const width = Math.round(places / height);
    // Tokens are cut out of the image without rest, so that their proportions are the image's own.
    if (places > 0 && height * width === places && height * image.width === width * image.height)
      return { kind: 'tokens', channels, height, width, leadingTokens };
  }
  return undefined;
}

/** Within what rounding makes of a side that strides don't divide. */
const hasProportions = ({ height, width }: ImageSides, image: ImageSides): boolean =>
  Math.abs(height - (width * image.height) / image.width) < 1;

/** Appends the nodes that make [N, C, H, W] of a layer's output, or of its gradient, at any batch size. */
export function arrangeAsMap(graph: Graph, value: Value, layout: MapLayout): Value {
  const { kind, channels, height, width, leadingTokens } = layout;
  const plain = toPlain(graph, value);
  const [count, tokens] = plain.shape;
  const shape = [count, channels, height, width];
  if (kind === 'channels-first') return plain;
  if (kind === 'channels-last') return graph.node('Transpose', [plain], shape, { perm: [0, 3, 1, 2] });
  // Begin, end and axis.
  const bounds = [leadingTokens, tokens, 1].map((bound) => graph.integers([bound]));
  const placed =
    leadingTokens === 0 ? plain : graph.node('Slice', [plain, ...bounds], [count, tokens - leadingTokens, channels]);
  const turned = graph.node('Transpose', [placed], [count, channels, height * width], { perm: [0, 2, 1] });
  // 0 stands for the batch that the graph meets when it runs.
  return graph.node('Reshape', [turned, graph.integers([0, channels, height, width])], shape);
}
