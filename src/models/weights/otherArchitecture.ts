import { runError } from '../../errors.js';
import { listSome, moduleOf, stageOf } from './tensorNames.js';
import { isBookkeeping, type WeightFile } from './weightFile.js';

/**
 * A model of another depth shares names with this one, too; from this many differing modules on it is another model. Relatives that differ
 * least (EfficientNet-Lite0 and Lite1, of the same widths) differ in 23 of 100.
 */
const fewModules = 4;
const fewShare = 0.15;

/**
 * Compares modules, not tensors, so that a file without the statistics of batch norm still counts as the same architecture.
 * What a file lacks at the end (a network cut off after a stage) is normal; what lacks before that is another depth.
 * @param stored the file's names, as far as they lie where the model does @param strays those of the rest
 * @throws LesionlabError kind `run` where the file holds another model
 */
export function refuseOtherArchitecture(
  file: WeightFile,
  { stored, strays }: { readonly stored: readonly string[]; readonly strays: readonly string[] },
  wanted: readonly string[],
  isClassifier: (name: string) => boolean,
): void {
  const modules = (names: Iterable<string>) =>
    new Set([...names].filter((name) => !isClassifier(name) && !isBookkeeping(name)).map(moduleOf));
  const model = [...modules(wanted)];
  const inFile = modules(stored);
  const common = new Set(model.filter((name) => inFile.has(name)));
  // A classifier alone may have come by its name in any network.
  if (inFile.size === 0 && modules(strays).size < fewModules) return;

  const stages = new Set(model.map(stageOf));
  const surplus = [...inFile].filter((name) => !common.has(name) && stages.has(stageOf(name)));
  const last = model.findLastIndex((name) => common.has(name));
  const gaps = model.slice(0, last).filter((name) => !common.has(name));
  const many = (names: readonly string[], all: number) => names.length >= fewModules && names.length > fewShare * all;
  const details = [
    `only in the file: ${listSome([...inFile].filter((name) => !common.has(name)))}`,
    `only in the model: ${listSome(model.filter((name) => !inFile.has(name)))}`,
  ];
  if (common.size < Math.min(model.length, inFile.size) / 2 || common.size === 0) {
    const shared = common.size === 0 ? 'none' : `only ${common.size}`;
    throw otherArchitecture(file, `of the model's ${model.length} layers with weights it has ${shared}`, details);
  }
  if (many(surplus, inFile.size)) {
    throw otherArchitecture(file, `it has ${surplus.length} layers between those of the model`, details);
  }
  if (many(gaps, model.length)) throw otherArchitecture(file, `it lacks ${gaps.length} layers in between`, details);
}

export function otherArchitecture(
  file: Pick<WeightFile, 'file' | 'format'>,
  found: string,
  details: readonly string[],
) {
  const onnx =
    'An exported ONNX model often has batch norm folded into its convolutions; give the .pth or .safetensors.';
  return runError('weights-architecture', `${file.file} holds weights of another model: ${found}`, {
    details,
    hint: file.format === 'onnx' ? onnx : 'Choose the model that the file was made for, or its weights file.',
  });
}
