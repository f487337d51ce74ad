import { transforms } from '../../data/augmentation/transforms/registry.js';
import { LesionlabError } from '../../errors.js';
import { describeNetwork, findModel, hasModel, models } from '../../models/index.js';
import { nearestName } from '../../nearestName.js';
import { countBranches, findLearningRateFactor, findTrainable } from '../optimisation/parameterRoles.js';
import { type Recipe, recipe as recipeSchema } from './recipeSchema.js';
import { formatSetting, recipeGroups, recipeSettings, settingAt, valueAt } from './recipeSettings.js';

/** What is wrong with a setting. */
export interface RecipeFinding {
  /** `training.learningRate`; empty for the whole. */
  readonly path: string;
  /** `expected a number above 0, found -1` */
  readonly text: string;
}

/**
 * Reads a value as a recipe and names all that is wrong with it: unknown settings, values of another kind or out of range, and what
 * the network named does not have.
 * @param value settings, as a file or a program gives them
 */
export function checkRecipe(value: unknown): { readonly recipe?: Recipe; readonly findings: readonly RecipeFinding[] } {
  const parsed = recipeSchema.safeParse(value);
  const findings: RecipeFinding[] = [];
  for (const issue of parsed.error?.issues ?? []) {
    const path = issue.path.map(String).join('.');
    if (issue.code === 'unrecognized_keys') findings.push(...issue.keys.map((name) => unknownSetting(path, name)));
    else {
      const finding = wrongValue(value, path);
      // Both numbers of a pair may be wrong, which is one finding.
      if (!findings.some((other) => other.path === finding.path)) findings.push(finding);
    }
  }
  /** The value where it is one that the schema takes. */
  const sound = <T>(path: string): T | undefined =>
    findings.some((finding) => `${finding.path}.`.startsWith(`${path}.`) || `${path}.`.startsWith(`${finding.path}.`))
      ? undefined
      : (valueAt(parsed.data ?? value, path) as T | undefined);
  findings.push(...checkNetwork(sound));
  for (const path of transforms.flatMap(({ ranges = [] }) => ranges.map((name) => `augmentation.${name}`))) {
    const [smallest, largest] = sound<[number, number]>(path) ?? [1, 1];
    if (smallest > largest)
      findings.push({ path, text: `expected the smaller number first, found [${smallest}, ${largest}]` });
  }
  if ((sound<number>('training.averagedTail') ?? 0) > 0 && (sound<number>('training.weightAveraging') ?? 0) > 0)
    findings.push({
      path: 'training.averagedTail',
      text: 'expected 0 beside training.weightAveraging: weights are averaged in one way or the other',
    });
  if (
    sound<string>('training.trainOn') === 'train-and-validation' &&
    (sound<string>('training.checkpointRule') ?? 'last') !== 'last'
  )
    findings.push({
      path: 'training.checkpointRule',
      text: 'expected last beside training.trainOn: train-and-validation: images that are learned from can choose no epoch',
    });
  if (
    sound<string>('training.trainOn') === 'train-and-validation' &&
    sound<string>('evaluation.testTimeAugmentation') === 'chosen'
  )
    findings.push({
      path: 'evaluation.testTimeAugmentation',
      text: 'expected the views by name beside training.trainOn: train-and-validation: images that are learned from can choose none',
    });
  findings.push(...checkFullSize(sound), ...checkBalance(sound));
  return findings.length === 0 ? { recipe: parsed.data, findings } : { findings };
}

