import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { describe, expect, it } from 'vitest';

const source = resolve(import.meta.dirname, '../src');

/** The table of docs/architecture.md: what each folder may import besides itself; what those may import comes with them. */
const mayImport: Record<string, readonly string[]> = {
  base: [],
  image: ['base'],
  data: ['image'],
  graph: ['base'],
  runtime: ['graph'],
  nn: ['graph'],
  onnx: ['graph'],
  models: ['nn', 'runtime', 'onnx', 'data'],
  training: ['data', 'models', 'runtime'],
  evaluation: ['data', 'training'],
  explain: ['evaluation', 'models', 'training'],
  jobs: ['evaluation'],
  report: ['data', 'training', 'evaluation', 'explain'],
  browser: ['explain'],
  node: ['report', 'jobs'],
  cli: ['node'],
};
/**
 * The rooms of a folder: each may import from those before it, none behind it. `''` stands for the files that lie in no room; where it
 * is left out, these may import any.
 */
const rooms: Record<string, readonly string[]> = {
  data: [
    '',
    'reading',
    'description',
    'formats',
    'proposal',
    'likeness',
    'groups',
    'joining',
    'audit',
    'preparation',
    'sampling',
    'augmentation',
    'synthetic',
    'foreign',
  ],
  graph: ['blocked', 'ops'],
  onnx: ['mirror', 'geometry', 'folding', 'operators', 'patterns', ''],
  models: ['', 'architectures', 'weights', 'quantise', 'foreign'],
  training: ['optimisation', 'recipe', ''],
  evaluation: [
    'distributions',
    'predictions',
    'metrics',
    'certainty',
    'answers',
    'comparison',
    '',
    'outside',
    'judging',
    'official',
    'readers',
    'planned',
    'ablation',
    'planning',
  ],
  jobs: ['kinds', ''],
  report: ['files', 'charts', 'tables', 'documents', 'paper', 'parts'],
  node: [
    'files',
    'machine',
    'download',
    'pictures',
    'dataset',
    'run',
    'training',
    'prediction',
    'steps',
    'jobs',
    'studio',
    'bench',
  ],
};
const baseFiles = [
  'checks.ts',
  'errors.ts',
  'nearestName.ts',
  'postedError.ts',
  'progress.ts',
  'random.ts',
  'wasmModule.ts',
];
/** Compile with neither Node's types nor, report and browser aside, the DOM's. */
const core = [
  'base',
  'image',
  'data',
  'graph',
  'runtime',
  'onnx',
  'nn',
  'models',
  'training',
  'evaluation',
  'explain',
  'jobs',
  'report',
  'browser',
];
const nodeRuntime = 'runtime/node.ts';
const webRuntime = 'runtime/web.ts';
const browserRuntime = 'runtime/browser.ts';

interface Import {
  readonly file: string;
  readonly target: string;
  readonly typeOnly: boolean;
}

function listFiles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return listFiles(path);
    return /\.tsx?$/.test(entry.name) ? [path] : [];
  });
}

/** Static, re-exporting and dynamic imports; comments don't count. */
function importsOf(file: string, text: string): Import[] {
  const code = text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '');
  const found: Import[] = [];
  for (const [, typeOnly, target] of code.matchAll(
    /^\s*(?:import|export)\s+(type\s)?(?:[^'";]*?\sfrom\s+)?['"]([^'"]+)['"]/gm,
  ))
    found.push({ file, target, typeOnly: typeOnly !== undefined });
  for (const [, target] of code.matchAll(/\bimport\(\s*['"]([^'"]+)['"]\s*\)/g))
    found.push({ file, target, typeOnly: false });
  return found;
}

function layerOf(path: string): string {
  const [first, ...rest] = path.split('/');
  if (rest.length > 0) return first;
  return baseFiles.includes(first) ? 'base' : 'entry';
}

/** `formats` for data/formats/ham10000.ts; empty for a file that lies in no room. */
function roomOf(path: string): string {
  const parts = path.split('/');
  return parts.length > 2 ? parts[1] : '';
}

function reachable(layer: string, seen = new Set<string>()): Set<string> {
  for (const next of mayImport[layer]) {
    if (!seen.has(next)) reachable(next, seen.add(next));
  }
  return seen;
}

const files = listFiles(source).map((path) => relative(source, path).split(sep).join('/'));
const imports = files.flatMap((file) => importsOf(file, readFileSync(join(source, file), 'utf8')));
const inProject = imports.filter(({ target }) => target.startsWith('.'));
const packages = imports.filter(({ target }) => !target.startsWith('.'));
const resolved = ({ file, target }: Import) =>
  relative(source, resolve(source, dirname(file), target))
    .split(sep)
    .join('/')
    .replace(/\.js$/, '.ts');

