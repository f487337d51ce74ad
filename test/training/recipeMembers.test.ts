import { describe, expect, it } from 'vitest';
import {
  findPreset,
  formatRecipe,
  presets,
  type RecipeChanges,
  readRecipe,
  recipeMembers,
  resolveMembers,
  resolveRecipe,
} from '../../src/training/index.js';
import { thrown } from '../thrown.js';

const of = (changes: object) => changes as RecipeChanges;
const two = of({
  extends: 'demo',
  training: { epochs: 3 },
  members: [{ model: 'resnet18' }, { model: 'lenet', imageSize: 48, training: { learningRate: 0.01 } }],
});

describe('a recipe of several networks', () => {
  it('gives each what all have in common, and what is its own', () => {
    const [first, second] = resolveMembers(two);
    expect([first.name, second.name]).toEqual(['resnet18', 'lenet']);
    expect(first.recipe).toEqual(resolveRecipe({ extends: 'demo', model: 'resnet18', training: { epochs: 3 } }).recipe);
    expect(second.recipe).toMatchObject({ imageSize: 48, training: { epochs: 3, learningRate: 0.01 } });
    expect(second.overrides).toEqual(['imageSize=48', 'epochs=3', 'learningRate=0.01']);
  });

  it('lets options go before both', () => {
    const sizes = resolveMembers(two, { imageSize: 32, epochs: 9 }).map(({ recipe }) => [
      recipe.imageSize,
      recipe.training.epochs,
    ]);
    expect(sizes).toEqual([
      [32, 9],
      [32, 9],
    ]);
  });

  it('names networks by themselves, and tells those apart that are the same', () => {
    const { members } = recipeMembers(
      of({
        extends: 'demo',
        members: [{}, { model: 'resnet18' }, {}, { name: 'mine' }, { model: './nets/Ward.onnx' }],
      }),
    );
    expect(members.map(({ name, repetition }) => [name, repetition])).toEqual([
      ['lenet', 0],
      ['resnet18', 0],
      ['lenet-2', 1],
      ['mine', 2],
      ['Ward', 0],
    ]);
  });

  it('takes over those of the preset that it changes, or has others in their place, or one', () => {
    const names = (changes: object) =>
      recipeMembers(of({ extends: 'best', ...changes })).members.map(({ name }) => name);
    expect(names({ training: { epochs: 2 } })).toEqual(presets.best.members!.map(({ model }) => model));
    expect(names({ members: [{ model: 'resnet18' }, { model: 'resnet34' }] })).toEqual(['resnet18', 'resnet34']);
    expect(names({ members: [] })).toEqual([]);
    expect(resolveRecipe(of({ extends: 'best', members: [] })).recipe).toEqual(presets.best.recipe);
  });

  it('is refused where one network is expected, and one of them is not', () => {
    expect(thrown(() => resolveRecipe('best'))).toMatchObject({
      code: 'several-networks',
      message: expect.stringContaining('5 networks'),
    });
    expect(resolveRecipe('best', {}, { member: 'resnet18' }).recipe.model).toBe('resnet18');
    expect(thrown(() => resolveRecipe('best', {}, { member: 'resnet19' }))).toMatchObject({
      code: 'unknown-member',
      message: expect.stringContaining('did you mean resnet18?'),
    });
    expect(thrown(() => resolveRecipe('lenet', {}, { member: 'lenet' })).code).toBe('one-network');
  });

  it('says all that is wrong with any of them, at its line', () => {
    const text = [
      'extends: demo',
      'training: {epochz: 2}',
      'members:',
      '  - model: lenett',
      '  - training: {learningRate: -1}',
    ].join('\n');
    expect(thrown(() => readRecipe(text, 'my.yaml')).details).toEqual([
      'training.epochz (line 2): there is no such setting; did you mean training.epochs?',
      'members.0.model (line 4): there is no model "lenett"; did you mean lenet?',
      'members.1.training.learningRate (line 5): expected a number above 0, found -1',
    ]);
  });

  it.each([
    ['members: lenet', 'members'],
    ['members: [{model: lenet}]', 'members'],
    ['members: [lenet, resnet18]', 'members.0'],
    ['members: [{model: lenet}, {extends: head}]', 'members.1.extends'],
    ['members: [{name: a/b}, {}]', 'members.0.name'],
    ['members: [{name: a}, {name: a}]', 'members.1.name'],
    ['weighting: mine', 'weighting'],
    ['weighting: validation', 'weighting'],
  ])('is refused as %s', (line, path) => {
    const { details } = thrown(() => readRecipe(`extends: demo\n${line}\n`));
    expect(details.some((detail) => detail.startsWith(`${path} (`))).toBe(true);
  });

  it('is read as it was printed', () => {
    const { members } = recipeMembers(two);
    const { recipe } = resolveRecipe({ extends: 'demo', training: { epochs: 3 } });
    for (const preset of ['demo', undefined]) {
      const read = readRecipe(formatRecipe(recipe, { preset, members, weighting: 'validation' }));
      expect(recipeMembers(read).weighting).toBe('validation');
      expect(resolveMembers(read).map((member) => member.recipe)).toEqual(
        resolveMembers(two).map((member) => member.recipe),
      );
    }
    const best = { preset: 'best', members: recipeMembers('best').members };
    expect(formatRecipe(findPreset('best').recipe, { ...best, changesOnly: true })).toBe('extends: best\n');
  });

  it('of a preset trains from the base that it names first', () => {
    for (const [name, { recipe, members }] of Object.entries(presets))
      if (members) expect(resolveMembers(name)[0].recipe).toEqual(recipe);
  });
});
