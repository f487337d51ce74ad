import { runError } from '../../errors.js';
import { NumpyArray } from './numpyObjects.js';
import { InertObject, PickleGlobal, refusal } from './pickleObjects.js';
import { listSome } from './tensorNames.js';
import { TensorReference } from './tensorReference.js';
import { unreadable } from './weightFile.js';

/** Tensors under one entry of what a PyTorch file holds, by their names joined with dots. */
export interface ReferenceSet {
  /** Empty for the whole file. */
  readonly entry: string;
  readonly tensors: ReadonlyMap<string, TensorReference>;
  /** Names of what may have been tensors but is something that isn't read, and what it is. */
  readonly unread: ReadonlyMap<string, string>;
}

export interface FoundSets {
  /** At least one; those that hold the model by the usual names first, averaged copies last. */
  readonly sets: readonly ReferenceSet[];
  /** Plain values of the checkpoint around them. */
  readonly metadata: Record<string, string>;
  readonly notes: string[];
}

/** Where training programs put the weights of a checkpoint, in the order of preference. */
const usualEntries = ['state_dict', 'model_state_dict', 'model', 'model_state', 'net', 'network', 'weights', 'params'];

/** Copies of a model with weights averaged over the training, or that another one learns from. */
export const isAveragedCopy = (name: string) =>
  /(^|[._])(ema|swa|averaged?|teacher|shadow|momentum)([._\d]|$)/i.test(name);

/** Dicts in dicts; a checkpoint has four of them at most. */
const deepest = 6;

/** Names in all sets together; a checkpoint has some thousands. One dict can lie in any number of others. */
const mostNames = 500_000;

/** Letters of these names, with the dicts' that lie around them: a long one around many short ones would be copied for each. */
const mostLetters = 50_000_000;

/**
 * The sets of tensors in what a PyTorch file holds: each entry of a checkpoint that holds tensors, at any depth, and the whole.
 * @throws LesionlabError kind `run` where there are no named tensors
 */
export function findTensorSets(value: unknown, file: string): FoundSets {
  const entries = entriesOf(value);
  const sets: ReferenceSet[] = [];
  let [names, letters] = [0, 0];
  const count = (name: string) => {
    if (++names > mostNames) throw unreadable(file, 'PyTorch file', `its dicts hold more than ${mostNames} names`);
    letters += name.length;
    if (letters > mostLetters)
      throw unreadable(file, 'PyTorch file', `its dicts hold names of more than ${mostLetters} letters together`);
  };
  for (const [name, entry] of entries) {
    const set = collectTensors(entry, name, count);
    if (set.tensors.size) sets.push(set);
  }
  sets.sort((a, b) => rankOf(a.entry) - rankOf(b.entry));
  const whole = collectTensors(value, '', count);
  const direct = [...entries.values()].filter((entry) => toTensor(entry)).length;
  // A state dict itself; a checkpoint may hold single tensors, too (the state of a random generator), so its entries go first.
  if (direct > 0 && !sets.some(({ entry }) => usualEntries.includes(entry))) sets.unshift(whole);
  else if (whole.tensors.size) sets.push(whole);
  if (sets.length === 0) throw nothingFound(value, entries, file);

  const metadata: Record<string, string> = {};
  for (const [name, entry] of entries)
    if (['string', 'number', 'boolean', 'bigint'].includes(typeof entry)) metadata[name] = String(entry);
  return { sets, metadata, notes: describeLeftOut(entries) };
}

function rankOf(entry: string): number {
  if (isAveragedCopy(entry)) return usualEntries.length + 1;
  const usual = usualEntries.indexOf(entry);
  return usual < 0 ? usualEntries.length : usual;
}

function toTensor(value: unknown): TensorReference | undefined {
  if (value instanceof TensorReference) return value;
  return value instanceof NumpyArray ? value.tensor : undefined;
}

/** Entries by name, of each dict looked up once: one can lie in any number of others. */
const named = new WeakMap<object, Map<string, unknown>>();

function entriesOf(value: unknown): Map<string, unknown> {
  const items = value instanceof InertObject ? value.items : value;
  if (!(items instanceof Map)) return new Map();
  const known = named.get(items);
  if (known) return known;
  const found = new Map([...items].filter(([name]) => typeof name === 'string'));
  named.set(items, found);
  return found;
}

/**
 * All tensors in a dict and the dicts in it. Each dict is looked into once: pickles can share them, or put one into itself.
 * @param count called with each name
 */
function collectTensors(value: unknown, entry: string, count: (name: string) => void): ReferenceSet {
  const tensors = new Map<string, TensorReference>();
  const unread = new Map<string, string>();
  const seen = new Set<unknown>();
  const visit = (dict: unknown, path: string, depth: number) => {
    if (seen.has(dict) || depth > deepest) return;
    seen.add(dict);
    for (const [name, found] of entriesOf(dict)) {
      const full = path + name;
      count(full);
      const tensor = toTensor(found);
      if (tensor) tensors.set(full, tensor);
      else if (entriesOf(found).size) visit(found, `${full}.`, depth + 1);
      else if (found instanceof InertObject) unread.set(full, found.name);
      else if (found instanceof NumpyArray) unread.set(full, 'an array of something else than numbers');
    }
  };
  visit(value, '', 0);
  return { entry, tensors, unread };
}

/** Names the entries with objects of classes that aren't read. */
function describeLeftOut(entries: ReadonlyMap<string, unknown>): string[] {
  const found: string[] = [];
  const budget = { left: mostLooks };
  for (const [name, entry] of entries) {
    const inert = findInert(entry, budget);
    if (inert) found.push(`"${name.slice(0, 100)}" (${inert.name.slice(0, 100)})`);
  }
  return found.length ? [`Left out, since it holds Python objects that are not read: ${listSome(found)}.`] : [];
}

/** Values that are looked at for what is left out, which is only for a note. */
const mostLooks = 2_000_000;

function findInert(value: unknown, budget = { left: mostLooks }): InertObject | undefined {
  const seen = new Set<unknown>();
  const waiting: unknown[] = [value];
  while (waiting.length) {
    if (budget.left <= 0) return undefined;
    const next = waiting.pop();
    if (next instanceof InertObject) return next;
    if (typeof next !== 'object' || next === null || seen.has(next)) continue;
    seen.add(next);
    const items = Array.isArray(next) ? next : next instanceof Map ? [...next.values()] : [];
    budget.left -= 1 + items.length;
    for (const item of items) waiting.push(item);
  }
  return undefined;
}

function nothingFound(value: unknown, entries: ReadonlyMap<string, unknown>, file: string): Error {
  // A whole model: an object of a class of somebody's program, which only that program can load.
  const inert = value instanceof InertObject || entries.size === 0 ? findInert(value) : undefined;
  if (inert) return refusal(file, `an object of "${inert.name}"`);
  if (value instanceof PickleGlobal) return refusal(file, `"${value.name}"`);
  const models = [...entries].filter(([, entry]) => entry instanceof InertObject);
  if (models.length)
    return refusal(
      file,
      models.map(([name, entry]) => `an object of "${(entry as InertObject).name}" as "${name}"`).join(', '),
    );
  const held = entries.size
    ? `an object with ${listSome([...entries.keys()].map((name) => `"${name.slice(0, 100)}"`))}`
    : 'no dict with names';
  return runError('weights-empty', `${file} holds no named tensors, but ${held}`, {
    hint: "In Python: torch.save(model.state_dict(), 'weights.pth').",
  });
}
