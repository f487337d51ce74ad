import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';

/** A file of settings as it was read: nothing is known of its names yet. */
export interface YamlSettings {
  readonly value: Readonly<Record<string, unknown>>;
  /** Line of each name, from 1, by path: `training.epochs`, `tables.0.file`; of an entry of a list, `tables.0`. */
  readonly lines: ReadonlyMap<string, number>;
}

/** Groups within groups are two or three deep; what is deeper is none of lesionlab's files. */
const deepest = 8;

/**
 * Reads settings from YAML 1.2, of which JSON is a part: names with values, groups and lists, each written out in its place.
 * @param what the text is to be, for messages: `recipe`
 * @param refuse makes the error of what is wrong, each finding with its line
 * @throws what `refuse` makes
 */
export function readYaml(text: string, what: string, refuse: (findings: readonly string[]) => Error): YamlSettings {
  const counter = new LineCounter();
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
        const fault = code === 'MULTIPLE_DOCS' ? `a second ${what} begins here (---)` : syntaxFaults[code];
        return `line ${counter.linePos(pos[0]).line}: ${fault ?? message.split('\n')[0]}`;
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
    else if (isSeq(node))
      return node.items.map((item, i) => {
        lines.set(`${path}.${i}`, lineOf(item));
        return convert(item, `${path}.${i}`, depth + 1);
      });
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
  const value = convert(root, '', 0) as Record<string, unknown>;
  if (findings.length > 0) throw refuse(findings);
  return { value, lines };
}

const tooDeep = 'it has groups within groups within groups';

/** In place of the YAML library's words. */
const syntaxFaults: Readonly<Record<string, string>> = {
  TAB_AS_INDENT: 'it is indented by a tab; use spaces',
  BAD_INDENT: 'it is not indented as the lines around it are',
  BLOCK_AS_IMPLICIT_KEY: 'there are two names before a value, or it is not indented as the lines around it are',
  MULTILINE_IMPLICIT_KEY: 'there is a name with neither a colon nor a value',
  MISSING_CHAR: 'a character is missing: a colon, a quotation mark or a closing bracket',
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
