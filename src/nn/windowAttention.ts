import { add, gather, pad, reshape, transpose, type Value } from '../graph/index.js';
import { type LinearOptions, linearLayer } from './layers.js';
import { multiHeadAttention } from './multiHeadAttention.js';
import type { Network, ParameterInfo } from './network.js';

/** How attention within windows is set. */
export interface WindowAttentionOptions {
  /** Its layers are `<name>.qkv` and `<name>.proj`; `<name>.relative_position_bias_table` is a parameter. */
  readonly name: string;
  readonly heads: number;
  /** Side of the windows, places. */
  readonly window: number;
  /** Places by which windows are moved down and to the right; 0 for those that begin at the corner. */
  readonly shift: number;
  readonly beginning: (outputs: number, inputs: number) => LinearOptions;
  readonly initialiseBiasTable: (shape: readonly number[]) => ParameterInfo['initialise'];
}

/** Of scores between places that only lie beside each other because what left the image came in at the other side. */
const strangers = -100;

/**
 * Attention within windows (Liu et al. 2021, sections 3.2 and 3.3): x [N, H, W, C] of the same shape. A map that windows don't divide is filled
 * up with zeros. Moved windows go round at the border, and places from both sides of it don't see each other; where one window
 * holds all, it isn't moved.
 */
export function windowAttention(network: Network, x: Value, options: WindowAttentionOptions): Value {
  const { graph } = network;
  const { name, heads, window, beginning } = options;
  const [n, h, w, c] = x.shape;
  const [height, width] = [h, w].map((side) => window * Math.ceil(side / window));
  const [down, right] = [height, width].map((side) => (window >= side ? 0 : options.shift));
  const places = window * window;
  const windows = (height * width) / places;

  const tableShape = [(2 * window - 1) ** 2, heads];
  const tableName = `${name}.relative_position_bias_table`;
  const table = network.parameter({
    name: tableName,
    shape: tableShape,
    initialise: options.initialiseBiasTable(tableShape),
  });
  network.layers.push({
    ...{ name: tableName, type: 'relative position bias', outputShape: [heads, places, places] },
    ...{ parameters: tableShape[0] * heads, operations: 0 },
  });

  // Filling up, moving and cutting into windows is one choice of places, and so is the way back.
  const order = windowOrder([height, width], window, [down, right]);
  const filled = graph.apply(pad, [x], {
    ...{ before: [0, 0, 0, 0], after: [0, height - h, width - w, 0], mode: 'constant', value: 0 },
  });
  const rows = graph.apply(reshape, [filled], { shape: [n, height * width, c] });
  const sorted = graph.apply(gather, [rows], { indices: order, indexShape: [order.length], axis: 1 });
  const tokens = graph.apply(reshape, [sorted], { shape: [n, windows, places, c] });
  const mixed = linearLayer(network, tokens, `${name}.qkv`, 3 * c, beginning(3 * c, c));
  const bias = positionBias(network, table, window, heads);
  const moved = down + right > 0;
  const mask =
    moved && graph.initializer(strangerMask([height, width], window, [down, right]), [windows, 1, places, places]);
  const scores = mask ? graph.apply(add, [bias, mask], {}) : bias;
  const seen = multiHeadAttention(network, mixed, { name, heads, bias: scores });
  const projected = linearLayer(network, seen, `${name}.proj`, c, beginning(c, c));
  const flat = graph.apply(reshape, [projected], { shape: [n, height * width, c] });
  const inOrder = new Array<number>(order.length);
  for (const [i, place] of order.entries()) inOrder[place] = i;
  const kept = inOrder.filter((_, place) => place < h * width && place % width < w);
  const back = graph.apply(gather, [flat], { indices: kept, indexShape: [kept.length], axis: 1 });
  return graph.apply(reshape, [back], { shape: [n, h, w, c] });
}

/** For each place of each window, row by row, where it lies on the map. */
function windowOrder([height, width]: readonly number[], window: number, [down, right]: readonly number[]): number[] {
  const order: number[] = [];
  for (let top = 0; top < height; top += window)
    for (let left = 0; left < width; left += window)
      for (let y = top; y < top + window; y++)
        for (let x = left; x < left + window; x++) order.push(((y + down) % height) * width + ((x + right) % width));
  return order;
}

/** What each place adds to its score with each other one by where that lies, [heads, T, T]. */
function positionBias({ graph }: Network, table: Value, window: number, heads: number): Value {
  const places = window * window;
  const indices: number[] = [];
  for (let i = 0; i < places; i++)
    for (let j = 0; j < places; j++) {
      const down = Math.floor(i / window) - Math.floor(j / window) + window - 1;
      const right = (i % window) - (j % window) + window - 1;
      indices.push(down * (2 * window - 1) + right);
    }
  const chosen = graph.apply(gather, [table], { indices, indexShape: [indices.length], axis: 0 });
  const byHead = graph.apply(transpose, [chosen], { permutation: [1, 0] });
  return graph.apply(reshape, [byHead], { shape: [heads, places, places] });
}

/** [windows, T, T]: 0 where two places of a moved window are neighbours on the map. */
function strangerMask(
  [height, width]: readonly number[],
  window: number,
  [down, right]: readonly number[],
): Float32Array {
  const places = window * window;
  const across = width / window;
  const mask = new Float32Array((height / window) * across * places * places);
  // Which part of the map a moved row or column is from: the middle, or one of the two at the border.
  const part = (at: number, side: number, shift: number) => (at < side - window ? 0 : at < side - shift ? 1 : 2);
  const region = (index: number, place: number) => {
    const y = Math.floor(index / across) * window + Math.floor(place / window);
    const x = (index % across) * window + (place % window);
    return 3 * part(y, height, down) + part(x, width, right);
  };
  let at = 0;
  for (let index = 0; index < (height / window) * across; index++)
    for (let i = 0; i < places; i++)
      for (let j = 0; j < places; j++) mask[at++] = region(index, i) === region(index, j) ? 0 : strangers;
  return mask;
}
