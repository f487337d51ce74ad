import { runError } from '../errors.js';

/**
 * NaN would otherwise be an answer like any other: comparisons with it are false, and some class comes out as the most probable.
 * @param source the network's file, where it is out of one @param output its name in the graph, where it has one
 * @throws LesionlabError kind `run` where a number is NaN or infinite
 */
export function requireFiniteAnswers(values: ArrayLike<number>, source = 'The network', output?: string): void {
  for (let i = 0; i < values.length; i++) {
    if (Number.isFinite(values[i])) continue;
    const where = output === undefined ? '' : ` in its output "${output}"`;
    throw runError(
      'answers-not-finite',
      `${source} answers with numbers that are not finite (NaN or infinite)${where}.`,
      {
        hint: 'Its weights are damaged, or its training diverged: use an earlier checkpoint, or copy or export the model again.',
      },
    );
  }
}
