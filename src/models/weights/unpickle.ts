import { runError } from '../../errors.js';
import { ByteCursor } from './byteCursor.js';
import { fromLatin1, fromUtf8 } from './utf8.js';
import { unreadable } from './weightFile.js';

/** Something that a pickle names: harmless by itself, and callable only if it brings its own `call`. */
export class PickleGlobal {
  constructor(
    readonly name: string,
    readonly call?: (args: readonly unknown[]) => unknown,
  ) {}
}

export interface UnpickleOptions {
  /** The file's name, for messages. */
  readonly file: string;
  /** What stands for a Python object by its module and name; undefined refuses it. */
  readonly findGlobal: (module: string, name: string) => PickleGlobal | undefined;
  /** What stands for an object outside the pickle (a tensor's storage). */
  readonly findPersistent: (id: unknown) => unknown;
}

/** The error for a pickle that wants more than data. */
export const refusal = (file: string, what: string) =>
  runError('weights-refused', `${file} is refused: its pickle asks Python for ${what}, and loading it would run code`, {
    hint: "Weights need only tensors in dicts and lists. If you trust where the file comes from, load it in Python and write torch.save(model.state_dict(), 'weights.pth').",
  });

/** A tensor takes about 30 opcodes. More than this is no file of weights, and could be one byte an object to fill memory. */
const mostOpcodes = 2_000_000;

/** Opcodes that build objects of classes; named when refused. */
const objectOpcodes: Readonly<Record<number, string>> = {
  111: 'OBJ',
  129: 'NEWOBJ',
  146: 'NEWOBJ_EX',
  130: 'EXT1',
  131: 'EXT2',
  132: 'EXT4',
};

/**
 * Reads one pickle (https://github.com/python/cpython/blob/main/Lib/pickletools.py) without ever running what it asks for:
 * only the opcodes for plain values and containers, and only the globals that `findGlobal` knows. Lists and tuples become
 * arrays, dicts become Maps, integers beyond 2^53 bigints.
 * @returns the value and where the pickle ends
 * @throws LesionlabError kind `run`: `weights-refused` for anything that would run code, `weights-unreadable` otherwise
 */
