import { dataError, type Hint, type LesionlabError } from '../../errors.js';
import { readYaml } from '../reading/readYaml.js';
import { checkDescription, type DescriptionFinding } from './checkDescription.js';
import type { DatasetDescription } from './descriptionSchema.js';

/** Characters of the longest description that is read. */
const longest = 1 << 20;

/** A description, and where it stands, so that what is wrong with it can be said with its line. */
export interface DescriptionFile {
  /** For messages. */
  readonly file: string;
  readonly description: DatasetDescription;
  /** Line of each key, from 1, by path; empty where it was no file of text. */
  readonly lines: ReadonlyMap<string, number>;
}

/**
 * Reads the text of a `dataset.yaml`: YAML 1.2, of which JSON is a part. All that is wrong with it is said at once, with its line.
 * @param file for messages
 * @throws LesionlabError kind `data`
 */
export function readDescription(text: string, file = 'dataset.yaml'): DescriptionFile {
  const refuse = (details: readonly string[]) =>
    dataError(
      'bad-description',
      details.length === 1
        ? `${file} is no description of a dataset: ${details[0]}`
        : `${file} is no description of a dataset`,
      { details, hint: 'It is YAML: a setting a line, as `name: value`; those of a group are indented by spaces.' },
    );
  if (text.length > longest) throw refuse([`it has ${text.length.toLocaleString('en')} characters, more than any has`]);
  const { value, lines } = readYaml(text, 'description', refuse);
  return { file, lines, description: requireDescription(value, file, lines) };
}

/** A description that is no text: of a program or a form. @throws LesionlabError kind `data` that lists all that is wrong with it */
export const describedBy = (value: unknown, file = 'the description'): DescriptionFile => ({
  file,
  lines: new Map(),
  description: requireDescription(value, file, new Map()),
});

function requireDescription(value: unknown, file: string, lines: ReadonlyMap<string, number>): DatasetDescription {
  const { description, findings } = checkDescription(value);
  if (description) return description;
  throw badDescription({ file, lines }, findings);
}

/** The error of what is wrong with a description, each finding with its line. */
export function badDescription(
  { file, lines }: Pick<DescriptionFile, 'file' | 'lines'>,
  findings: readonly DescriptionFinding[],
  hint?: Hint,
): LesionlabError {
  const lineOf = ({ path }: DescriptionFinding) => lineAt(lines, path);
  const inOrder = [...findings].sort((a, b) => (lineOf(a) ?? Infinity) - (lineOf(b) ?? Infinity) || 0);
  const details = inOrder.map((finding) => {
    const line = lineOf(finding);
    return `${finding.path || 'the whole'}${line === undefined ? '' : ` (line ${line})`}: ${finding.text}`;
  });
  return dataError(
    'bad-description',
    details.length === 1 ? `${file}: ${details[0]}.` : `${file}: ${details.length} things are wrong.`,
    {
      details,
      hint: hint ?? {
        terminal: 'docs/own-data.md has every key; `lesionlab describe <folder>` writes a description to begin with.',
        page: 'Every setting stands in the form, with what it means; docs/own-data.md has the same.',
      },
    },
  );
}

/** Of a key that is missing the line of the group that it should stand in. */
function lineAt(lines: ReadonlyMap<string, number>, path: string): number | undefined {
  for (let at = path; at !== ''; at = at.slice(0, Math.max(0, at.lastIndexOf('.')))) {
    const line = lines.get(at);
    if (line !== undefined) return line;
  }
  return undefined;
}
