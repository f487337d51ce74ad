import {
  addIntegers,
  allocateMemory,
  type Code,
  compileFunctions,
  growMemory,
  integer,
  loadInteger,
  localGet,
  localSet,
  repeatWhile,
  subtractIntegers,
  valueTypes,
  vector,
  type WasmFunction,
  type WasmMemory,
} from '../wasmModule.js';
import { type FilterWeights, precisionBits } from './resizeFilters.js';

/**
 * Resizing of RGB images in WebAssembly SIMD, with the bytes that loops over typed arrays give, since all is whole numbers. One instruction multiplies
 * eight pairs of 16 bits and adds up each two of them: weights of 32 bits are split for it, `weight = low + 2^15 high`.
 */
const lowBits = 15;

interface Kernels {
  /** Four rows of RGB, `stride` bytes each, to four of RGBX, `targetStride` bytes each. */
  rows(
    source: number,
    stride: number,
    target: number,
    targetStride: number,
    firsts: number,
    weights: number,
    pairs: number,
    width: number,
  ): void;
  /** All rows of RGBX, `blocks` times four pixels each, to rows of RGB, `targetStride` bytes each. */
  columns(
    source: number,
    stride: number,
    target: number,
    targetStride: number,
    firsts: number,
    weights: number,
    pairs: number,
    height: number,
    blocks: number,
  ): void;
}

/** Compiled when first used; null where the engine knows no SIMD. */
let compiled: { readonly kernels: Kernels; readonly memory: WasmMemory } | null | undefined;

function compile(): typeof compiled {
  try {
    const memory = allocateMemory(2 ** 20);
    return { memory, kernels: compileFunctions<Kernels>([rowsFunction(), columnsFunction()], memory) };
  } catch {
    return null;
  }
}

/** Memory that a thread keeps for it at most. */
const mostBytes = 2 ** 26;

/**
 * Resizes RGB, first along rows, then along columns.
 * @param data [H, W, 3]
 * @param across weights along rows @param down weights along columns
 * @returns [newHeight, newWidth, 3]; undefined where it can't be done here: the engine knows no SIMD, or the image takes too much memory
 */
export function resizeRgb(
  data: Uint8Array,
  { width, height }: { readonly width: number; readonly height: number },
  across: FilterWeights,
  down: FilterWeights,
): Uint8Array | undefined {
  const [newWidth, newHeight] = [across.first.length, down.first.length];
  const [acrossPairs, downPairs] = [packWeights(across), packWeights(down)];
  const blocks = Math.ceil(newWidth / 4);
  const stride = 3 * width;
  const middleStride = 16 * blocks;
  // What is read beyond the end of a row has weight 0; what is written beyond it is written over.
  let end = 0;
  const take = (bytes: number) => {
    const start = end;
    end += 16 * Math.ceil(bytes / 16 + 4);
    return start;
  };
  const places = [take(4 * newWidth), take(4 * newHeight)] as const;
  const weights = [take(acrossPairs.bytes.length), take(downPairs.bytes.length)] as const;
  const band = take(4 * stride + 6 * acrossPairs.count);
  const middle = take(middleStride * (height + 4 + 2 * downPairs.count));
  const out = take(3 * newWidth * newHeight);
  if (end > mostBytes) return undefined;
  compiled ??= compile();
  if (!compiled) return undefined;
  const { kernels, memory } = compiled;
  growMemory(memory, end);
  const bytes = new Uint8Array(memory.buffer);
  const integers = new Int32Array(memory.buffer);
  for (let x = 0; x < newWidth; x++) integers[places[0] / 4 + x] = 3 * across.first[x];
  for (let y = 0; y < newHeight; y++) integers[places[1] / 4 + y] = middleStride * down.first[y];
  bytes.set(acrossPairs.bytes, weights[0]);
  bytes.set(downPairs.bytes, weights[1]);
  for (let y = 0; y < height; y += 4) {
    bytes.set(data.subarray(y * stride, Math.min(height, y + 4) * stride), band);
    const target = middle + y * middleStride;
    kernels.rows(band, stride, target, middleStride, places[0], weights[0], acrossPairs.count, newWidth);
  }
  const targetStride = 3 * newWidth;
  kernels.columns(middle, middleStride, out, targetStride, places[1], weights[1], downPairs.count, newHeight, blocks);
  return bytes.slice(out, out + targetStride * newHeight);
}

