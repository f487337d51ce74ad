/**
 * WebAssembly modules put together instruction by instruction, for the few loops that take several times as long over typed arrays: each is a few
 * hundred bytes, and a compiler would be one more thing to install. Opcodes are those of the WebAssembly core specification 2.0, section 5.4.
 */

/** Instructions, as bytes. */
export type Code = readonly number[];

/** Types of values. */
export const valueTypes = { i32: 0x7f, f32: 0x7d, f64: 0x7c, v128: 0x7b } as const;
type ValueType = (typeof valueTypes)[keyof typeof valueTypes];

/** A function of a module; its locals begin as zero. */
export interface WasmFunction {
  readonly name: string;
  readonly parameters: readonly ValueType[];
  readonly locals: readonly ValueType[];
  readonly result?: ValueType;
  /** Without the end. */
  readonly body: Code;
}

/** Memory that functions work on. */
export interface WasmMemory {
  readonly buffer: ArrayBuffer;
  /** @param pages of 64 KiB each, to be added */
  grow(pages: number): number;
}

// The part of the WebAssembly interface that is used here; the core compiles without DOM types.
declare const WebAssembly: {
  Memory: new (descriptor: { initial: number }) => WasmMemory;
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object, imports: object) => { exports: Record<string, unknown> };
};

const pageBytes = 65536;

/** A memory that holds at least `bytes`. */
export function allocateMemory(bytes: number): WasmMemory {
  return new WebAssembly.Memory({ initial: Math.max(1, Math.ceil(bytes / pageBytes)) });
}

/** Makes a memory hold at least `bytes`; views of it that were made before are empty where it grew. */
export function growMemory(memory: WasmMemory, bytes: number): void {
  const missing = bytes - memory.buffer.byteLength;
  if (missing > 0) memory.grow(Math.ceil(missing / pageBytes));
}

/** Compiles functions that work on one memory. @throws Error where this engine knows no SIMD of WebAssembly, or is forbidden to compile */
export function compileFunctions<Functions>(functions: readonly WasmFunction[], memory: WasmMemory): Functions {
  const module = new WebAssembly.Module(encodeModule(functions));
  return new WebAssembly.Instance(module, { lesionlab: { memory } }).exports as Functions;
}

export const localGet = (index: number): Code => [0x20, ...unsigned(index)];
export const localSet = (index: number): Code => [0x21, ...unsigned(index)];
export const integer = (value: number): Code => [0x41, ...signed(value)];
export const addIntegers: Code = [0x6a];
export const subtractIntegers: Code = [0x6b];
export const addDoubles: Code = [0xa0];
/** 32 bits at an address. */
export const loadInteger: Code = [0x28, 2, 0];

/** Does a body, and again as long as it leaves something other than 0 behind. */
export const repeatWhile = (...body: readonly Code[]): Code => [0x03, 0x40, ...body.flat(), 0x0d, 0, 0x0b];
export const isLess: Code = [0x49];

/** An instruction on 128 bits, with what follows it. */
export const vector = (opcode: number, ...rest: readonly number[]): Code => [0xfd, ...unsigned(opcode), ...rest];

function encodeModule(functions: readonly WasmFunction[]): Uint8Array {
  const section = (id: number, items: readonly Code[]): Code => {
    const content = [...unsigned(items.length), ...items.flat()];
    return [id, ...unsigned(content.length), ...content];
  };
  const text = (s: string): Code => [...unsigned(s.length), ...Array.from(s, (c) => c.charCodeAt(0))];
  return new Uint8Array([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(
      1,
      functions.map(({ parameters, result }) => {
        return [0x60, ...unsigned(parameters.length), ...parameters, ...(result ? [1, result] : [0])];
      }),
    ),
    ...section(2, [[...text('lesionlab'), ...text('memory'), 2, 0, 1]]),
    ...section(
      3,
      functions.map((_, i) => [i]),
    ),
    ...section(
      7,
      functions.map(({ name }, i) => [...text(name), 0, i]),
    ),
    ...section(10, functions.map(encodeFunction)),
  ]);
}

function encodeFunction({ locals, body }: WasmFunction): Code {
  const code = [...unsigned(locals.length), ...locals.flatMap((type) => [1, type]), ...body, 0x0b];
  return [...unsigned(code.length), ...code];
}

/** LEB128. */
function unsigned(value: number): number[] {
  const bytes: number[] = [];
  do {
    const low = value & 0x7f;
    value >>>= 7;
    bytes.push(value > 0 ? low | 0x80 : low);
  } while (value > 0);
  return bytes;
}

/** LEB128 of a number that may be negative. */
function signed(value: number): number[] {
  const bytes: number[] = [];
  for (;;) {
    const low = value & 0x7f;
    value >>= 7;
    const isLast = (value === 0 && (low & 0x40) === 0) || (value === -1 && (low & 0x40) !== 0);
    bytes.push(isLast ? low : low | 0x80);
    if (isLast) return bytes;
  }
}
