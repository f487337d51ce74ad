import { runError } from '../../errors.js';
import type { Shape } from '../../graph/index.js';
import type { Weights } from '../../nn/index.js';
import { isBatchCounter, type WeightFile } from './weightFile.js';

export interface FitOptions {
  /** Layers (`fc`, `classifier.1`) that are replaced where the number of classes differs. */
  readonly classifier: readonly string[];
}

/** What became of every name, in the model's order (`leftOver`: in the file's). */
export interface FitReport {
  readonly file: string;
  /** Taken from the file. */
  readonly found: readonly string[];
  /** In the model, not in the file. */
  readonly missing: readonly string[];
  /** In the file, not in the model; counters of batch norm don't count. */
  readonly leftOver: readonly string[];
  /** All that begins at random: `missing` and `replaced`. */
  readonly newlyInitialised: readonly string[];
  /** In the file for another number of classes, so not taken. */
  readonly replaced: readonly string[];
}

export interface FittedWeights {
  /** Only what was found; the rest is for the caller to initialise. */
  readonly weights: Weights;
  readonly report: FitReport;
}

/**
 * Takes from a file what a model can use. A classifier for another number of classes is left out as a whole.
 * @param wanted the model's parameters and buffers, in its order
 * @throws LesionlabError kind `run` where the file belongs to another architecture, where other shapes don't fit (all are
 *   listed), and where weights to be taken are NaN or infinite
 */
export function fitWeights(
  file: WeightFile,
  wanted: readonly { readonly name: string; readonly shape: Shape }[],
  options: FitOptions,
): FittedWeights {
  const layerOf = (name: string) => options.classifier.find((layer) => name === layer || name.startsWith(`${layer}.`));
  refuseOtherArchitecture(file, namesOf(wanted), (name) => layerOf(name) !== undefined);

  const otherClasses = new Set<string>();
  const misfits: string[] = [];
  for (const { name, shape } of wanted) {
    const stored = file.weights.get(name);
    if (!stored || `${stored.shape}` === `${shape}`) continue;
    const layer = layerOf(name);
    // Classes are the first axis of both weight and bias; another number of inputs is another model.
    if (layer !== undefined && `${stored.shape.slice(1)}` === `${shape.slice(1)}`) otherClasses.add(layer);
    else misfits.push(`"${name}" is [${stored.shape}] in the file, [${shape}] in the model`);
  }
  if (misfits.length) {
    throw runError('weights-shape', `${misfits.length} of the weights in ${file.file} don't fit the model`, {
      details: misfits,
      hint: 'Weights fit one model, and for a model without global pooling (LeNet) one image size; choose those of the file.',
    });
  }

  const weights = new Map<string, { readonly data: Float32Array; readonly shape: Shape }>();
  const missing: string[] = [];
  const replaced: string[] = [];
  for (const { name } of wanted) {
    const stored = file.weights.get(name);
    const layer = layerOf(name);
    if (!stored) missing.push(name);
    else if (layer !== undefined && otherClasses.has(layer)) replaced.push(name);
    else weights.set(name, stored);
  }
  if (weights.size === 0) throw otherArchitecture(file, 'none of its weights can be used', []);
  refuseNotFinite(file, weights);

  const used = new Set(namesOf(wanted));
  const random = new Set([...missing, ...replaced]);
  const report: FitReport = {
    file: file.file,
    found: [...weights.keys()],
    missing,
    leftOver: [...file.weights.keys()].filter((name) => !used.has(name) && !isBatchCounter(name)),
    newlyInitialised: namesOf(wanted).filter((name) => random.has(name)),
    replaced,
  };
  return { weights, report };
}

const namesOf = (tensors: readonly { readonly name: string }[]) => tensors.map(({ name }) => name);

/** `layer1.0.bn1.weight` belongs to the module `layer1.0.bn1`. */
const moduleOf = (name: string) => name.slice(0, Math.max(0, name.lastIndexOf('.'))) || name;
/** ... and to the stage `layer1`. */
const stageOf = (name: string) => name.split('.')[0];

/** A model of another depth shares names with this one, too; from this many differing modules on it is another model. */
const fewModules = 4;
const fewShare = 0.25;

/**
 * Compares modules, not tensors, so that a file without the statistics of batch norm still counts as the same architecture.
 * What a file lacks at the end (a network cut off after a stage) is normal; what lacks before that is another depth.
 */
function refuseOtherArchitecture(
  file: WeightFile,
  wanted: readonly string[],
  isClassifier: (name: string) => boolean,
): void {
  const modules = (names: Iterable<string>) =>
    new Set([...names].filter((name) => !isClassifier(name) && !isBatchCounter(name)).map(moduleOf));
  const model = [...modules(wanted)];
  const inFile = modules(file.weights.keys());
  const common = new Set(model.filter((name) => inFile.has(name)));
  if (inFile.size === 0) return;

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

function otherArchitecture(file: WeightFile, found: string, details: readonly string[]) {
  const onnx =
    'An exported ONNX model often has batch norm folded into its convolutions; give the .pth or .safetensors.';
  return runError('weights-architecture', `${file.file} holds weights of another model: ${found}`, {
    details,
    hint: file.format === 'onnx' ? onnx : 'Choose the model that the file was made for, or its weights file.',
  });
}

function refuseNotFinite(file: WeightFile, weights: Weights): void {
  const details: string[] = [];
  for (const [name, { data }] of weights) {
    let bad = 0;
    for (let i = 0; i < data.length; i++) if (!Number.isFinite(data[i])) bad++;
    if (bad) details.push(`"${name}": ${bad} of ${data.length} values are NaN or infinite`);
  }
  if (details.length === 0) return;
  const others = details.length > 1 ? ` and ${details.length - 1} more tensors` : '';
  throw runError('weights-not-finite', `${file.file}: ${details[0]}${others}`, {
    details,
    hint: 'The training that wrote the file diverged, or the file is damaged; use an earlier checkpoint.',
  });
}

const listSome = (names: readonly string[]) =>
  names.length === 0
    ? 'nothing'
    : names.slice(0, 6).join(', ') + (names.length > 6 ? ` and ${names.length - 6} more` : '');

/** The report for people, a few lines; the complete lists are in the report itself. */
export function describeFit(report: FitReport): string {
  const { file, found, missing, leftOver, newlyInitialised, replaced } = report;
  const lines = [`${file}: ${found.length} of ${found.length + newlyInitialised.length} tensors taken`];
  if (missing.length) lines.push(`newly initialised, since the file lacks them: ${groupNames(missing, found)}`);
  if (replaced.length) {
    lines.push(`newly initialised, since the number of classes differs: ${groupNames(replaced, found)}`);
  }
  if (leftOver.length) lines.push(`in the file, but not in the model: ${groupNames(leftOver, found)}`);
  return lines.join('\n');
}

/** Stages of which nothing was found become `layer4.* (25)`; other names stay whole, at most a handful of them. */
function groupNames(names: readonly string[], found: readonly string[]): string {
  const partly = new Set(found.map(stageOf));
  const counts = new Map<string, number>();
  for (const name of names) {
    const group = partly.has(stageOf(name)) || !name.includes('.') ? name : `${stageOf(name)}.*`;
    counts.set(group, (counts.get(group) ?? 0) + 1);
  }
  return listSome([...counts].map(([group, count]) => (group.endsWith('.*') ? `${group} (${count})` : group)));
}