/** Last epochs on whole images, where all of a training is on whole images, or might end before them. */
function checkFullSize(sound: <T>(path: string) => T | undefined): RecipeFinding[] {
  const path = 'training.fullSizeEpochs';
  const last = sound<number>(path) ?? 0;
  if (last === 0) return [];
  const expect = (when: boolean, text: string): RecipeFinding[] => (when ? [{ path, text }] : []);
  const side = sound<number>('trainingImageSize');
  const epochs = sound<number>('training.epochs');
  const stopping = sound<number>('training.earlyStopping') ?? 0;
  return [
    ...expect(
      side === 0 || (side !== undefined && side === sound<number>('imageSize')),
      'expected 0 where all epochs are as large as prediction: it goes with a smaller trainingImageSize',
    ),
    ...expect(sound<string>('training.freeze') === 'backbone', 'expected 0 where a head is trained on features alone'),
    ...expect(
      epochs !== undefined && last >= epochs,
      `expected fewer than training.epochs (${epochs}), which counts them: the network learns before it gets used to whole images`,
    ),
    ...expect(stopping > 0, 'expected 0 beside training.earlyStopping, which would end the training before them'),
  ];
}

/** Remedies for rare classes that don't go together. */
function checkBalance(sound: <T>(path: string) => T | undefined): RecipeFinding[] {
  const training = <K extends keyof Recipe['training']>(name: K) => sound<Recipe['training'][K]>(`training.${name}`);
  const adjusted = (training('logitAdjustment') ?? 0) > 0;
  const sampling = training('sampling') ?? 'all';
  const weighted = (training('classWeights') ?? 'none') !== 'none';
  const findings: RecipeFinding[] = [];
  const expect = (when: boolean, name: keyof Recipe['training'], text: string) => {
    if (when) findings.push({ path: `training.${name}`, text });
  };
  expect(
    adjusted && (training('labelSmoothing') ?? 0) > 0,
    'labelSmoothing',
    'expected 0 beside training.logitAdjustment: smoothed labels and added logits together hand the answer to the rarest classes',
  );
  const twice = 'both make up for rare classes, and together they do it twice';
  expect(adjusted && weighted, 'classWeights', `expected none beside training.logitAdjustment: ${twice}`);
  const drawn = sampling === 'class-balanced' || sampling === 'square-root';
  expect(drawn && weighted, 'classWeights', `expected none beside training.sampling: ${sampling}: ${twice}`);
  expect(
    adjusted && sampling === 'class-balanced',
    'sampling',
    'expected all beside training.logitAdjustment: of classes that are equally frequent there is nothing to adjust',
  );
  return findings;
}

/** Settings that the network must have a part for. */
function checkNetwork(sound: <T>(path: string) => T | undefined): RecipeFinding[] {
  const id = sound<string>('model');
  if (id === undefined) return [];
  if (!hasModel(id)) return [{ path: 'model', text: `there is no model "${id}"${suggest(id, Object.keys(models))}` }];
  const model = findModel(id);
  const findings: RecipeFinding[] = [];
  const imageSize = sound<number>('imageSize') ?? model.smallestImageSize;
  if (imageSize < model.smallestImageSize)
    findings.push({
      path: 'imageSize',
      text: `${model.title} needs images of at least ${model.smallestImageSize} pixels, found ${imageSize}`,
    });
  else if (model.onlyImageSize !== undefined && imageSize !== model.onlyImageSize)
    findings.push({
      path: 'imageSize',
      text: `${model.title} takes images of ${model.onlyImageSize} pixels only, found ${imageSize}`,
    });
  findings.push(...checkTrainingSide(model, imageSize, sound));
  if (model.onlyFeatures && sound<string>('training.freeze') !== 'backbone')
    findings.push({
      path: 'training.freeze',
      text: `${model.title} has operators without gradient, so that only a head on its features can be trained: expected backbone`,
    });
  let trainable: ReturnType<typeof findTrainable>;
  try {
    trainable = findTrainable(model, sound<string>('training.freeze') ?? 'none');
  } catch (error) {
    findings.push(findingOf('training.freeze', error));
  }
  try {
    const factors = sound<Recipe['training']['learningRateFactors']>('training.learningRateFactors') ?? {};
    findLearningRateFactor(model, factors, trainable);
  } catch (error) {
    findings.push(findingOf('training.learningRateFactors', error));
  }
  if ((sound<number>('training.dropPath') ?? 0) > 0 && countBranches(model) === 0)
    findings.push({
      path: 'training.dropPath',
      text: `expected 0: ${model.title} has no residual blocks that could be left out${model.file ? ' (blocks of a network out of a file are not told apart)' : ''}`,
    });
  return findings;
}

