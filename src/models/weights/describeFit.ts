import type { FitReport } from './fitWeights.js';
import { listSome, stageOf } from './tensorNames.js';

/** The report for people, a few lines; the complete lists are in the report itself. */
export function describeFit(report: FitReport): string {
  const { file, found, missing, leftOver, newlyInitialised, replaced, head, choices } = report;
  const lines = [`${file}: ${found.length} of ${found.length + newlyInitialised.length} tensors taken`];
  if (head?.taken)
    lines.push(`${head.layer}: taken from the file's ${head.from}, the only such layer of as many inputs and classes`);
  if (missing.length) lines.push(`newly initialised, since the file lacks them: ${groupNames(missing, found)}`);
  if (replaced.length) {
    const why = head ? describeHead(head) : 'the number of classes differs';
    lines.push(`newly initialised, since ${why}: ${groupNames(replaced, found)}`);
  }
  if (leftOver.length) lines.push(`in the file, but not in the model: ${groupNames(leftOver, found)}`);
  return [...lines, ...choices].join('\n');
}

function describeHead({ layer, from, classCount, classCountWanted }: NonNullable<FitReport['head']>): string {
  const found = `the file's ${from}, which stands for ${layer}, `;
  return classCount === classCountWanted
    ? `${found}is not alone in its part of the network`
    : `${found}has ${classCount} classes, not ${classCountWanted}`;
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
