import { runError } from '../../errors.js';
import { TensorReference } from './torchObjects.js';

export interface StateDict {
  readonly tensors: ReadonlyMap<string, TensorReference>;
  /** Plain values of the checkpoint around it. */
  readonly metadata: Record<string, string>;
  readonly notes: string[];
}

/** Where training programs put the weights of a checkpoint, in the order of preference. */
const usualKeys = ['state_dict', 'model_state_dict', 'model', 'model_state', 'net', 'network', 'weights', 'params'];

/**
 * The state dict in what a PyTorch file holds: the object itself, or an entry of a checkpoint
 * (`{'state_dict': ..., 'epoch': ...}`).
 * @throws LesionlabError kind `run` where there are no named tensors
 */
export function findStateDict(value: unknown, file: string): StateDict {
  const notes: string[] = [];
  const entries = namedEntries(value);
  const candidates = new Map([...entries].filter(([, entry]) => tensorsOf(entry).size));
  const usual = usualKeys.find((name) => candidates.has(name));
  // Checkpoints may hold single tensors beside the weights (the state of a random generator), so the usual names go first.
  if (usual === undefined) {
    const own = tensorsOf(value, notes);
    if (own.size) return { tensors: own, metadata: {}, notes };
  }
  const key = usual ?? [...candidates.keys()][0];
  if (key === undefined) {
    const held = entries.size ? `an object with ${listSome([...entries.keys()])}` : 'no dict with names';
    throw runError('weights-empty', `${file} holds no named tensors, but ${held}`, {
      hint: "In Python: torch.save(model.state_dict(), 'weights.pth').",
    });
  }
  notes.push(`Weights of the checkpoint's "${key}".`);
  for (const other of candidates.keys()) {
    if (other !== key) notes.push(`The checkpoint's "${other}" holds tensors, too; not used.`);
  }
  const metadata: Record<string, string> = {};
  for (const [name, entry] of entries) {
    if (['string', 'number', 'boolean', 'bigint'].includes(typeof entry)) metadata[name] = String(entry);
  }
  return { tensors: tensorsOf(candidates.get(key), notes), metadata, notes };
}

const namedEntries = (value: unknown): Map<string, unknown> =>
  new Map(value instanceof Map ? [...value].filter(([name]) => typeof name === 'string') : []);

/** The tensors in a dict; other entries are noted, since state dicts may hold settings, too. */
function tensorsOf(value: unknown, notes: string[] = []): Map<string, TensorReference> {
  const entries = [...namedEntries(value)];
  const tensors = new Map<string, TensorReference>();
  for (const [name, entry] of entries) if (entry instanceof TensorReference) tensors.set(name, entry);
  const others = entries.filter(([name]) => !tensors.has(name)).map(([name]) => name);
  if (tensors.size && others.length) notes.push(`Skipped, since no tensors: ${listSome(others)}.`);
  return tensors;
}

const listSome = (names: readonly string[]) =>
  names
    .slice(0, 8)
    .map((name) => `"${name.slice(0, 100)}"`)
    .join(', ') + (names.length > 8 ? ` and ${names.length - 8} more` : '');
