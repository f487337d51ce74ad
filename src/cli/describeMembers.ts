import { formatCount } from '../node/machine/formatQuantity.js';
import type { EnsembleConfig } from '../training/recipe/ensembleConfig.js';
import { formatDecimal } from './formatEvaluation.js';
import { formatShare } from './formatShare.js';
import { formatTable } from './formatTable.js';

/** How each network of an ensemble does on validation, and all of them together. @param nameOf a member's folder, as it is shown */
export function describeMembers(
  { ensemble }: Pick<EnsembleConfig, 'ensemble'>,
  nameOf: (run: string) => string,
): string[] {
  const { members, method, validation, weighting, folds } = ensemble;
  if (!validation) return describeFolds(members, nameOf, folds?.count ?? members.length);
  const { images, lesions, equal, weighted } = validation;
  const score = (of: typeof equal) => [formatShare(of.balancedAccuracy), formatDecimal(of.loss)];
  const table = formatTable(
    ['member', 'network', 'weight', 'balanced accuracy', 'loss'],
    [
      ...members.map((member) => [
        nameOf(member.run),
        member.model,
        formatDecimal(member.weight),
        ...(member.validation ? score(member.validation) : ['', '']),
      ]),
      ['mean of all', '', '', ...score(equal)],
      ...(weighting === 'equal' ? [] : [['with the weights', '', '', ...score(weighted)]]),
    ],
  );
  const unused = members.filter(({ weight }) => weight === 0).length;
  return [
    `On the ${formatCount(images)} validation images of ${formatCount(lesions)} lesions:`,
    '',
    table,
    '',
    `Weights: ${method}.`,
    ...(weighting === 'equal'
      ? []
      : ['They were chosen on these very images, which flatters the last line: the test split will tell.']),
    ...(unused > 0 ? [`Not used, since they add nothing: ${unused} of ${members.length} members.`] : []),
  ];
}

function describeFolds(
  members: EnsembleConfig['ensemble']['members'],
  nameOf: (run: string) => string,
  count: number,
): string[] {
  const table = formatTable(
    ['member', 'network', 'test images', 'balanced accuracy', 'loss'],
    members.map(({ run, model, outOfFold }) => [
      nameOf(run),
      model,
      ...(outOfFold
        ? [formatCount(outOfFold.images), formatShare(outOfFold.balancedAccuracy), formatDecimal(outOfFold.loss)]
        : ['', '', '']),
    ]),
  );
  return [
    `Each of the ${count} networks on its own fold, which it did not learn from:`,
    '',
    table,
    '',
    'Their mean answers. Every image of this data taught some of them, so that it can be tested on other data alone.',
  ];
}
