import { ByteCursor } from './byteCursor.js';
import { ValueBudget } from './elementTypes.js';
import { fromLine, longestInteger, toInteger } from './pickleIntegers.js';
import { BuiltObject, countParts, InertObject, isHarmful, PickleGlobal, refusal } from './pickleObjects.js';
import { fromLatin1, fromUtf8 } from './utf8.js';
import { unreadable } from './weightFile.js';

export interface UnpickleOptions {
  /** The file's name, for messages. */
  readonly file: string;
  /** What stands for a Python class or function by its module and name; undefined for those that are not read. */
  readonly findGlobal: (module: string, name: string) => PickleGlobal | undefined;
  /** What stands for an object outside the pickle (a tensor's storage). */
  readonly findPersistent: (id: unknown) => unknown;
}

/** A tensor takes about 30 opcodes. More than this is no file of weights, and could be one byte an object to fill memory. */
const mostOpcodes = 2_000_000;

/** Lists, dicts, tuples and objects: one byte can make one, of a hundred bytes in memory, where an honest one takes tens of bytes. */
const mostObjects = (bytes: number) => 200_000 + bytes / 16;

/** Open MARKs, which are beginnings of lists in lists. */
const deepestMark = 10_000;

/** Opcodes for what a program has registered beforehand; nobody knows what that is. */
const extensionOpcodes: Readonly<Record<number, string>> = { 130: 'EXT1', 131: 'EXT2', 132: 'EXT4' };

/**
 * Reads one pickle (https://github.com/python/cpython/blob/main/Lib/pickletools.py) without ever running what it asks for.
 * Lists, tuples and sets become arrays, dicts Maps, bytes Uint8Arrays, integers beyond 2^53 bigints; objects of classes that
 * `findGlobal` doesn't know become `InertObject`s.
 * @returns the value and where the pickle ends
 * @throws LesionlabError kind `run`: `weights-refused` for what no honest file asks for, `weights-unreadable` otherwise
 */
