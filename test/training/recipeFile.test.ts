import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LesionlabError } from '../../src/errors.js';
import {
  findPreset,
  formatRecipe,
  noPreset,
  presets,
  type Recipe,
  type RecipeChanges,
  readRecipe,
  recipeChangesOf,
  resolveRecipe,
} from '../../src/training/index.js';
import { decodeRecipe, longestRecipe } from '../../src/training/recipe/readRecipe.js';
import { recipeSettings, valueAt } from '../../src/training/recipe/recipeSettings.js';

type Settings = Record<string, unknown>;

const resolve = (text: string) => resolveRecipe(readRecipe(text, 'my.yaml'));

function refusal(text: string): LesionlabError {
  try {
    readRecipe(text, 'my.yaml');
  } catch (error) {
    return error as LesionlabError;
  }
  throw new Error('It was not refused.');
}

describe('a printed recipe', () => {
  const names = Object.keys(presets);

  it.each(names)('is read as what was printed: %s', (preset) => {
    const { recipe } = findPreset(preset);
    expect(resolve(formatRecipe(recipe, { preset }))).toEqual({ recipe, preset, overrides: [] });
    expect(resolve(formatRecipe(recipe))).toEqual({ recipe, preset: noPreset, overrides: [] });
    const one = presets[preset].members ? '\nmembers: []\n' : '';
    expect(formatRecipe(recipe, { preset, changesOnly: true, comments: false })).toBe(`extends: ${preset}\n${one}`);
    expect(resolve(JSON.stringify(recipe)).recipe).toEqual(recipe);
  });

  it('has every setting once, with what it means', () => {
    const text = formatRecipe(findPreset('resnet18').recipe);
    for (const { name, description } of recipeSettings) {
      const alike = recipeSettings.filter((setting) => setting.name === name).length;
      expect(text.match(new RegExp(`^ *${name}: `, 'gm')), name).toHaveLength(alike);
      expect(text.replace(/\n *#/g, '')).toContain(description);
    }
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100);
  });

  it('of changes alone comes to the same recipe', () => {
    const { recipe } = resolveRecipe({
      extends: 'resnet18',
      augmentation: { scale: [0.7, 1.3], perspective: { distortion: 0.3 } },
      training: { learningRateFactors: { layer4: 0.5 } },
    });
    const text = formatRecipe(recipe, { preset: 'resnet18', changesOnly: true, comments: false });
    expect(text).toBe(
      [
        'extends: resnet18',
        '',
        'augmentation:',
        '  scale: [0.7, 1.3]',
        '',
        '  perspective:',
        '    distortion: 0.3',
        '',
        'training:',
        '  learningRateFactors: {layer4: 0.5}',
        '',
      ].join('\n'),
    );
    expect(resolve(text).recipe).toEqual(recipe);
  });

  it.each<RecipeChanges>([
    { extends: 'resnet18', training: { optimizer: 'sgd', weightDecay: 0.1 } },
    { extends: 'lenet', training: { trainOn: 'train-and-validation', checkpointRule: 'last' } },
    { extends: 'best', members: [], imageSize: 288, trainingImageSize: 176 },
  ])('of changes alone says what would follow another setting, and does not: %j', (changes) => {
    const resolved = resolveRecipe(changes);
    const { recipe, preset } = resolved;
    expect(resolve(formatRecipe(recipe, { preset, changesOnly: true, members: [] })).recipe).toEqual(recipe);
    expect(resolveRecipe(recipeChangesOf(resolved)).recipe).toEqual(recipe);
  });

  it('keeps the digits of every number', () => {
    const positive = fc.double({ min: 1e-12, max: 100, noNaN: true });
    fc.assert(
      fc.property(
        positive,
        fc.integer({ min: 1, max: 1e6 }),
        fc.double({ min: 0, max: 180, noNaN: true }),
        (rate, epochs, turn) => {
          const { recipe } = resolveRecipe({
            extends: 'lenet',
            augmentation: { rotationDegrees: turn },
            training: { learningRate: rate, epochs, learningRateFactors: { backbone: rate } },
          });
          expect(resolve(formatRecipe(recipe)).recipe).toEqual(recipe);
        },
      ),
    );
  });
});

describe('a recipe file', () => {
  it('changes any setting of its preset, and what differs is listed', () => {
    // A value that no preset has, for each.
    const other: Readonly<Record<string, unknown>> = {
      model: 'resnet34',
      fit: 'crop',
      normalisation: 'weights',
      featureViews: 3,
      'augmentation.translate': [0.3, 0.2],
      'augmentation.scale': [0.5, 1.5],
      'augmentation.fill': 'mean',
      'training.optimizer': 'sgd',
      'training.schedule': 'step',
      'training.weightDecayOn': 'weights',
      'training.freeze': 'backbone',
      'training.learningRateFactors': { classifier: 2 },
      'training.classWeights': 'inverse',
      'training.sampling': 'lesion-first',
      border: 'removed',
      light: 'shades-of-gray',
      'augmentation.crop': [0.3, 0.9],
      'augmentation.cropRatio': [0.9, 1.1],
      'augmentation.shearDegrees': [10, 5],
      'augmentation.blur.sigma': [0.5, 1],
      'augmentation.noise.sigma': [0.01, 0.02],
      'augmentation.jpeg.quality': [50, 60],
      'augmentation.erase.area': [0.1, 0.2],
      'evaluation.testTimeAugmentation': 'flips-and-turns',
      imageSize: 77,
      'training.epochs': 7,
      'training.batchSize': 9,
      'training.stepEpochs': 3,
      'training.earlyStopping': 4,
      'augmentation.rotationDegrees': 12,
      metadata: ['age', 'sex'],
      'training.checkpointRule': 'macro-auroc',
      'training.checkpointSmoothing': 3,
      'training.distillationTemperature': 4,
    };
    const wanted = structuredClone(findPreset('lenet').recipe) as Recipe;
    // Logit adjustment goes with neither class weights nor smoothed labels, a tail not with another average; a head alone has no stages, and no images to make smaller or to exchange
    // squares of; LeNet has no blocks to leave out, and no other size to end with, and with validation learned from nothing is chosen by it.
    const alone = [
      'logitAdjustment',
      'cutmix',
      'trainingImageSize',
      'averagedTail',
      'layerDecay',
      'dropPath',
      'recomputedBatchNorm',
      'fullSizeEpochs',
      'trainOn',
    ];
    const changed = recipeSettings.filter(({ name }) => !alone.includes(name));
    for (const { path } of changed) {
      const names = path.split('.');
      const group = names.slice(0, -1).reduce((inner, name) => inner[name] as Settings, wanted as unknown as Settings);
      group[names.at(-1)!] = other[path] ?? 0.123;
      expect(valueAt(findPreset('lenet').recipe, path), path).not.toEqual(valueAt(wanted, path));
    }
    const { recipe, overrides, preset } = resolve(JSON.stringify({ extends: 'lenet', ...wanted }));
    expect(recipe).toEqual(wanted);
    expect(preset).toBe('lenet');
    expect(overrides).toHaveLength(changed.length);
    expect(overrides).toContain('augmentation.scale=0.5,1.5');
    expect(overrides).toContain('epochs=7');
  });

  it('is merged by group, while factors and pairs are replaced', () => {
    const { recipe } = resolve(
      'extends: resnet18\naugmentation:\n  hue: 0\ntraining:\n  learningRateFactors: {layer4: 0.5}\n',
    );
    const preset = findPreset('resnet18').recipe;
    expect(recipe.augmentation).toEqual({ ...preset.augmentation, hue: 0 });
    expect(recipe.training).toEqual({ ...preset.training, learningRateFactors: { layer4: 0.5 } });
  });

  it('loses the weight decay of a preset with another optimizer, as options do', () => {
    expect(resolve('extends: lenet\ntraining:\n  optimizer: sgd\n').recipe.training.weightDecay).toBe(0);
    expect(
      resolve('extends: lenet\ntraining:\n  optimizer: sgd\n  weightDecay: 0.01\n').recipe.training.weightDecay,
    ).toBe(0.01);
    expect(resolve('extends: lenet\ntraining:\n  optimizer: adamw\n').recipe).toEqual(findPreset('lenet').recipe);
  });

  it('with a group that is commented out changes nothing', () => {
    expect(resolve('extends: lenet\ntraining:\n#  epochs: 3\n').overrides).toEqual([]);
  });

  it('gives way to options', () => {
    const file = readRecipe('extends: lenet\ntraining:\n  epochs: 3\n  learningRate: 1e-4\n');
    const { recipe, overrides } = resolveRecipe(file, { epochs: 2 });
    expect(recipe.training).toMatchObject({ epochs: 2, learningRate: 1e-4 });
    expect(overrides).toEqual(['epochs=2', 'learningRate=0.0001']);
  });

  it('is read in UTF-8, in the UTF-16 of Windows PowerShell, and as older editors save it', () => {
    const text = 'extends: lenet\n# Größe\n';
    const utf16 = (order: (text: Buffer) => Buffer) => order(Buffer.from(`\ufeff${text}`, 'utf16le'));
    for (const bytes of [Buffer.from(text), Buffer.from(`\ufeff${text}`), utf16((b) => b), utf16((b) => b.swap16())])
      expect(decodeRecipe(bytes, 'my.yaml')).toBe(text);
    expect(decodeRecipe(Buffer.from(text, 'latin1'), 'my.yaml')).toBe(text);
    expect(() => decodeRecipe(Buffer.from([0x66, 0, 0x0a]), 'my.yaml')).toThrow('my.yaml is not a recipe');
  });
});

describe('a bad recipe file', () => {
  it('has all that is wrong said at once, in order, with lines', () => {
    const text = [
      'extends: resnet18',
      'imageSize: 12.5',
      'training:',
      '  learningRate: 0',
      '  epochs: 1.5',
      '  batch_size: 3',
      '  optimizer: adamW',
      '  freeze: layer9',
      '  learningRateFactors: {layer3: -1}',
      '  warmUp: .nan',
      'augmentation:',
      '  scale: [1.2, 0.9]',
      '  translate: [0.1]',
      '  rotationDegree: 10',
      'learning-rate: 0.1',
      'evaluation: flips',
    ].join('\n');
    const { kind, exitStatus, message, details } = refusal(text);
    expect([kind, exitStatus]).toEqual(['usage', 2]);
    expect(message).toBe('The recipe my.yaml cannot be used: 13 settings are wrong');
    expect(details).toEqual([
      'imageSize (line 2): expected a whole number from 16 to 1024, found 12.5',
      'training.learningRate (line 4): expected a number above 0, found 0',
      'training.epochs (line 5): expected a whole number, 1 or more, found 1.5',
      'training.batch_size (line 6): there is no such setting; did you mean training.batchSize?',
      'training.optimizer (line 7): expected one of adam, adamw, sgd, found "adamW"',
      expect.stringContaining('training.freeze (line 8): ResNet-18 has no stage "layer9"'),
      'training.learningRateFactors.layer3 (line 9): expected a factor above 0, found -1',
      'training.warmUp (line 10): expected a number from 0 to 1, found NaN',
      'augmentation.scale (line 12): expected the smaller number first, found [1.2, 0.9]',
      'augmentation.translate (line 13): expected two numbers in brackets, each from 0 to 1, found [0.1]',
      'augmentation.rotationDegree (line 14): there is no such setting; did you mean augmentation.rotationDegrees?',
      'learning-rate (line 15): there is no such setting; did you mean training.learningRate?',
      'evaluation (line 16): expected settings, one a line, as `name: value`, found "flips"',
    ]);
  });

  it.each([
    ['extends: transfre', 'extends (line 1): there is no preset "transfre"; did you mean transfer?'],
    ['extends: my.yaml', 'there is no preset "my.yaml"; choose one of guide-lenet'],
    ['extends: [lenet]', 'expected the name of a preset'],
    ['extends: lenet\nmodel: lenett', 'model (line 2): there is no model "lenett"; did you mean lenet?'],
    [
      'extends: lenet\nmodel: resnet18\nimageSize: 16',
      'imageSize (line 3): ResNet-18 needs images of at least 32 pixels',
    ],
    ['extends: lenet\n__proto__: {epochs: 1}', '__proto__ (line 2): there is no such setting'],
    ['extends: lenet\nconstructor: 1', 'constructor (line 2): there is no such setting'],
    [
      'extends: lenet\ntraining:\n  epochs:\n',
      'training.epochs (line 3): expected a whole number, 1 or more, found nothing',
    ],
    ['extends: lenet\ntraining:\n  stepEpochs: 3', 'training.stepEpochs (line 3): the schedule one-cycle has no steps'],
    ['extends: lenet\nfeatureViews: 3', 'featureViews (line 2): features are computed once only where'],
    [
      'extends: head\nfeatureViews: 1\naugmentation: {hue: 0.1}',
      'augmentation.hue (line 3): features are computed of each image as it is',
    ],
    [
      'extends: lenet\naugmentation:\n  blur: {sigma: [1, 2]}',
      'augmentation.blur.sigma (line 3): augmentation.blur.probability is 0',
    ],
    [
      'extends: lenet\naugmentation:\n  cropRatio: [1, 2]',
      'augmentation.cropRatio (line 3): nothing is cut out at random',
    ],
    [
      'extends: head\ntraining:\n  cutmix: 1',
      'training.cutmix (line 3): a head is trained on features, which have no squares to exchange',
    ],
    ['extends: head\ntrainingImageSize: 96', 'trainingImageSize (line 2): features are computed once'],
    [
      'extends: lenet\ntrainingImageSize: 96',
      'trainingImageSize (line 2): LeNet has weights for images of one size only: expected 0 or 112, found 96',
    ],
    [
      'extends: resnet18\ntrainingImageSize: 20',
      'trainingImageSize (line 2): ResNet-18 needs images of at least 32 pixels',
    ],
    [
      'extends: resnet18\ntraining: {fullSizeEpochs: 1}',
      'training.fullSizeEpochs (line 2): expected 0 where all epochs are as large as prediction',
    ],
    [
      'extends: resnet18\ntrainingImageSize: 128\ntraining: {fullSizeEpochs: 12}',
      'training.fullSizeEpochs (line 3): expected fewer than training.epochs (12)',
    ],
    [
      'extends: resnet18\ntrainingImageSize: 128\ntraining: {fullSizeEpochs: 1, earlyStopping: 3}',
      'expected 0 beside training.earlyStopping',
    ],
    [
      'extends: lenet\naugmentation:\n  jpeg: {probability: 1, quality: [90, 40]}',
      'expected the smaller number first, found [90, 40]',
    ],
    [
      'extends: lenet\ntraining.epochs: 3',
      'training.epochs (line 2): write the group on a line of its own, `training:`, and `epochs: …` indented below it',
    ],
    ['- extends: lenet', 'found a list'],
    ['lenet', 'found text alone'],
    ['', 'it is empty'],
    ['extends: lenet\ntraining:\n\tepochs: 3', 'line 3: it is indented by a tab; use spaces'],
    [
      'extends: lenet\ntraining:\n  epochs: 3\n  epochs: 4',
      'training.epochs (line 4): it is there twice, first on line 3',
    ],
    ['a: &a [x, x]\nextends: *a', 'line 2: *a stands for something else in the file'],
    ['extends: lenet\n---\nextends: head', 'line 2: a second recipe begins here'],
    ['extends: lenet\nmodel: !net lenet', 'line 2: it begins with !'],
    [`extends: lenet\nfit: ${'['.repeat(20_000)}`, 'groups within groups'],
    [`extends: lenet\nfit: ${'['.repeat(50)}${']'.repeat(50)}`, 'groups within groups'],
    [`extends: lenet\n${'#'.repeat(longestRecipe)}`, 'my.yaml has 65,551 characters'],
  ])('says what is wrong with %j', (text, expected) => {
    const { kind, message, details } = refusal(text);
    expect(kind).toBe('usage');
    expect(message).toContain('my.yaml');
    expect(`${message}\n${details.join('\n')}`).toContain(expected);
  });

  it('without a preset says which settings are missing', () => {
    const { details, hint } = refusal('model: lenet\n');
    expect(details).toContain('training.learningRate: expected a number above 0, but it is missing');
    expect(hint).toContain('extends');
  });
});
