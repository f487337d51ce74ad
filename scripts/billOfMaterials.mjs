// The packages that are installed with lesionlab, as CycloneDX, by npm from the lock file. node scripts/billOfMaterials.mjs <file> writes it.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { call, root } from './emptyProject.mjs';

/** @returns the document; @throws Error with what npm said */
export function billOfMaterials() {
  const options = ['--sbom-format', 'cyclonedx', '--sbom-type', 'library', '--package-lock-only'];
  const { status, stdout, stderr } = call('npm', ['sbom', ...options], {
    cwd: root,
    env: process.env,
    timeout: 60_000,
  });
  if (status !== 0) throw new Error(`npm sbom ended with ${status}: ${stderr}`);
  const document = JSON.parse(stdout);
  // npm's own `--omit dev` leaves out what both development and an optional dependency want.
  const locked = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages;
  const kept = new Set([document.metadata.component['bom-ref']]);
  const licences = new Map();
  for (const [path, { version, dev, license }] of Object.entries(locked)) {
    if (path === '' || dev) continue;
    const name = `${path.split('node_modules/').at(-1)}@${version}`;
    kept.add(name);
    licences.set(name, license);
  }
  document.components = document.components
    .filter((component) => kept.has(component['bom-ref']))
    // What is no name on SPDX's list is left out by npm.
    .map((component) => ({ licenses: [{ license: { name: licences.get(component['bom-ref']) } }], ...component }));
  document.dependencies = document.dependencies
    .filter(({ ref }) => kept.has(ref))
    .map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter((other) => kept.has(other)) }));
  // npm names the project after the folder that it lies in.
  document.metadata.component.name = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).name;
  return document;
}

const [, script, target] = process.argv;
if (script && import.meta.url === pathToFileURL(script).href) {
  if (!target) throw new Error('Name the file to write: node scripts/billOfMaterials.mjs lesionlab.cdx.json');
  writeFileSync(target, `${JSON.stringify(billOfMaterials(), null, 2)}\n`);
}
