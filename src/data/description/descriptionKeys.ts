import { z } from 'zod';
import { descriptionSchema } from './descriptionSchema.js';

/** A key of `dataset.yaml` as readers meet it: in errors, in the documents and in the studio's form. */
export interface DescriptionKey {
  /** `label.column`; of an entry of a list, `tables[].file`. */
  readonly path: string;
  /** What it means, a sentence or two. */
  readonly description: string;
  /** What its value must be, in words: `the name of a column`. */
  readonly expected: string;
  readonly required: boolean;
}

/** What a setting may hold: the part of JSON Schema that the description's uses. */
export interface JsonSchema {
  readonly type?: string;
  readonly description?: string;
  readonly format?: string;
  readonly minimum?: number;
  readonly enum?: readonly string[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
  readonly additionalProperties?: JsonSchema | false;
}

/** The whole description, for forms. */
export const descriptionShape = z.toJSONSchema(descriptionSchema, { io: 'input' }) as JsonSchema;

/** Every key, in the order of the schema: groups and lists before what stands in them. */
export const descriptionKeys: readonly DescriptionKey[] = visit(descriptionShape, '');

function visit(schema: JsonSchema, group: string): DescriptionKey[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, inner]) => {
    const path = group ? `${group}.${name}` : name;
    const { description = '' } = inner;
    const required = schema.required?.includes(name) ?? false;
    const below = inner.items?.properties ? visit(inner.items, `${path}[]`) : visit(inner, path);
    return [{ path, description, expected: expectedOf(inner), required }, ...below];
  });
}

function expectedOf({
  type,
  items,
  enum: choices,
  properties,
  additionalProperties,
  format,
  minimum,
}: JsonSchema): string {
  if (choices) return `one of ${choices.join(', ')}`;
  if (type === 'array') return items?.properties ? 'a list of groups, each beginning with -' : 'a list: [one, another]';
  if (properties) return 'a group of settings, indented below it';
  if (additionalProperties) {
    const { enum: values } = additionalProperties;
    return values
      ? `names, each with one of ${values.join(', ')}: {name: ${values[0]}}`
      : 'names, each with a text: {name: text}';
  }
  if (type === 'boolean') return 'true or false';
  if (type === 'integer') return `a whole number, ${minimum} or more`;
  return format === 'uri' ? 'an address that begins with https://' : 'a text';
}

/** The key at a path of a file, where entries of lists have numbers (`tables.0.file`); undefined where there is none. */
export function keyAt(path: string): DescriptionKey | undefined {
  const parts = path.split('.');
  for (let n = parts.length; n > 0; n--) {
    const name = parts
      .slice(0, n)
      .join('.')
      .replace(/\.\d+(?=\.|$)/g, '[]');
    const found = descriptionKeys.find((key) => key.path === name || `${key.path}[]` === name);
    if (found) return found;
  }
  return undefined;
}

/** Names that may stand in a group (`label`, `tables.0`, empty for the whole), in the order of the schema. */
export function keysIn(group: string): string[] {
  const prefix = group ? `${group.replace(/\.\d+(?=\.|$)/g, '[]')}.` : '';
  return descriptionKeys.flatMap(({ path }) =>
    path.startsWith(prefix) && !path.slice(prefix.length).includes('.') ? [path.slice(prefix.length)] : [],
  );
}
