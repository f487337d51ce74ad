import { usageError } from '../../errors.js';
import { describeNetwork, type ModelDefinition } from '../../models/index.js';
import type { Network } from '../../nn/index.js';

/** A stage is a parameter (`class_token`), or all whose names begin with it and a dot. */
const isIn = (stage: string, name: string) => name === stage || name.startsWith(`${stage}.`);
const isClassifier = ({ classifier }: ModelDefinition, name: string) => classifier.some((layer) => isIn(layer, name));

/** Which parameters there are does not depend on the image size or the classes, only their shapes do. */
const describe = (model: ModelDefinition): Network =>
  describeNetwork({ model, classCount: 2, imageSize: model.smallestImageSize });

/**
 * Which parameters a recipe's `freeze` leaves to be trained. A batch norm that is a stage of its own is frozen with the
 * convolution before it, into which it is folded.
 * @param freeze `none`, `backbone`, or the last of the model's stages to be frozen
 * @returns undefined where all are trained
 * @throws LesionlabError kind `usage` for an unknown stage, and where nothing is left to train
 */
export function findTrainable(model: ModelDefinition, freeze: string): ((name: string) => boolean) | undefined {
  if (freeze === 'none') return undefined;
  if (freeze === 'backbone') return (name) => isClassifier(model, name);
  const { stages } = model;
  let last = stages.indexOf(freeze);
  if (last < 0)
    throw usageError('unknown-stage', `${model.title} has no stage "${freeze}" to be frozen up to`, {
      hint: `Choose none, backbone or one of: ${stages.slice(0, -1).join(', ')}.`,
    });
  const { parameters, statistics } = describe(model);
  const batchNorms = new Set(statistics.map(({ name }) => name));
  while (last + 1 < stages.length && batchNorms.has(stages[last + 1])) last += 1;
  const frozen = stages.slice(0, last + 1);
  const trainable = (name: string) => !frozen.some((stage) => isIn(stage, name));
  if (!parameters.some(({ name }) => trainable(name)))
    throw usageError(
      'nothing-to-train',
      `With all stages up to "${freeze}" frozen, nothing of ${model.title} is trained`,
      {
        hint: `Choose none, backbone or one of: ${stages.slice(0, -1).join(', ')}.`,
      },
    );
  return trainable;
}

/** Whether a parameter is of the classifier or of a batch norm. */
export function findNormsAndClassifier(model: ModelDefinition): (name: string) => boolean {
  const norms = describe(model).statistics.map(({ name }) => name);
  return (name) => isClassifier(model, name) || norms.some((norm) => isIn(norm, name));
}

/**
 * The factor of each parameter's learning rate: its stage's where that is named, else that of `backbone` or `classifier`, else 1; times the decay
 * for every stage between it and the classifier (Howard and Ruder 2018, arXiv 1801.06146). A stage of norms, or of a parameter that stands alone, belongs to the one before it.
 * @param factors by stage, `backbone` or `classifier`
 * @param trainable parameters that are trained; all where undefined
 * @param decay of the learning rate from each stage to the one before it; 1 for none
 * @throws LesionlabError kind `usage` for a name that is none of these, or that no trained parameter goes by
 */
export function findLearningRateFactor(
  model: ModelDefinition,
  factors: Readonly<Record<string, number>>,
  trainable: (name: string) => boolean = () => true,
  decay = 1,
): (name: string) => number {
  const names = Object.keys(factors);
  const decayOf = decay === 1 ? () => 1 : findStageDecay(model, decay);
  if (names.length === 0) return decayOf;
  const choices = ['backbone', 'classifier', ...model.stages.filter((stage) => stage !== 'classifier')];
  const unknown = names.find((name) => !choices.includes(name));
  if (unknown !== undefined)
    throw usageError('unknown-stage', `${model.title} has no stage "${unknown}" for a factor of the learning rate`, {
      hint: `Choose from: ${choices.join(', ')}.`,
    });
  const groupOf = (name: string): string | undefined => {
    const stage = model.stages.find((candidate) => isIn(candidate, name));
    if (stage !== undefined && Object.hasOwn(factors, stage)) return stage;
    const part = isClassifier(model, name) ? 'classifier' : 'backbone';
    return Object.hasOwn(factors, part) ? part : undefined;
  };
  const used = new Set(describe(model).parameters.flatMap(({ name }) => (trainable(name) ? [groupOf(name)] : [])));
  const idle = names.find((name) => !used.has(name));
  if (idle !== undefined)
    throw usageError(
      'idle-factor',
      `The factor of the learning rate for "${idle}" changes nothing: none of it is trained by it`,
      {
        hint: 'Leave it out, or freeze less.',
      },
    );
  return (name) => {
    const group = groupOf(name);
    return (group === undefined ? 1 : factors[group]) * decayOf(name);
  };
}

/** The decay of each parameter's stage: the classifier has 1, the last stage before it `decay`, and so on. */
function findStageDecay(model: ModelDefinition, decay: number): (name: string) => number {
  const { parameters } = describe(model);
  // Norms, and parameters that stand alone (a token, positions), are no stages of their own here.
  const isLayer = (stage: string) =>
    parameters.some(({ name, shape }) => isIn(stage, name) && name !== stage && shape.length >= 2);
  const hasParameters = (stage: string) =>
    parameters.some(({ name }) => isIn(stage, name) && !isClassifier(model, name));
  let depth = 0;
  let layers = 0;
  const depths = new Map<string, number>();
  for (const stage of model.stages.filter(hasParameters)) {
    if (isLayer(stage)) depth = layers++;
    depths.set(stage, depth);
  }
  return (name) => {
    if (isClassifier(model, name)) return 1;
    const stage = model.stages.find((candidate) => isIn(candidate, name) && depths.has(candidate));
    return stage === undefined ? 1 : decay ** (depth + 1 - depths.get(stage)!);
  };
}

/** Residual blocks (in attention networks, halves of them) whose layers `dropPath` can leave out. */
export const countBranches = (model: ModelDefinition): number => describe(model).branches;
