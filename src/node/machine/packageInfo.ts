import { readFileSync } from 'node:fs';

interface PackageFile {
  readonly version: string;
  readonly engines: { readonly node: string };
  readonly dependencies: Readonly<Record<string, string>>;
  readonly bugs?: { readonly url?: string };
}

/** lesionlab's own package.json; `src/node/` and `dist/node/` lie equally deep below it. */
export const packageInfo: PackageFile = JSON.parse(
  readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'),
);