/** Networks that can't see images of two sizes. */
function checkTrainingSide(
  model: ReturnType<typeof findModel>,
  imageSize: number,
  sound: <T>(path: string) => T | undefined,
): RecipeFinding[] {
  const path = 'trainingImageSize';
  const side = sound<number>(path) ?? 0;
  if (side === 0 || side === imageSize) return [];
  if (side < model.smallestImageSize)
    return [{ path, text: `${model.title} needs images of at least ${model.smallestImageSize} pixels, found ${side}` }];
  const shapes = [imageSize, side].map((size) =>
    describeNetwork({ model, classCount: 2, imageSize: size }).tensors.map(({ name, shape }) => `${name} ${shape}`),
  );
  if (model.onlyImageSize === undefined && shapes[0].join() === shapes[1].join()) return [];
  return [
    { path, text: `${model.title} has weights for images of one size only: expected 0 or ${imageSize}, found ${side}` },
  ];
}

function findingOf(path: string, error: unknown): RecipeFinding {
  if (!(error instanceof LesionlabError)) throw error;
  return { path, text: [`${error.message}.`, error.hint].filter(Boolean).join(' ') };
}

function wrongValue(value: unknown, path: string): RecipeFinding {
  const setting = settingAt(path);
  // A stage's factor is named itself; a number of a pair is not.
  const at = setting && setting.kind !== 'factors' ? setting.path : path;
  const found = valueAt(value, at);
  const expected = setting
    ? at === setting.path
      ? setting.expected
      : 'a factor above 0'
    : 'settings, one a line, as `name: value`';
  return {
    path: at,
    text: `expected ${expected}, ${found === undefined ? missing : `found ${show(found)}`}`,
  };
}

function unknownSetting(group: string, name: string): RecipeFinding {
  const path = group ? `${group}.${name}` : name;
  if (name.includes('.') && settingAt(path)) {
    const [outer, inner] = [path.split('.').slice(0, -1).join(': '), path.split('.').at(-1)];
    return { path, text: `write the group on a line of its own, \`${outer}:\`, and \`${inner}: …\` indented below it` };
  }
  const siblings = recipeSettings.filter((setting) => setting.group === group);
  const groups = recipeGroups
    .map((entry) => entry.path)
    .filter((entry) => entry.split('.').slice(0, -1).join('.') === group);
  const here = [
    ...(group ? [] : ['extends', 'members', 'weighting']),
    ...siblings.map((setting) => setting.name),
    ...groups.map((entry) => entry.split('.').at(-1)!),
  ];
  const near = nearestName(name, here);
  const elsewhere = nearestName(
    name,
    recipeSettings.map((setting) => setting.name),
  );
  const meant = near
    ? `${group ? `${group}.` : ''}${near}`
    : elsewhere && recipeSettings.find((setting) => setting.name === elsewhere)!.path;
  return {
    path,
    text: meant
      ? `there is no such setting; did you mean ${meant}?`
      : `there is no such setting${group ? ` in ${group}` : ' at the top'}; known are ${here.join(', ')}`,
  };
}

/** Of a recipe that has neither a preset nor the setting. */
export const missing = 'but it is missing';

/** `; did you mean lenet?`, or the names there are. */
export function suggest(written: string, names: readonly string[]): string {
  const near = nearestName(written, names);
  return near ? `; did you mean ${near}?` : `; choose one of ${names.join(', ')}`;
}

/** A value as a reader wrote it, or nearly. */
function show(value: unknown): string {
  if (value === null) return 'nothing';
  if (typeof value === 'string') return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value);
  if (Array.isArray(value)) return `[${value.slice(0, 4).map(show).join(', ')}${value.length > 4 ? ', …' : ''}]`;
  return typeof value === 'object'
    ? `a group (${Object.keys(value).slice(0, 4).join(', ') || 'empty'})`
    : formatSetting(value);
}
