import { isObject, parseJsonObject } from './preprocessingClaims.js';

/** Names of a foreign network's classes, in the order of its outputs, and where they are from. */
export interface ForeignClassNames {
  readonly names: readonly string[];
  readonly source: string;
}

/** Where names may stand. */
export interface ClassNameSources {
  readonly metadata: Readonly<Record<string, string>>;
  /** Files beside the model, by the names of `findBeside`. */
  readonly config: { readonly name: string; readonly text: string } | undefined;
  readonly given: readonly string[] | undefined;
  /** Outputs of the network, where that is known. */
  readonly classCount: number | undefined;
}

/**
 * Names that are given, else those in the metadata (`classNames` or `classes`, JSON lists), else `id2label` or timm's `label_names` of config.json, else `class 0`,
 * `class 1`, ... where the number of classes is known.
 * Names that a file has twice get the number of their output.
 * @returns `problem` where names and outputs differ in number, two that are given are the same, or a list can't be read
 */
export function readClassNames(from: ClassNameSources): { found?: ForeignClassNames; problem?: string } {
  const { classCount } = from;
  const found = givenNames(from) ?? metadataNames(from) ?? configNames(from);
  if (found && 'problem' in found) return found;
  if (!found) {
    if (classCount === undefined) return {};
    const names = Array.from({ length: classCount }, (_, i) => `class ${i}`);
    return { found: { names, source: 'nothing says them: they are numbered' } };
  }
  if (classCount !== undefined && found.names.length !== classCount)
    return { problem: `${found.source}: ${found.names.length} class names, and the network has ${classCount} classes` };
  const { names, source } = found;
  const isTwice = (name: string) => names.indexOf(name) !== names.lastIndexOf(name);
  const twice = names.find(isTwice);
  if (twice === undefined) return { found };
  if (from.given) return { problem: `${source}: two classes are named ${JSON.stringify(twice)}` };
  // ImageNet has a crane that is a bird, and one that lifts.
  return { found: { names: names.map((name, i) => (isTwice(name) ? `${name} (${i})` : name)), source } };
}

type Found = ForeignClassNames | { readonly problem: string } | undefined;

const givenNames = ({ given }: ClassNameSources): Found => given && { names: given, source: 'given' };

function metadataNames({ metadata }: ClassNameSources): Found {
  for (const key of ['classNames', 'classes']) {
    const names = metadata[key] === undefined ? undefined : listOf(parseList(metadata[key]));
    if (names) return { names, source: `the model's metadata: ${key}` };
  }
  return undefined;
}

function configNames({ config }: ClassNameSources): Found {
  const fields = parseJsonObject(config?.text);
  if (!fields || !config) return undefined;
  const { id2label, pretrained_cfg: settings } = fields;
  if (isObject(id2label)) {
    const names = Array.from({ length: Object.keys(id2label).length }, (_, i) => id2label[i]);
    return names.every((name) => typeof name === 'string')
      ? { names: names as string[], source: `${config.name}: id2label` }
      : { problem: `${config.name}: id2label has no name for each of 0 to ${names.length - 1}` };
  }
  const names = listOf(fields.label_names) ?? (isObject(settings) ? listOf(settings.label_names) : undefined);
  return names && { names, source: `${config.name}: label_names` };
}

function parseList(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const listOf = (value: unknown): string[] | undefined =>
  Array.isArray(value) && value.length > 0 && value.every((name) => typeof name === 'string') ? value : undefined;
