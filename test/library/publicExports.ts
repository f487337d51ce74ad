import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../..');

/** What a user of the package can import. */
export interface PublicExport {
  /** `lesionlab/data`. */
  readonly entry: string;
  readonly name: string;
  readonly kind: string;
  /** Where it is declared, from the repository's root. */
  readonly file: string;
  /** The comment above it, or undefined. */
  readonly docstring: string | undefined;
  /** The declaration as the compiler writes it. */
  readonly declaration: string;
}

type Found = Omit<PublicExport, 'entry' | 'name'>;

/** Entries of package.json that hold code, with the declarations that the compiler wrote for them. */
export function publicEntries(): Map<string, string> {
  const { exports } = JSON.parse(readFileSync(resolve(root, 'package.json'), 'utf8')) as {
    exports: Record<string, string | Record<string, string>>;
  };
  return new Map(
    Object.entries(exports).flatMap(([path, target]): [string, string][] => {
      const file = typeof target === 'string' ? target : (target.import ?? target.default);
      return file.endsWith('.js') ? [[`lesionlab${path.slice(1)}`, resolve(root, file.replace(/\.js$/, '.d.ts'))]] : [];
    }),
  );
}

/** Everything that the package exports, each where it is exported; namespaces of `lesionlab` itself are entries of their own. */
export function publicExports(): PublicExport[] {
  return [...publicEntries()].flatMap(([entry, file]) =>
    [...exportsOf(file)].map(([name, found]) => ({ entry, name, ...found })),
  );
}

const known = new Map<string, Map<string, Found>>();

function exportsOf(file: string): Map<string, Found> {
  const before = known.get(file);
  if (before) return before;
  const found = new Map<string, Found>();
  known.set(file, found);
  const text = readFileSync(file, 'utf8');
  const other = (target: string) => exportsOf(resolve(dirname(file), target.replace(/\.js$/, '.d.ts')));
  for (const [, target] of text.matchAll(/^export \* from '([^']+)';/gm))
    for (const [name, value] of other(target)) found.set(name, value);
  for (const [, names, target] of text.matchAll(/^export (?:type )?\{([^}]*)\} from '([^']+)';/gm)) {
    for (const part of names.split(',').filter((name) => name.trim())) {
      const [name, as = name] = part
        .trim()
        .replace(/^type /, '')
        .split(' as ');
      const value = other(target).get(name);
      if (!value) throw new Error(`${file} exports ${name}, which ${target} does not have.`);
      found.set(as, value);
    }
  }
  const starts = /^export (?:declare )?(?:abstract )?(function|const|class|enum|interface|type) (\w+)/gm;
  for (const match of text.matchAll(starts)) {
    const [, kind, name] = match;
    // Overloads are documented at the first.
    if (found.has(name)) continue;
    const docstring = /\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s*$/.exec(text.slice(0, match.index))?.[1];
    const rest = text.slice(match.index);
    const end = /\n(?=export |\/\*\*|declare |\})/.exec(rest.slice(1))?.index;
    const declaration = end === undefined ? rest : rest.slice(0, end + 2);
    found.set(name, { kind, file: file.slice(root.length + 1), docstring: docstring?.trim(), declaration });
  }
  return found;
}