interface PackedWeights {
  /** Pairs of taps, as many for each output pixel. */
  readonly count: number;
  /** Two low parts and two high parts a pair, 16 bits each. */
  readonly bytes: Uint8Array;
}

const packed = new WeakMap<FilterWeights, PackedWeights>();

function packWeights(filter: FilterWeights): PackedWeights {
  const known = packed.get(filter);
  if (known) return known;
  const { taps, count, weights } = filter;
  const pairs = Math.ceil(count.reduce((most, taken) => Math.max(most, taken), 1) / 2);
  const parts = new Int16Array(4 * pairs * count.length);
  for (let out = 0; out < count.length; out++)
    for (let tap = 0; tap < count[out]; tap++) {
      const weight = weights[out * taps + tap];
      const low = (weight << (32 - lowBits)) >> (32 - lowBits);
      const at = 4 * (out * pairs + (tap >> 1)) + (tap & 1);
      parts[at] = low;
      parts[at + 2] = (weight - low) >> lowBits;
    }
  const made = { count: pairs, bytes: new Uint8Array(parts.buffer) };
  packed.set(filter, made);
  return made;
}

const { i32, v128 } = valueTypes;
const load = vector(0x00, 0, 0);
const loadHalf = vector(0x5d, 0, 0);
const loadSplat = (offset: number): Code => vector(0x09, 2, offset);
const store = vector(0x0b, 0, 0);
const storeLane = (lane: number): Code => vector(0x5a, 0, 0, lane);
const splat = vector(0x11);
const shuffle = (bytes: readonly number[]): Code => vector(0x0d, ...bytes);
/** Bytes by place; a place of 128 gives 0. */
const swizzle = (places: readonly number[]): Code => [...vector(0x0c, ...places), ...vector(0x0e)];
const widenFirst = vector(0x89);
const widenLast = vector(0x8a);
const narrowTo16 = vector(0x85);
const narrowToBytes = vector(0x66);
const shiftLeft = vector(0xab);
const shiftRight = vector(0xac);
const add = vector(0xae);
const multiplyPairs = vector(0xba);
const none = 128;

/** Names the parameters and locals of a function by their places. */
function variables<Name extends string>(names: readonly Name[]) {
  const place = (name: Name) => names.indexOf(name);
  return {
    get: (name: Name) => localGet(place(name)),
    set: (name: Name, ...value: readonly Code[]) => [...value.flat(), ...localSet(place(name))],
    /** Adds to a variable. */
    move: (name: Name, ...by: readonly Code[]) => [
      ...localGet(place(name)),
      ...by.flat(),
      ...addIntegers,
      ...localSet(place(name)),
    ],
    /** One less; what remains is left behind. */
    countDown: (name: Name) => [
      ...[...localGet(place(name)), ...integer(1), ...subtractIntegers, ...localSet(place(name))],
      ...localGet(place(name)),
    ],
  };
}

const four = [0, 1, 2, 3] as const;
const half = [...integer(1 << (precisionBits - 1)), ...splat];
const clear = [...integer(0), ...splat];

const sumNames = ['low0', 'low1', 'low2', 'low3', 'high0', 'high1', 'high2', 'high3'] as const;
const sumTypes = sumNames.map(() => v128);

type Sums = ReturnType<typeof variables<(typeof sumNames)[number] | 'lowWeights' | 'highWeights' | 'pixels'>>;

const beginSums = ({ set }: Sums): Code => four.flatMap((i) => [...set(`low${i}`, half), ...set(`high${i}`, clear)]);

/** Adds products of pixels, on the stack as eight pairs of 16 bits, with a pair of weights. */
const addProducts = ({ get, set }: Sums, i: (typeof four)[number], pixels: Code): Code => [
  ...set('pixels', pixels),
  ...set(`low${i}`, get(`low${i}`), get('pixels'), get('lowWeights'), multiplyPairs, add),
  ...set(`high${i}`, get(`high${i}`), get('pixels'), get('highWeights'), multiplyPairs, add),
];

/** The four sums as 16 bytes. */
const sumsAsBytes = ({ get }: Sums): Code => {
  const rounded = four.map((i) => [
    ...[...get(`low${i}`), ...get(`high${i}`), ...integer(lowBits), ...shiftLeft, ...add],
    ...[...integer(precisionBits), ...shiftRight],
  ]);
  return [
    ...[...rounded[0], ...rounded[1], ...narrowTo16, ...rounded[2], ...rounded[3], ...narrowTo16],
    ...narrowToBytes,
  ];
};

