import { describe, expect, it } from 'vitest';
import { readAblation } from '../../src/jobs/ablation.js';
import { thrown } from '../thrown.js';

const good = `baseline: transfer
seeds: 3
choices:
  - id: focal
    change: {training: {focalLoss: 2}}
`;
const findings = (text: string) => {
  const error = thrown(() => readAblation(text));
  expect(error).toMatchObject({ kind: 'usage', code: 'bad-ablation' });
  return error.details;
};

describe('a declared ablation', () => {
  it('has what follows from what it says', () => {
    const { ablation } = readAblation(good);
    expect(ablation).toMatchObject({ seeds: 3, splitSeed: 0, figure: 'logLoss', prevalence: 'equal' });
  });

  it.each([
    ['seeds: []', 'seeds (line 2): expected how many seeds'],
    ['seeds: 0', 'seeds (line 2): expected how many seeds'],
    ['', 'seeds: expected how many seeds'],
    ['seeds: [1, 2, 1]', 'seeds (line 2): 1 is there twice'],
  ])('without seeds, or with one twice, is refused: %s', (seeds, words) => {
    expect(findings(good.replace('seeds: 3', seeds))[0]).toContain(words);
  });

  it('says all that is wrong with its choices, with lines', () => {
    expect(
      findings(`${good}  - id: Focal
    change: {training: {focalLoss: 3}}
  - id: baseline
    recipe: head
  - id: both
    recipe: mine.yaml
    change: {training: {focalLoss: 3}}
  - id: nothing
`),
    ).toEqual([
      'choices.1.id (line 6): two choices are called Focal, the first on line 4',
      "choices.2.id (line 8): a choice can't be called baseline: that is a name of its folder",
      'choices.3.id (line 10): both has both a change and a recipe: one of them is meant',
      'choices.4.id (line 13): nothing says nothing that differs: give it a change, a recipe, weights or a teacher',
    ]);
  });

  it('is refused with names that it doesn’t know, and without a baseline or choices', () => {
    expect(findings(good.replace('splitSeed', 'x').replace('seeds: 3', 'seeds: 3\nsplitSed: 1'))[0]).toContain(
      'splitSed',
    );
    expect(findings('seeds: 3\nchoices: []\n').join()).toMatch(/baseline: expected a preset/);
    expect(findings(good.replace('id: focal', 'id: a/b'))[0]).toContain('choices.0.id (line 4)');
    expect(findings('- a')[0]).toContain('a list');
  });
});