describe('architecture', () => {
  it('finds the imports it is about', () => {
    expect(
      importsOf(
        'a.ts',
        `import type { A } from './a.js';\nimport {\n  b,\n  c,\n} from "../b.js";\nexport * from './c.js';\n// import x from './no.js';\nconst d = await import('./d.js');\nimport './e.js';`,
      ).map(({ target, typeOnly }) => [target, typeOnly]),
    ).toEqual([
      ['./a.js', true],
      ['../b.js', false],
      ['./c.js', false],
      ['./e.js', false],
      ['./d.js', false],
    ]);
    expect(inProject.length).toBeGreaterThan(50);
  });

  it('knows every folder', () => {
    const unknown = new Set(files.map(layerOf).filter((layer) => layer !== 'entry' && !(layer in mayImport)));
    expect([...unknown]).toEqual([]);
    expect(files.filter((file) => layerOf(file) === 'entry' && file !== 'index.ts')).toEqual([]);
  });

  it('lets imports point one way', () => {
    const wrong = inProject.filter((found) => {
      const [from, to] = [layerOf(found.file), layerOf(resolved(found))];
      return from !== 'entry' && from !== to && !reachable(from).has(to);
    });
    expect(wrong.map((found) => `${found.file} imports ${resolved(found)}`)).toEqual([]);
  });

  it('knows every room', () => {
    const inRooms = files.filter((file) => layerOf(file) in rooms && file.split('/').length > 2);
    expect(inRooms.filter((file) => !rooms[layerOf(file)].includes(roomOf(file)))).toEqual([]);
    for (const [folder, names] of Object.entries(rooms))
      for (const room of names)
        if (room)
          expect(
            inRooms.some((file) => file.startsWith(`${folder}/${room}/`)),
            `${folder}/${room}`,
          ).toBe(true);
  });

  it('lets imports between rooms point one way', () => {
    const wrong = inProject.filter((found) => {
      const target = resolved(found);
      const order = rooms[layerOf(found.file)];
      // A folder's index.ts gathers what all its rooms export.
      if (!order || layerOf(target) !== layerOf(found.file) || found.file.endsWith('/index.ts')) return false;
      const [from, to] = [order.indexOf(roomOf(found.file)), order.indexOf(roomOf(target))];
      return from >= 0 && to > from;
    });
    expect(wrong.map((found) => `${found.file} imports ${resolved(found)}`)).toEqual([]);
  });

  it('has no circles of files', () => {
    const targets = new Map(files.map((file) => [file, inProject.filter((found) => found.file === file)]));
    const finished = new Set<string>();
    const circles: string[] = [];
    const visit = (file: string, path: readonly string[]): void => {
      if (path.includes(file)) circles.push([...path.slice(path.indexOf(file)), file].join(' -> '));
      if (finished.has(file) || path.includes(file)) return;
      for (const found of targets.get(file) ?? []) visit(resolved(found), [...path, file]);
      finished.add(file);
    };
    for (const file of files) visit(file, []);
    expect(circles).toEqual([]);
  });

  it('keeps onnxruntime behind src/runtime', () => {
    const wrong = packages.filter(
      ({ file, target }) => target.startsWith('onnxruntime') && layerOf(file) !== 'runtime',
    );
    expect(wrong.map(({ file, target }) => `${file} imports ${target}`)).toEqual([]);
  });

  it('keeps Node out of the core', () => {
    const platform = (found: Import) =>
      found.target.startsWith('.') && ['node', 'cli'].includes(layerOf(resolved(found)));
    const wrong = imports.filter(
      (found) =>
        core.includes(layerOf(found.file)) &&
        found.file !== nodeRuntime &&
        (found.target.startsWith('node:') ||
          ['sharp', 'yauzl', 'onnxruntime-node'].includes(found.target) ||
          platform(found)),
    );
    expect(wrong.map(({ file, target }) => `${file} imports ${target}`)).toEqual([]);
  });

  it('lets only what runs on a platform import its runtime', () => {
    const wrong = inProject.filter((found) => {
      const target = resolved(found);
      return (
        (target === nodeRuntime && !['node', 'cli'].includes(layerOf(found.file))) ||
        (target === webRuntime && found.file !== 'index.ts') ||
        (target === browserRuntime && layerOf(found.file) !== 'browser')
      );
    });
    expect(wrong.map(({ file, target }) => `${file} imports ${target}`)).toEqual([]);
  });

  it('imports with the ending that Node needs', () => {
    const wrong = inProject.filter(({ target }) => !/\.(js|json)$/.test(target));
    expect(wrong.map(({ file, target }) => `${file} imports ${target}`)).toEqual([]);
  });

  it('compiles every core folder in the project without Node types', () => {
    const text = readFileSync(resolve(source, '../tsconfig.core.json'), 'utf8');
    for (const layer of core) {
      if (layer === 'base' || layer === 'report' || layer === 'browser') continue;
      expect(text, `tsconfig.core.json includes src/${layer}`).toContain(`"src/${layer}"`);
    }
  });
});
