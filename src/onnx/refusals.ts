import { type LesionlabError, runError } from '../errors.js';
import type { OnnxNode } from './mirror/model.js';

/** What of a file can't be taken over, and what to do: all nodes of one operator that fail for one reason. */
export interface OperatorRefusal {
  readonly operator: string;
  /** Empty for ONNX's own operators. */
  readonly domain: string;
  readonly version: number;
  readonly count: number;
  /** Name of the first such node, or of its first output where it has no name. */
  readonly first: string;
  /** After the operator's name: `has no gradient here`. */
  readonly reason: string;
  readonly wayOut: string;
}

/** One node that can't be taken over. */
export interface NodeRefusal {
  readonly node: OnnxNode;
  readonly reason: string;
  readonly wayOut?: string;
}

const otherWays =
  'Train a head on its features instead (that needs no gradient of it), export it with another opset, or run a simplifier (onnxsim) over it.';

/** Nodes that fail alike together, the most frequent first. */
export function gatherRefusals(found: readonly NodeRefusal[]): OperatorRefusal[] {
  const groups = new Map<string, OperatorRefusal>();
  for (const { node, reason, wayOut = otherWays } of found) {
    const { operator, domain, version } = node;
    const key = `${domain}\n${operator}\n${reason}`;
    const before = groups.get(key);
    const first = before?.first ?? (node.name || node.outputs[0] || '');
    groups.set(key, { operator, domain, version, first, reason, wayOut, count: (before?.count ?? 0) + 1 });
  }
  return [...groups.values()].sort((a, b) => b.count - a.count);
}

/** The error that lists all of them. @param file name of the file */
export function refusalError(file: string, refusals: readonly OperatorRefusal[]): LesionlabError {
  const nodes = refusals.reduce((sum, { count }) => sum + count, 0);
  const what = nodes === 1 ? 'one operator' : `${nodes} operators`;
  return runError('network-unsupported', `${file} has ${what} that lesionlab can't take over.`, {
    details: refusals.map(
      ({ operator, domain, version, count, first, reason, wayOut }) =>
        `${domain ? `${domain}.` : ''}${operator}, ${count} of opset ${version}, the first "${first}": ${reason}. ${wayOut}`,
    ),
    hint: otherWays,
  });
}
