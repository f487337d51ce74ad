import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/**
 * Where the compiled file of a worker lies, for example `workerUrl('prepareWorker')`. Worker threads run JavaScript only: where
 * the calling code itself runs from `src` (under Vitest), the worker comes from `dist`.
 * @throws Error where the project isn't built
 */
export function workerUrl(name: string): URL {
  const fromSource = import.meta.url.endsWith('.ts');
  const url = new URL(fromSource ? `../../dist/node/${name}.js` : `./${name}.js`, import.meta.url);
  if (!existsSync(url)) throw new Error(`${fileURLToPath(url)} is missing: run "npm run build" first.`);
  return url;
}