export function unpickle(bytes: Uint8Array, start: number, options: UnpickleOptions): { value: unknown; end: number } {
  const damaged = (found: string) => unreadable(options.file, 'PyTorch file', found);
  const cursor = new ByteCursor(bytes, start, damaged);
  const memo = new Map<number, unknown>();
  /** Stacks set aside by MARK, the innermost last. */
  const marks: unknown[][] = [];
  let stack: unknown[] = [];

  const broken = () => damaged(`its pickle is broken before byte ${cursor.at}`);
  const push = (value: unknown) => stack.push(value);
  const pop = () => {
    if (stack.length === 0) throw broken();
    return stack.pop();
  };
  const top = () => {
    if (stack.length === 0) throw broken();
    return stack[stack.length - 1];
  };
  const popMany = (count: number) => {
    if (stack.length < count) throw broken();
    return stack.splice(stack.length - count);
  };
  const popMark = () => {
    const above = stack;
    const below = marks.pop();
    if (!below) throw broken();
    stack = below;
    return above;
  };
  const append = (items: readonly unknown[]) => {
    const list = top();
    if (!Array.isArray(list)) throw broken();
    for (const item of items) list.push(item);
  };
  const setItems = (items: readonly unknown[]) => {
    const dict = top();
    if (!(dict instanceof Map) || items.length % 2) throw broken();
    for (let i = 0; i < items.length; i += 2) dict.set(items[i], items[i + 1]);
  };
  const recall = (index: number) => {
    if (!memo.has(index)) throw broken();
    push(memo.get(index));
  };
  const find = (module: unknown, name: unknown) => {
    if (typeof module !== 'string' || typeof name !== 'string') throw broken();
    const found = options.findGlobal(module, name);
    if (!found) throw refusal(options.file, `"${module}.${name}"`);
    return found;
  };
  const text = (length: number) => fromUtf8(cursor.take(length));

  for (let read = 0; read < mostOpcodes; read++) {
    const opcode = cursor.uint8();
    switch (opcode) {
      case 0x80: // PROTO
        if (cursor.uint8() > 5) throw broken();
        break;
      case 0x95: // FRAME: a length that only speeds up reading from streams
        cursor.skip(8);
        break;
      case 0x2e: // STOP
        if (stack.length !== 1 || marks.length) throw broken();
        return { value: stack[0], end: cursor.at };

      case 0x4e: // NONE
        push(null);
        break;
      case 0x88: // NEWTRUE
        push(true);
        break;
      case 0x89: // NEWFALSE
        push(false);
        break;
      case 0x4b: // BININT1
        push(cursor.uint8());
        break;
      case 0x4d: // BININT2
        push(cursor.uint16());
        break;
      case 0x4a: // BININT
        push(cursor.int32());
        break;
      case 0x8a: // LONG1
        push(toInteger(cursor.take(cursor.uint8())));
        break;
      case 0x47: // BINFLOAT
        push(cursor.float64BigEndian());
        break;
      case 0x58: // BINUNICODE
        push(text(cursor.uint32()));
        break;
      case 0x8c: // SHORT_BINUNICODE
        push(text(cursor.uint8()));
        break;
      case 0x55: // SHORT_BINSTRING, written by Python 2
        push(fromLatin1(cursor.take(cursor.uint8())));
        break;
      case 0x54: // BINSTRING, written by Python 2
        push(fromLatin1(cursor.take(cursor.uint32())));
        break;
      case 0x53: // STRING and UNICODE, of protocol 0: read so that what follows can be named when it is refused
      case 0x56:
        push(cursor.line());
        break;

      case 0x28: // MARK
        marks.push(stack);
        stack = [];
        break;
      case 0x29: // EMPTY_TUPLE
      case 0x5d: // EMPTY_LIST
        push([]);
        break;
      case 0x7d: // EMPTY_DICT
        push(new Map());
        break;
      case 0x74: // TUPLE
        push(popMark());
        break;
      case 0x85: // TUPLE1, TUPLE2, TUPLE3
      case 0x86:
      case 0x87:
        push(popMany(opcode - 0x84));
        break;
      case 0x61: // APPEND
        append([pop()]);
        break;
      case 0x65: // APPENDS
        append(popMark());
        break;
      case 0x73: // SETITEM
        setItems(popMany(2));
        break;
      case 0x75: // SETITEMS
        setItems(popMark());
        break;

      case 0x71: // BINPUT
        memo.set(cursor.uint8(), top());
        break;
      case 0x72: // LONG_BINPUT
        memo.set(cursor.uint32(), top());
        break;
      case 0x94: // MEMOIZE
        memo.set(memo.size, top());
        break;
      case 0x68: // BINGET
        recall(cursor.uint8());
        break;
      case 0x6a: // LONG_BINGET
        recall(cursor.uint32());
        break;

      case 0x63: // GLOBAL
        push(find(cursor.line(), cursor.line()));
        break;
      case 0x93: {
        // STACK_GLOBAL
        const [module, name] = popMany(2);
        push(find(module, name));
        break;
      }
      case 0x69: // INST: a global and the call of it in one
        throw refusal(options.file, `an instance of "${cursor.line()}.${cursor.line()}"`);
      case 0x52: {
        // REDUCE: a call
        const [callable, args] = popMany(2);
        if (!(callable instanceof PickleGlobal) || !Array.isArray(args)) throw broken();
        if (!callable.call) throw refusal(options.file, `a call of "${callable.name}"`);
        push(callable.call(args));
        break;
      }
      case 0x62: {
        // BUILD: attributes of an object. State dicts have them (`_metadata`, versions of modules); nobody needs them.
        const state = pop();
        const object = top();
        if (!(object instanceof Map) || !(state instanceof Map)) {
          throw refusal(options.file, 'the state of an object that is no dict (BUILD)');
        }
        break;
      }
      case 0x51: // BINPERSID
        push(options.findPersistent(pop()));
        break;

      default:
        if (objectOpcodes[opcode]) throw refusal(options.file, `a new object (${objectOpcodes[opcode]})`);
        throw damaged(`byte ${cursor.at - 1} of its pickle, ${opcode}, is nothing that torch.save writes`);
    }
  }
  throw damaged(`its pickle has more than ${mostOpcodes} instructions`);
}

/** Two's complement, little-endian. */
function toInteger(bytes: Uint8Array): number | bigint {
  let value = 0n;
  for (let i = bytes.length - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[i]);
  const signed = BigInt.asIntN(8 * bytes.length, value);
  return Number.isSafeInteger(Number(signed)) ? Number(signed) : signed;
}
