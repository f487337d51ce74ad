import { runError } from '../../errors.js';
import type { Shape } from '../../graph/index.js';
import type { Weights } from '../../nn/index.js';
import type { OtherNames } from '../model.js';
import { findOtherHead, type OtherHead } from './classifierHead.js';
import { matchNames } from './matchNames.js';
import { otherArchitecture, refuseOtherArchitecture } from './otherArchitecture.js';
import { isBookkeeping, type WeightFile } from './weightFile.js';

/** What of a model may differ from the file. */
export interface FitOptions {
  /** Layers (`fc`, `classifier.1`) that are replaced where the number of classes differs. */
  readonly classifier: readonly string[];
  /** Names that the file may have instead of the model's. */
  readonly otherNames?: readonly OtherNames[];
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
  /** The file's classifier, where it has another name than the model's. */
  readonly head?: OtherHead;
  /** Where in the file the tensors were found, and by what rule, one sentence each. */
  readonly choices: readonly string[];
}

/** Weights out of a file, by the names of the model. */
export interface FittedWeights {
  /** Only what was found; the rest is for the caller to initialise. */
  readonly weights: Weights;
  readonly report: FitReport;
}

/**
 * Takes from a file what a model can use, wherever in it and behind whatever prefix it lies (see `matchNames`). A classifier for
 * another number of classes is left out as a whole; one under another name is taken where it can be no other (see `findOtherHead`).
 * @param wanted the model's parameters and buffers, in its order
 * @throws LesionlabError kind `run` where the file belongs to another architecture, where other shapes don't fit (all are
 *   listed), and where weights to be taken are NaN or infinite
 *   or of a kind that isn't read
 */
export function fitWeights(
  file: WeightFile,
  wanted: readonly { readonly name: string; readonly shape: Shape }[],
  options: FitOptions,
): FittedWeights {
  const layerOf = (name: string) => options.classifier.find((layer) => name === layer || name.startsWith(`${layer}.`));
  const { weights: stored, unread, strays, choices } = matchNames(file, wanted, options.otherNames);
  const found = { stored: [...stored.keys()], strays: [...strays.keys()] };
  refuseOtherArchitecture(file, found, namesOf(wanted), (name) => layerOf(name) !== undefined);
  refuseUnread(file, unread, namesOf(wanted));
  const used = new Set(namesOf(wanted));
  const headIn = (tensors: Weights) =>
    findOtherHead(
      wanted,
      options.classifier,
      tensors,
      [...tensors.keys()].filter((name) => !used.has(name)),
    );
  // That of the weights themselves first: a moving average beside them has one, too.
  const head = headIn(stored) ?? headIn(new Map([...stored, ...strays]));

  const otherClasses = new Set<string>();
  const misfits: string[] = [];
  for (const { name, shape } of wanted) {
    const tensor = stored.get(name);
    if (!tensor || sameSides(tensor.shape, shape)) continue;
    const layer = layerOf(name);
    // Classes are the first axis of both weight and bias; another number of inputs is another model.
    if (layer !== undefined && `${tensor.shape.slice(1)}` === `${shape.slice(1)}`) otherClasses.add(layer);
    else misfits.push(`"${name}" is [${tensor.shape}] in the file, [${shape}] in the model`);
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
  for (const { name, shape } of wanted) {
    const layer = layerOf(name);
    const other = head && layer === head.layer ? head.from + name.slice(layer.length) : undefined;
    const tensor = stored.get(name) ?? (head?.taken && other ? (stored.get(other) ?? strays.get(other)) : undefined);
    if (tensor && !(layer !== undefined && otherClasses.has(layer))) weights.set(name, { ...tensor, shape });
    else if (tensor || other) replaced.push(name);
    else missing.push(name);
  }
  if (weights.size === 0) throw otherArchitecture(file, 'none of its weights can be used', []);
  refuseNotFinite(file, weights);

  if (head)
    for (const name of namesOf(wanted))
      if (layerOf(name) === head.layer) used.add(head.from + name.slice(head.layer.length));
  const random = new Set([...missing, ...replaced]);
  const report: FitReport = {
    file: file.file,
    found: [...weights.keys()],
    missing,
    leftOver: [...stored.keys(), ...strays.keys()].filter((name) => !used.has(name) && !isBookkeeping(name)),
    newlyInitialised: namesOf(wanted).filter((name) => random.has(name)),
    replaced,
    head,
    choices,
  };
  return { weights, report };
}

/** But for axes of side 1: a layer scale [C] is one [C, 1, 1], a linear layer a 1x1 convolution. */
const sameSides = (a: Shape, b: Shape) => `${a.filter((side) => side !== 1)}` === `${b.filter((side) => side !== 1)}`;

const namesOf = (tensors: readonly { readonly name: string }[]) => tensors.map(({ name }) => name);

/** Every one of the model's tensors, even a single one, is needed: a network with a random layer in it sees nothing. */
function refuseUnread(file: WeightFile, unread: ReadonlyMap<string, string>, wanted: readonly string[]): void {
  const details = wanted.flatMap((name) => (unread.has(name) ? [`"${name}" is ${unread.get(name)}`] : []));
  if (details.length === 0) return;
  const others = details.length > 1 ? ` and ${details.length - 1} more` : '';
  throw runError('weights-refused', `${file.file}: ${details[0]}${others}, which is not read`, {
    details,
    hint: "Expected plain tensors of numbers. In Python: torch.save({name: t.dequantize().to_dense().float() for name, t in state_dict.items()}, 'weights.pth').",
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
