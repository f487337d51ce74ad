import { runError } from '../../errors.js';
import { ByteCursor } from './byteCursor.js';
import { ValueBudget } from './elementTypes.js';
import { InertObject, PickleGlobal, refusal } from './pickleObjects.js';
import { readStoredZip } from './storedZip.js';
import { readTensor, type StorageReference } from './tensorReference.js';
import { findTensorSets } from './tensorSets.js';
import { findTorchGlobal, toStorage } from './torchObjects.js';
import { unpickle } from './unpickle.js';
import { fromLatin1, fromUtf8 } from './utf8.js';
import { type TensorSet, unreadable, type WeightFile } from './weightFile.js';

/** First object of the older format. */
const magicNumber = 0x1950a86a20f9469cfc6cn;
const protocolVersion = 1001;

/**
 * Reads a file of torch.save in its format since PyTorch 1.6: a zip of stored entries, `<name>/data.pkl` and
 * `<name>/data/<key>`.
 * @throws LesionlabError kind `run`
 */
export function readTorchZip(bytes: Uint8Array, file: string): WeightFile {
  const damaged = (found: string) => unreadable(file, 'PyTorch file', found);
  const entries = readStoredZip(bytes, damaged);
  const pickleName = [...entries.keys()].find((name) => /^([^/]+\/)?data\.pkl$/.test(name));
  if (pickleName === undefined) {
    const arrays = [...entries.keys()].some((name) => name.endsWith('.npy'));
    const what = arrays
      ? 'is an archive of NumPy arrays (.npz), not a file of torch.save'
      : 'is a zip, but holds no data.pkl, so torch.save did not write it';
    throw runError('weights-unknown', `${file} ${what}`, {
      hint: arrays
        ? "In Python: torch.save({name: torch.from_numpy(array) for name, array in numpy.load(file).items()}, 'weights.pth')."
        : 'Give a .pth, .safetensors or .onnx file with the weights.',
    });
  }
  const folder = pickleName.slice(0, -'data.pkl'.length);
  if (entries.has(`${folder}constants.pkl`)) {
    throw runError('weights-unknown', `${file} is a TorchScript program, not weights`, {
      hint: "In Python: torch.save(torch.jit.load(file).state_dict(), 'weights.pth').",
    });
  }
  const byteOrder = entries.get(`${folder}byteorder`);
  if (byteOrder && fromUtf8(byteOrder) !== 'little') throw damaged('its numbers are big-endian');
  const { value } = unpickle(entries.get(pickleName) as Uint8Array, 0, {
    file,
    findGlobal: (module, name) => findTorchGlobal(module, name, damaged),
    findPersistent: (id) => toStorage(id, damaged),
  });
  const storageBytes = (storage: StorageReference) => {
    const entry = entries.get(`${folder}data/${storage.key}`);
    if (!entry) throw damaged(`the tensor data "${folder}data/${storage.key}" is missing`);
    return entry;
  };
  return { file, format: 'pytorch', ...readTensorSets(value, bytes.length, file, storageBytes) };
}

/** Whether bytes begin like the older format of torch.save, or like any other pickle (protocol 0 is text). */
export const looksLikePickle = (bytes: Uint8Array): boolean =>
  (bytes[0] === 0x80 && bytes[1] <= 5) || /^(\(|c[\w.]+\n[\w.]+\n)/.test(fromLatin1(bytes.subarray(0, 256)));

/**
 * Reads a file of torch.save in its format before PyTorch 1.6: pickles of a magic number, a protocol version, the writing
 * system, the object and the keys of its storages, then for each key a count (int64) and the elements.
 * @throws LesionlabError kind `run`
 */
export function readTorchLegacy(bytes: Uint8Array, file: string): WeightFile {
  const damaged = (found: string) => unreadable(file, 'PyTorch file', found);
  const storages = new Map<string, StorageReference>();
  let at = 0;
  const next = (): unknown => {
    const { value, end } = unpickle(bytes, at, {
      file,
      findGlobal: (module, name) => findTorchGlobal(module, name, damaged),
      findPersistent: (id) => {
        // Whole models are saved with their classes and the source of these.
        if (Array.isArray(id) && id[0] === 'module')
          return id[1] instanceof PickleGlobal ? id[1] : new InertObject('the class of a model');
        const storage = toStorage(id, damaged);
        storages.set(storage.key, storage);
        return storage;
      },
    });
    at = end;
    return value;
  };
  const first = next();
  if (first !== magicNumber) {
    if (first instanceof InertObject || first instanceof PickleGlobal) throw refusal(file, `"${first.name}"`);
    throw runError('weights-unknown', `${file} is a Python pickle, but not one that torch.save wrote`, {
      hint: "In Python: torch.save(model.state_dict(), 'weights.pth').",
    });
  }
  if (next() !== protocolVersion) throw damaged(`it has another protocol version than ${protocolVersion}`);
  const system = next();
  if (!(system instanceof Map) || system.get('little_endian') !== true) throw damaged('its numbers are big-endian');
  const value = next();
  const keys = next();
  if (!Array.isArray(keys)) throw damaged('it has no list of tensor data');

  const cursor = new ByteCursor(bytes, at, damaged);
  const data = new Map<string, Uint8Array>();
  for (const key of keys) {
    const storage = storages.get(key);
    if (!storage) throw damaged('its list of tensor data has entries that no tensor uses');
    if (Number.isNaN(storage.elementSize)) throw damaged(`the tensor data "${key}" is of a type that is not known`);
    data.set(key, cursor.take(cursor.uint64() * storage.elementSize));
  }
  const storageBytes = ({ key }: StorageReference) => {
    const found = data.get(key);
    if (!found) throw damaged(`the tensor data "${key}" is missing`);
    return found;
  };
  return { file, format: 'pytorch-legacy', ...readTensorSets(value, bytes.length, file, storageBytes) };
}

/** The sets of tensors in an unpickled object; the first is read at once, so that damage shows. */
function readTensorSets(
  value: unknown,
  fileLength: number,
  file: string,
  storageBytes: (storage: StorageReference) => Uint8Array,
): Pick<WeightFile, 'weights' | 'sets' | 'unread' | 'metadata' | 'notes'> {
  const damaged = (found: string) => unreadable(file, 'PyTorch file', found);
  const found = findTensorSets(value, file);
  const sets = found.sets.map(({ entry, tensors, unread }): TensorSet => {
    const load = () => {
      const budget = new ValueBudget(fileLength, damaged);
      const read = new Map<string, { data: Float32Array; shape: number[] }>();
      for (const [name, tensor] of tensors) {
        const bytes = tensor.storage.bytes ?? storageBytes(tensor.storage);
        read.set(name, readTensor(name, tensor, bytes, budget, damaged));
      }
      return read;
    };
    const shapes = new Map([...tensors].map(([name, { shape }]) => [name, shape]));
    return { entry, shapes, unread, load };
  });
  const weights = sets[0].load();
  const types = new Set([...found.sets[0].tensors.values()].map(({ storage }) => storage.type));
  const notes = (['F64', 'F16', 'BF16'] as const)
    .filter((type) => types.has(type))
    .map((type) => `Converted from ${type} to float32.`);
  const [first, ...others] = sets;
  return {
    weights,
    sets: [{ ...first, load: () => weights }, ...others],
    unread: first.unread,
    metadata: found.metadata,
    notes: [...notes, ...found.notes],
  };
}
