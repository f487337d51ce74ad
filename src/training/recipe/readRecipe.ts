import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';
import { decodeText } from '../../data/reading/decodeText.js';
import { usageError } from '../../errors.js';
import { type RecipeChanges, type RecipeFile, resolveRecipe } from './resolveRecipe.js';

/** Characters of the longest recipe that is read; one with all its comments has about 8,000. */
export const longestRecipe = 65_536;

/** Groups within groups are two deep; what is deeper is no recipe. */
const deepest = 8;

/**
 * Reads the text of a recipe file: YAML 1.2, of which JSON is a part. All that is wrong with it is said at once, with its line.
 * @param name of the file, for messages
 * @throws LesionlabError kind `usage`
 */
export function readRecipe(text: string, name = 'recipe.yaml'): RecipeFile {
  const file = parseRecipe(text, name);
  resolveRecipe(file);
  return file;
}

/** A recipe file whose settings are not checked yet. @throws LesionlabError kind `usage` where it is no YAML, or no settings */
export function parseRecipe(text: string, name: string): RecipeFile {
  if (text.length > longestRecipe)
    throw usageError(
      'recipe-too-long',
      `${name} has ${text.length.toLocaleString('en')} characters; a recipe has at most ${longestRecipe.toLocaleString('en')}`,
      { hint: 'Was another file meant?' },
    );
  const counter = new LineCounter();
  const refuse = (findings: readonly string[]) =>
    usageError(
      'bad-recipe',
      findings.length === 1 ? `${name} is not a recipe: ${findings[0]}` : `${name} is not a recipe`,
      {
        details: findings,
        hint: 'A recipe is YAML: a setting a line, as `name: value`; those of a group are indented by spaces.',
      },
    );
  const document = parse(text, counter, refuse);
  const lineOf = (node: unknown) => {
    const [start] = (node as Node | undefined)?.range ?? [0];
    return counter.linePos(start).line;
  };
  const problems = [...document.errors, ...document.warnings];
  // What follows a fault is read wrongly, as a rule.
  if (problems.length > 0)
    throw refuse(
      problems.slice(0, 3).map(({ pos, code, message }) => {
        if (/call stack/.test(message)) return tooDeep;
        return `line ${counter.linePos(pos[0]).line}: ${syntaxFaults[code] ?? message.split('\n')[0]}`;
      }),
    );
  const root = document.contents as Node | null;
  if (root === null) throw refuse(['it is empty']);
  if (!isMap(root))
    throw refuse([`expected settings, as \`name: value\`, found ${isSeq(root) ? 'a list' : 'text alone'}`]);

  const lines = new Map<string, number>();
  const findings: string[] = [];
  const convert = (node: unknown, path: string, depth: number): unknown => {
    if (isScalar(node)) return node.value;
    if (isAlias(node))
      findings.push(`line ${lineOf(node)}: *${node.source} stands for something else in the file; write it out`);
    else if (depth > deepest) findings.push(`line ${lineOf(node)}: ${tooDeep}`);
    else if (isSeq(node)) return node.items.map((item) => convert(item, path, depth + 1));
    else if (isMap(node)) {
      const entries = new Map<string, unknown>();
      for (const { key, value } of node.items) {
        const word = isScalar(key) ? String(key.value) : 'a group in place of a name';
        const inner = path ? `${path}.${word}` : word;
        if (entries.has(word))
          findings.push(`${inner} (line ${lineOf(key)}): it is there twice, first on line ${lines.get(inner)}`);
        else lines.set(inner, lineOf(key));
        entries.set(word, convert(value, inner, depth + 1));
      }
      return Object.fromEntries(entries);
    }
    return null;
  };
  const changes = convert(root, '', 0) as RecipeChanges;
  if (findings.length > 0) throw refuse(findings);
  return { name, changes, lines };
}

const tooDeep = 'it has groups within groups within groups';

/** In place of the YAML library's words. */
const syntaxFaults: Readonly<Record<string, string>> = {
  TAB_AS_INDENT: 'it is indented by a tab; use spaces',
  BAD_INDENT: 'it is not indented as the lines around it are',
  BLOCK_AS_IMPLICIT_KEY: 'there are two names before a value, or it is not indented as the lines around it are',
  MULTILINE_IMPLICIT_KEY: 'there is a name with neither a colon nor a value',
  MISSING_CHAR: 'a character is missing: a colon, a quotation mark or a closing bracket',
  MULTIPLE_DOCS: 'a second recipe begins here (---)',
  TAG_RESOLVE_FAILED: 'it begins with ! and is no plain value; put a text like that in quotation marks',
};

function parse(text: string, lineCounter: LineCounter, refuse: (findings: readonly string[]) => Error) {
  try {
    // Names that are there twice are found by the walk, which knows where they stand.
    return parseDocument(text, {
      lineCounter,
      version: '1.2',
      uniqueKeys: false,
      prettyErrors: false,
      logLevel: 'error',
    });
  } catch (error) {
    if (error instanceof RangeError) throw refuse([tooDeep]);
    throw error;
  }
}

/**
 * The text of a recipe file: as tables are decoded, UTF-16 included, which Windows PowerShell writes.
 * @throws LesionlabError kind `usage` where it is no text
 */
export function decodeRecipe(bytes: Uint8Array, name: string): string {
  try {
    return decodeText(bytes, name).text;
  } catch (cause) {
    throw usageError('bad-recipe', `${name} is not a recipe: it is not text`, {
      cause,
      hint: 'Was another file meant?',
    });
  }
}
