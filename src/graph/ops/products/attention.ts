import { requireNumber, unexpected, Words } from '../../../checks.js';
import { requireSpread, sumToShape } from '../../broadcast.js';
import { fitShapes } from '../../fitShapes.js';
import type { Operator } from '../../graph.js';
import { matrixProduct } from './matrixProduct.js';

/** Attributes of `attention`. */
export interface AttentionAttributes {
  /** Factor of the scores; 1 / sqrt(D) in most networks. */
  readonly scale: number;
}

/**
 * Attention (Vaswani et al. 2017): q [..., T, D], k [..., S, D], v [..., S, E] and maybe a bias that spreads to [..., T, S], to
 * softmax(scale q k^T + bias) v [..., T, E]. Leading axes are images and heads.
 */
export const attention: Operator<AttentionAttributes> = {
  name: 'attention',
  lower(graph, [q, k, v, bias], { scale }, saved) {
    fitShapes('attention', { q: [q, '... T D'], k: [k, '... S D'], v: [v, '... S E'] });
    const leading = q.shape.slice(0, -2);
    for (const [name, { shape }] of Object.entries({ k, v }))
      if (`${shape.slice(0, -2)}` !== `${leading}`)
        throw unexpected(
          `attention, ${name}`,
          `leading sides [${leading.join(', ')}] as q has`,
          new Words(`[${shape.join(', ')}]`),
        );
    requireNumber('attention, scale', scale);
    const scores = [...leading, q.shape.at(-2)!, k.shape.at(-2)!];
    if (bias) requireSpread('attention, bias', bias.shape, scores);
    const products = matrixProduct(graph, q, k, { transposeB: true, scale });
    const shifted = bias ? graph.node('Add', [products, bias], scores) : products;
    saved.shares = graph.node('Softmax', [shifted], scores, { axis: -1 });
    return graph.node('MatMul', [saved.shares, v], [...leading, q.shape.at(-2)!, v.shape.at(-1)!]);
  },

  /**
   * With P the shares and O the output: dV = P^T dO; dP = dO V^T; dS = P (dP - rowsum(dP P)), and rowsum(dP P) = rowsum(dO O) is
   * summed over the features of a head instead of over all positions (Dao et al. 2022).
   */
  gradient(
    graph,
    { inputs: [q, k, v, bias], output, outputGradient, attributes: { scale }, saved: { shares }, wanted },
  ) {
    const dV = wanted[2] ? matrixProduct(graph, shares, outputGradient, { transposeA: true }) : null;
    if (!wanted[0] && !wanted[1] && !wanted[3]) return [null, null, dV];
    const products = graph.node('Mul', [outputGradient, output], output.shape);
    const rows = [...output.shape.slice(0, -1), 1];
    const sums = graph.node('ReduceSum', [products, graph.integers([rows.length - 1])], rows, { keepdims: 1 });
    const shareGradient = matrixProduct(graph, outputGradient, v, { transposeB: true });
    const centred = graph.node('Sub', [shareGradient, sums], shares.shape);
    const scores = graph.node('Mul', [shares, centred], shares.shape);
    return [
      wanted[0] ? matrixProduct(graph, scores, k, { scale }) : null,
      wanted[1] ? matrixProduct(graph, scores, q, { transposeA: true, scale }) : null,
      dV,
      wanted[3] ? sumToShape(graph, scores, bias.shape) : null,
    ];
  },
};
