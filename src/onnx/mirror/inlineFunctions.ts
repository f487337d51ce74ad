import type { Message } from '../../graph/protobuf.js';

/** Functions of a file by domain, name and overload. */
type Functions = ReadonlyMap<string, Message>;

/** A node as the file has it, with the versions of operators that it was written for. */
export interface PlacedNode {
  readonly message: Message;
  readonly versions: ReadonlyMap<string, number>;
}

/** Beyond this a file of a few bytes could ask for any amount of nodes. */
const mostNodes = 500_000;

const keyOf = ({ domain, name, overload }: { domain?: string; name?: string; overload?: string }) =>
  `${domain === 'ai.onnx' ? '' : (domain ?? '')}\n${name ?? ''}\n${overload ?? ''}`;

/** Versions of the operators by domain; `ai.onnx` is another name of the empty one. */
export const versionsOf = (imports: readonly Message[]): Map<string, number> =>
  new Map(imports.map(({ domain, version }) => [domain === 'ai.onnx' ? '' : (domain ?? ''), version ?? 1]));

/**
 * The nodes of a graph with local functions written out, those that functions call too. Tensors within a call get names of their own;
 * attributes that refer to those of the function take what the call gives, or the function's default.
 * @throws what `damaged` makes for functions that call themselves
 */
export function inlineFunctions(model: Message, damaged: (found: string) => Error): PlacedNode[] {
  const functions: Functions = new Map(model.functions.map((message: Message) => [keyOf(message), message]));
  const nodes: PlacedNode[] = [];
  const taken = new Set<string>();
  for (const node of model.graph.nodes as Message[])
    for (const name of [...node.inputs, ...node.outputs]) taken.add(name);
  let calls = 0;
  const place = (message: Message, versions: ReadonlyMap<string, number>, path: readonly string[]): void => {
    const key = keyOf({ ...message, name: message.operator });
    const called = functions.get(key);
    if (!called) {
      nodes.push({ message, versions });
      if (nodes.length > mostNodes) throw damaged(`its functions write out to more than ${mostNodes} nodes`);
      return;
    }
    if (path.includes(key)) throw damaged(`its function "${called.name}" calls itself`);
    calls++;
    const renamed = new Map<string, string>([['', '']]);
    called.inputs.forEach((name: string, i: number) => {
      renamed.set(name, message.inputs[i] ?? '');
    });
    called.outputs.forEach((name: string, i: number) => {
      if (message.outputs[i] && !renamed.has(name)) renamed.set(name, message.outputs[i]);
    });
    const stem = `${message.name || called.name}_${calls}`;
    const rename = (name: string): string => {
      let found = renamed.get(name);
      if (found === undefined) {
        found = `${stem}/${name}`;
        while (taken.has(found)) found += '_';
        renamed.set(name, found);
      }
      return found;
    };
    const attributes = new Map<string, Message>(called.defaults.map((found: Message) => [found.name, found]));
    for (const found of message.attributes as Message[]) attributes.set(found.name, found);
    const inner = versionsOf(called.opsetImport);
    for (const node of called.nodes as Message[]) {
      const own = (node.attributes as Message[]).flatMap((found) => {
        if (!found.reference) return [found];
        const given = attributes.get(found.reference);
        return given ? [{ ...given, name: found.name }] : [];
      });
      place(
        {
          ...node,
          name: node.name ? `${stem}/${node.name}` : stem,
          inputs: node.inputs.map(rename),
          outputs: node.outputs.map(rename),
          attributes: own,
        },
        inner.size > 0 ? inner : versions,
        [...path, key],
      );
    }
    // An output that is an input of the function itself passes it on.
    called.outputs.forEach((name: string, i: number) => {
      const [from, to] = [renamed.get(name), message.outputs[i]];
      if (to && from !== undefined && from !== to)
        nodes.push({ message: { ...identity, inputs: [from], outputs: [to] }, versions });
    });
  };
  const versions = versionsOf(model.opsetImport);
  for (const message of model.graph.nodes as Message[]) place(message, versions, []);
  return nodes;
}

const identity = { operator: 'Identity', name: '', attributes: [] };
