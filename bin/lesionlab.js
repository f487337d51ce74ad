#!/usr/bin/env node
// The command line is compiled TypeScript; this file only finds it, and says what to do when it isn't there.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const main = new URL('../dist/cli/main.js', import.meta.url);
if (!existsSync(fileURLToPath(main))) {
  console.error('lesionlab is not built yet. Run `npm ci` and `npm run build` in its folder first.');
  process.exit(2);
}
const { runCommandLine } = await import(main.href);
await runCommandLine(process.argv);