export function unpickle(bytes: Uint8Array, start: number, options: UnpickleOptions): { value: unknown; end: number } {
  const damaged = (found: string) => unreadable(options.file, 'PyTorch file', found);
  const cursor = new ByteCursor(bytes, start, damaged);
  /** A pickle can give one large thing to any number of calls, each of which makes a copy; an honest one names it once or twice. */
  const budget = new ValueBudget(4 * bytes.length, damaged);
  const memo = new Map<number, unknown>();
  /** Stacks set aside by MARK, the innermost last. */
  const marks: unknown[][] = [];
  let stack: unknown[] = [];

  const broken = () => damaged(`its pickle is broken before byte ${cursor.at}`);
  const push = (value: unknown) => stack.push(value);
  let objects = 0;
  const limit = mostObjects(bytes.length);
  const pushNew = (value: unknown) => {
    if (++objects > limit) throw damaged(`its pickle makes more than ${Math.floor(limit)} objects`);
    stack.push(value);
  };
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
    if (Array.isArray(list)) for (const item of items) list.push(item);
    else if (!(list instanceof InertObject)) throw broken();
  };
  const setItems = (items: readonly unknown[]) => {
    const dict = top();
    if (!(dict instanceof Map || dict instanceof InertObject) || items.length % 2) throw broken();
    for (let i = 0; i < items.length; i += 2) dict.set(items[i], items[i + 1]);
  };
  const recall = (index: number) => {
    if (!memo.has(index)) throw broken();
    push(memo.get(index));
  };
  const find = (module: unknown, name: unknown) => {
    if (typeof module !== 'string' || typeof name !== 'string') throw broken();
    if (isHarmful(module, name)) throw refusal(options.file, `"${module}.${name}"`);
    return options.findGlobal(module, name) ?? new PickleGlobal(`${module}.${name}`);
  };
  /** A call of a function or class: what stands for its result. */
  const call = (callable: unknown, args: unknown) => {
    if (!Array.isArray(args)) throw broken();
    if (callable instanceof PickleGlobal) {
      if (!callable.call) return new InertObject(callable.name);
      budget.take(countParts(args), callable.name);
      return callable.call(args);
    }
    if (callable instanceof InertObject) return new InertObject(callable.name);
    throw broken();
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
      case 0x8b: {
        // LONG4
        const length = cursor.uint32();
        if (length > longestInteger) throw broken();
        push(toInteger(cursor.take(length)));
        break;
      }
      case 0x49: // INT and LONG of protocol 0, which protocol 1 writes, too: a line of digits, "00" and "01" for False and True
      case 0x4c:
        push(fromLine(cursor.line()));
        break;
      case 0x46: // FLOAT
        push(Number(cursor.line()));
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
      case 0x8d: // BINUNICODE8
        push(text(cursor.uint64()));
        break;
      case 0x43: // SHORT_BINBYTES
        push(cursor.take(cursor.uint8()));
        break;
      case 0x42: // BINBYTES
        push(cursor.take(cursor.uint32()));
        break;
      case 0x8e: // BINBYTES8, BYTEARRAY8
      case 0x96:
        push(cursor.take(cursor.uint64()));
        break;
      case 0x53: // STRING and UNICODE, of protocol 0: read so that what follows can be named when it is refused
      case 0x56:
        push(cursor.line());
        break;

      case 0x28: // MARK
        if (marks.length >= deepestMark) throw damaged(`its pickle nests lists more than ${deepestMark} deep`);
        marks.push(stack);
        stack = [];
        break;
      case 0x29: // EMPTY_TUPLE
      case 0x5d: // EMPTY_LIST
      case 0x8f: // EMPTY_SET
        pushNew([]);
        break;
      case 0x7d: // EMPTY_DICT
        pushNew(new Map());
        break;
      case 0x74: // TUPLE, LIST, FROZENSET
      case 0x6c:
      case 0x91:
        pushNew(popMark());
        break;
      case 0x85: // TUPLE1, TUPLE2, TUPLE3
      case 0x86:
      case 0x87:
        pushNew(popMany(opcode - 0x84));
        break;
      case 0x61: // APPEND
        append([pop()]);
        break;
      case 0x65: // APPENDS, ADDITEMS
      case 0x90:
        append(popMark());
        break;
      case 0x64: {
        // DICT
        const items = popMark();
        pushNew(new Map());
        setItems(items);
        break;
      }
      case 0x73: // SETITEM
        setItems(popMany(2));
        break;
      case 0x75: // SETITEMS
        setItems(popMark());
        break;

      case 0x30: // POP
        pop();
        break;
      case 0x31: // POP_MARK
        popMark();
        break;
      case 0x32: // DUP
        push(top());
        break;
      case 0x70: // PUT, GET: of protocol 0
        memo.set(Number(cursor.line()), top());
        break;
      case 0x67:
        recall(Number(cursor.line()));
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
      case 0x69: {
        // INST: a global and the call of it in one
        const callable = find(cursor.line(), cursor.line());
        pushNew(call(callable, popMark()));
        break;
      }
      case 0x6f: {
        // OBJ
        const [callable, ...args] = popMark();
        pushNew(call(callable, args));
        break;
      }
      case 0x52: // REDUCE and NEWOBJ: a call; a new object
      case 0x81: {
        const [callable, args] = popMany(2);
        pushNew(call(callable, args));
        break;
      }
      case 0x92: {
        // NEWOBJ_EX, with named arguments
        const [callable, args] = popMany(3);
        pushNew(call(callable, args));
        break;
      }
      case 0x62: {
        // BUILD: attributes of an object. State dicts have them (`_metadata`, versions of modules); nobody needs them.
        const state = pop();
        const object = top();
        if (typeof object !== 'object' || object === null || Array.isArray(object))
          throw refusal(options.file, 'the state of something that is no object (BUILD)');
        if (object instanceof BuiltObject) {
          budget.take(countParts([state]), 'the state of an object');
          object.build(state);
        }
        break;
      }
      case 0x51: // BINPERSID
        push(options.findPersistent(pop()));
        break;

      default:
        if (extensionOpcodes[opcode])
          throw refusal(options.file, `an object that is not named (${extensionOpcodes[opcode]})`);
        throw damaged(`byte ${cursor.at - 1} of its pickle, ${opcode}, is nothing that torch.save writes`);
    }
  }
  throw damaged(`its pickle has more than ${mostOpcodes} instructions`);
}
