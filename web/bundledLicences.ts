import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Plugin } from 'vite';

interface PackageFile {
  readonly name: string;
  readonly version: string;
  readonly license?: string;
  readonly repository?: string | { readonly url: string };
}

/**
 * Writes `licences.md` beside the page: what packages are bundled into it, and on what terms. Vite's own list leaves out what only
 * workers have, the runtime among it.
 * @param asFiles packages of which the page fetches files as they are
 */
export function bundledLicences(asFiles: readonly string[]) {
  const folders = new Set(asFiles.map((name) => fileURLToPath(new URL(`../node_modules/${name}`, import.meta.url))));
  const collect = (chunks: readonly { readonly type: string; readonly moduleIds?: readonly string[] }[]) => {
    for (const { moduleIds = [] } of chunks)
      for (const id of moduleIds) {
        const folder = /^.*node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+(?=[\\/])/.exec(id.replace(/^\0/, ''))?.[0];
        if (folder && existsSync(join(folder, 'package.json'))) folders.add(folder);
      }
  };
  /** For the bundles of workers, which are made before that of the page. */
  const worker: Plugin = {
    name: 'licences-of-workers',
    generateBundle: (_, bundle) => collect(Object.values(bundle)),
  };
  const page: Plugin = {
    name: 'licences',
    generateBundle(_, bundle) {
      collect(Object.values(bundle));
      const parts = [...folders].map(describePackage).sort();
      const head =
        '# Licences\n\nThe page of lesionlab holds code of these packages, each on terms of its own. lesionlab itself is under Apache-2.0.\n';
      this.emitFile({ type: 'asset', fileName: 'licences.md', source: [head, ...parts].join('\n') });
    },
  };
  return { page, worker };
}

function describePackage(folder: string): string {
  const about = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as PackageFile;
  const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
  const licence = about.license?.replace(/^\((.*)\)$/, '$1') ?? 'licence unknown';
  const source = typeof about.repository === 'string' ? about.repository : about.repository?.url;
  const text = file
    ? readFileSync(join(folder, file), 'utf8').trim()
    : `Under ${licence}; the package comes without the text. Its source: ${source?.replace(/^git\+/, '')}`;
  // Headings of a licence would become parts of the list.
  return `## ${about.name} ${about.version} (${licence})\n\n${text.replace(/^(#+)/gm, '    $1')}\n`;
}
