import { runError } from '../../errors.js';

/** Something that a pickle names: harmless by itself, and callable only if it brings its own `call`. */
export class PickleGlobal {
  constructor(
    readonly name: string,
    readonly call?: (args: readonly unknown[]) => unknown,
  ) {}
}

/**
 * What stands for an object of a class that isn't read (argparse.Namespace, a configuration, a numpy scalar): nothing of the
 * class is run. Only what the pickle puts into it as into a dict is kept, so that a subclass of dict can be looked into.
 */
export class InertObject {
  #items: Map<unknown, unknown> | undefined;

  /** @param name of the class, or other words for what it is */
  constructor(readonly name: string) {}

  /** Entries, where it is a kind of dict. */
  get items(): ReadonlyMap<unknown, unknown> | undefined {
    return this.#items;
  }

  set(key: unknown, value: unknown): void {
    this.#items ??= new Map();
    this.#items.set(key, value);
  }
}

/** An object of a class that is read, which wants the state that the pickle gives it (numpy's arrays and types). */
export abstract class BuiltObject {
  abstract build(state: unknown): void;
}

/** The error for a pickle that wants more than data. */
export const refusal = (file: string, what: string) =>
  runError('weights-refused', `${file} is refused: its pickle asks Python for ${what}, and loading it would run code`, {
    hint: "Weights need only tensors in dicts and lists. If you trust where the file comes from, load it in Python and write torch.save(model.state_dict(), 'weights.pth').",
  });

/** Modules that no saved object comes from, but that commands, other programs' files and the network are reached with. */
const harmfulModules = new Set(
  (
    'os posix nt subprocess commands pty shutil sys runpy importlib imp ctypes socket http urllib urllib2 httplib requests ftplib smtplib ' +
    'telnetlib webbrowser asyncio code codeop pdb bdb timeit cProfile profile trace pip ensurepip marshal pickle _pickle signal'
  ).split(' '),
);
const harmfulBuiltins = new Set(
  'eval exec execfile compile open file input raw_input __import__ breakpoint'.split(' '),
);
const builtinModules = new Set(['builtins', '__builtin__', '_io', 'io']);

/**
 * Whether no honest file of weights names this. Nothing that a pickle names is ever run here; but a file that asks for this was made
 * to be harmful, and the rest of it deserves no trust.
 */
export function isHarmful(module: string, name: string): boolean {
  return (
    harmfulModules.has(module.split('.')[0]) ||
    (builtinModules.has(module) && harmfulBuiltins.has(name.split('.')[0])) ||
    (module.startsWith('torch.hub') && name !== '')
  );
}

/** Entries of lists and dicts, and letters of texts, in what a call is given: those that its result may hold copies of. */
export function countParts(values: readonly unknown[], depth = 2): number {
  let count = values.length;
  for (const value of values) {
    if (typeof value === 'string') count += value.length;
    else if (value instanceof Map) count += value.size;
    else if (Array.isArray(value)) count += depth > 0 ? countParts(value, depth - 1) : value.length;
  }
  return count;
}