function rowsFunction(): WasmFunction {
  const parameters = ['source', 'stride', 'target', 'targetStride', 'firsts', 'weights', 'pairs', 'width'] as const;
  const numbers = ['at', 'pair'] as const;
  const vectors = ['lowWeights', 'highWeights', 'pixels', 'bytes'] as const;
  const names = variables([...parameters, ...numbers, ...vectors, ...sumNames]);
  const { get, set, move, countDown } = names;
  // Red of two pixels, green of two, blue of two, and nothing.
  const twoPixels = [0, none, 3, none, 1, none, 4, none, 2, none, 5, none, none, none, none, none];
  const rowAt = (name: 'at' | 'target', by: 'stride' | 'targetStride', row: number): Code => [
    ...get(name),
    ...Array.from({ length: row }, () => [...get(by), ...addIntegers]).flat(),
  ];
  const body = repeatWhile(
    beginSums(names),
    set('at', get('source'), get('firsts'), loadInteger, addIntegers),
    set('pair', get('pairs')),
    repeatWhile(
      set('lowWeights', get('weights'), loadSplat(0)),
      set('highWeights', get('weights'), loadSplat(4)),
      ...four.map((row) =>
        addProducts(names, row, [...rowAt('at', 'stride', row), ...loadHalf, ...swizzle(twoPixels)]),
      ),
      move('weights', integer(8)),
      move('at', integer(6)),
      countDown('pair'),
    ),
    set('bytes', sumsAsBytes(names)),
    ...four.map((row) => [...rowAt('target', 'targetStride', row), ...get('bytes'), ...storeLane(row)]),
    move('firsts', integer(4)),
    move('target', integer(4)),
    countDown('width'),
  );
  const locals = [...numbers.map(() => i32), ...vectors.map(() => v128), ...sumTypes];
  return { name: 'rows', parameters: parameters.map(() => i32), locals, body };
}

function columnsFunction(): WasmFunction {
  const parameters = [
    'source',
    'stride',
    'target',
    'targetStride',
    'firsts',
    'weights',
    'pairs',
    'height',
    'blocks',
  ] as const;
  const numbers = ['start', 'at', 'pair', 'weight', 'block', 'out'] as const;
  const vectors = ['lowWeights', 'highWeights', 'pixels', 'upper', 'lower', 'both'] as const;
  const names = variables([...parameters, ...numbers, ...vectors, ...sumNames]);
  const { get, set, move, countDown } = names;
  const interleave = (from: number) =>
    shuffle(Array.from({ length: 16 }, (_, i) => from + (i >> 1) + (i % 2 === 0 ? 0 : 16)));
  const withoutX = [0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, none, none, none, none];
  const body = repeatWhile(
    set('start', get('source'), get('firsts'), loadInteger, addIntegers),
    set('out', get('target')),
    set('block', get('blocks')),
    repeatWhile(
      beginSums(names),
      set('at', get('start')),
      set('weight', get('weights')),
      set('pair', get('pairs')),
      repeatWhile(
        set('lowWeights', get('weight'), loadSplat(0)),
        set('highWeights', get('weight'), loadSplat(4)),
        set('upper', get('at'), load),
        set('lower', get('at'), get('stride'), addIntegers, load),
        ...[0, 8].flatMap((from, i) => [
          set('both', get('upper'), get('lower'), interleave(from)),
          addProducts(names, (2 * i) as 0 | 2, [...get('both'), ...widenFirst]),
          addProducts(names, (2 * i + 1) as 1 | 3, [...get('both'), ...widenLast]),
        ]),
        move('weight', integer(8)),
        move('at', get('stride'), get('stride'), addIntegers),
        countDown('pair'),
      ),
      [...get('out'), ...sumsAsBytes(names), ...swizzle(withoutX), ...store],
      move('start', integer(16)),
      move('out', integer(12)),
      countDown('block'),
    ),
    set('weights', get('weight')),
    move('target', get('targetStride')),
    move('firsts', integer(4)),
    countDown('height'),
  );
  const locals = [...numbers.map(() => i32), ...vectors.map(() => v128), ...sumTypes];
  return { name: 'columns', parameters: parameters.map(() => i32), locals, body };
}
