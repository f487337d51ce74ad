import { csvFormatRows } from 'd3-dsv';
import { dataError } from '../../errors.js';
import { type ClassInfo, type SplitName, splitNames } from '../dataset.js';
import { type MetadataTable, parseTable } from '../reading/metadataTable.js';

/** One image of a split file. */
export interface SplitFileRow {
  readonly imageId: string;
  readonly lesionId: string;
  /** What it was kept together with, by a name that means something in this file alone. */
  readonly group: string;
  /** Class id. */
  readonly dx: string;
  readonly split: SplitName;
}

/** What a split file says of itself, name by name; every value is one line. */
export type SplitFileFacts = Readonly<Record<string, string>>;

/** A division of a dataset that others can take over: a table with a head of facts, and the SHA-256 by which it is cited. */
export interface SplitFile {
  readonly facts: SplitFileFacts;
  readonly rows: readonly SplitFileRow[];
  /** As the file gives it, of everything below the line that gives it, in hexadecimal. */
  readonly sha256: string;
  /** What the hash is over, lines ending in a line feed: whoever reads a file compares it. */
  readonly hashed: string;
}

const formatVersion = 1;
const firstLine = (version: number | string) => `# lesionlab split file, version ${version}`;
const columns = ['image_id', 'lesion_id', 'group', 'dx', 'split'] as const;

const kinds = { malignant: true, benign: false, 'not said whether malignant': undefined } as const;

/** Classes as facts, in their order: `class mel: malignant; Melanoma`. */
export const classFacts = (classes: readonly ClassInfo[]): SplitFileFacts =>
  Object.fromEntries(
    classes.map(({ id, name, malignant }) => {
      const kind = Object.entries(kinds).find(([, value]) => value === malignant)![0];
      return [`class ${id}`, `${kind}; ${name}`];
    }),
  );

/** The classes that facts name; empty where they name none. */
export const classesOf = (facts: SplitFileFacts): ClassInfo[] =>
  Object.entries(facts).flatMap(([key, value]) => {
    const [kind, ...name] = value.split('; ');
    if (!key.startsWith('class ') || !Object.hasOwn(kinds, kind)) return [];
    const malignant = kinds[kind as keyof typeof kinds];
    return [{ id: key.slice('class '.length), name: name.join('; '), ...(malignant !== undefined && { malignant }) }];
  });

/** Whether a text is a split file. */
export const isSplitFile = (text: string): boolean => text.startsWith('# lesionlab split file');

/** What the SHA-256 of a split file is over: facts as comments, then the table. */
export function splitFileContent(facts: SplitFileFacts, rows: readonly SplitFileRow[]): string {
  const lines = Object.entries(facts).map(([name, value]) => `# ${name}: ${value.replace(/\s+/g, ' ').trim()}\n`);
  const cells = rows.map(({ imageId, lesionId, group, dx, split }) => [imageId, lesionId, group, dx, split]);
  return `${lines.join('')}${csvFormatRows([[...columns], ...cells])}\n`;
}

/**
 * Text of a split file. Programs that skip lines which begin with `#` read it as the table `image_id,lesion_id,group,dx,split`.
 * @param content of `splitFileContent` @param sha256 of that, in UTF-8
 */
export const formatSplitFile = (content: string, sha256: string): string =>
  `${firstLine(formatVersion)}\n# sha256: ${sha256}\n${content}`;

/** The table of a text: of a split file what is below its head, with the rows numbered as in the file; of any other all of it. */
export function tableBelowHead(text: string, file: string): MetadataTable {
  if (!isSplitFile(text)) return parseTable(text, file);
  const lines = text.replace(/\r\n?/g, '\n').split('\n');
  const head = lines.findIndex((line) => !line.startsWith('#'));
  const table = parseTable(lines.slice(head).join('\n'), file);
  return { ...table, rows: table.rows.map(({ number, cells }) => ({ number: number + head, cells })) };
}

/**
 * Reads a split file. Whoever reads it hashes `hashed` and compares with `sha256`.
 * @throws LesionlabError kind `data` where it is no split file, of a version that isn't known, lacks something, or has an image twice
 */
export function parseSplitFile(text: string, file: string): SplitFile {
  const lines = text.replace(/\r\n?/g, '\n').split('\n');
  const version = /^# lesionlab split file, version (\S+)$/.exec(lines[0])?.[1];
  const sha256 = /^# sha256: ([0-9a-f]{64})$/.exec(lines[1] ?? '')?.[1];
  if (version === undefined || sha256 === undefined)
    throw dataError('no-split-file', `${file} is no split file: its first two lines don't say so.`, {
      hint: `Expected "${firstLine(formatVersion)}" and "# sha256: ...", as \`lesionlab paper\` writes them.`,
    });
  if (version !== String(formatVersion))
    throw dataError('split-file-version', `${file} is a split file of version ${version}; this lesionlab reads 1.`, {
      hint: 'Take a newer lesionlab.',
    });
  const body = lines.slice(2);
  const head = body.findIndex((line) => !line.startsWith('#'));
  const facts = Object.fromEntries(
    body.slice(0, head).flatMap((line) => {
      const [, name, value] = /^# ([^:]+): (.*)$/.exec(line) ?? [];
      return name === undefined ? [] : [[name, value]];
    }),
  );
  return { facts, rows: readRows(tableBelowHead(text, file), file), sha256, hashed: body.join('\n') };
}

function readRows(table: MetadataTable, file: string): SplitFileRow[] {
  const places = columns.map((name) => {
    const place = table.columns.indexOf(name);
    if (place >= 0) return place;
    throw dataError('bad-splits', `${file} has no column ${name}; found ${table.columns.join(', ')}.`, {
      hint: `Expected ${columns.join(',')}.`,
    });
  });
  const seen = new Set<string>();
  return table.rows.map(({ number, cells }) => {
    const [imageId, lesionId, group, dx, split] = places.map((place) => cells[place]);
    const side = splitNames.find((name) => name === split);
    if (!side)
      throw dataError('bad-splits', `${file}, row ${number}: image ${imageId} is in the part "${split}".`, {
        hint: `Expected one of ${splitNames.join(', ')}.`,
      });
    if (seen.has(imageId))
      throw dataError('bad-splits', `${file}, row ${number}: image ${imageId} stands twice.`, {
        hint: 'Every image may be in one part only.',
      });
    seen.add(imageId);
    return { imageId, lesionId, group, dx, split: side };
  });
}

/** @throws LesionlabError kind `data` where the file was changed after it was written */
export function requireUnchanged({ sha256 }: SplitFile, found: string, file: string): void {
  if (found === sha256) return;
  throw dataError(
    'split-file-changed',
    `${file} was changed after it was written: its SHA-256 is ${found}, and it says ${sha256}.`,
    { hint: 'Get the file anew from where it was published: with other contents it is another split.' },
  );
}
