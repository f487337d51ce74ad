import type { ModelReading } from './compareWithModel.js';
import type { ReaderCell, ReaderStudy } from './readerStudy.js';

/** How a reader and the model are taken together without either having seen the other. */
export type TogetherRule = 'either' | 'both';

/** Name of the simulated condition that goes with a measured one. */
export const togetherName = (condition: string, rule: TogetherRule): string =>
  `${condition} + model, simulated (${rule === 'either' ? 'yes if either says so' : 'yes if both say so'})`;

/**
 * A study in which each condition has a second one beside it, where each answer is positive if either (or both) of reader and model said so. Nobody read like
 * that: how readers change their minds when they see a model's answer, it can't tell.
 */
export function simulateTogether(study: ReaderStudy, model: ModelReading, rule: TogetherRule): ReaderStudy {
  const conditions = study.conditions.flatMap((condition) => [condition, togetherName(condition, rule)]);
  const cells = study.cells.flatMap((cell): ReaderCell[] => {
    const { reader, images, answers } = cell;
    if (!answers) return [];
    const together = Float64Array.from({ length: images.length }, (_, i) => {
      const said = [answers[i], model.answers[images[i]]];
      if (said.some(Number.isNaN)) return Number.NaN;
      return rule === 'either' ? Math.max(...said) : Math.min(...said);
    });
    return [
      { reader, condition: 2 * cell.condition, images, answers },
      { reader, condition: 2 * cell.condition + 1, images, answers: together },
    ];
  });
  const { readers, imageIds, truths, clusterOf } = study;
  return { readers, conditions, imageIds, truths, clusterOf, cells };
}
