import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, it } from 'vitest';

interface Locked {
  readonly version: string;
  readonly license?: string;
  readonly integrity?: string;
  readonly resolved?: string;
  readonly link?: boolean;
  readonly dev?: boolean;
  readonly hasInstallScript?: boolean;
}

const root = resolve(import.meta.dirname, '..');
const read = (path: string) => readFileSync(resolve(root, path), 'utf8');
const manifest = JSON.parse(read('package.json')) as Record<string, Record<string, string>>;
const locked = JSON.parse(read('package-lock.json')).packages as Record<string, Locked>;
const installed = { ...manifest.dependencies, ...manifest.optionalDependencies };
const direct = { ...installed, ...manifest.devDependencies };

const [forUsers, forMaking] = read('docs/dependencies.md').split('## For making it');
const rowsOf = (text: string) =>
  new Map(
    [...text.matchAll(/^\| `([^`]+)` \| (.+?) \| (.+?) \|/gm)].map(([, name, why, licence]) => [
      name,
      { why, licence },
    ]),
  );

it('every dependency has a row with its reason, and no other has', () => {
  expect([...rowsOf(forUsers).keys()].sort()).toEqual(Object.keys(installed).sort());
  expect([...rowsOf(forMaking).keys()].sort()).toEqual(Object.keys(manifest.devDependencies).sort());
  for (const [name, { why }] of [...rowsOf(forUsers), ...rowsOf(forMaking)])
    expect(why.length, name).toBeGreaterThan(4);
});

it('the licences told are those of the packages', () => {
  const rows = new Map([...rowsOf(forUsers), ...rowsOf(forMaking)]);
  for (const name of Object.keys(direct)) {
    const licence = locked[`node_modules/${name}`].license?.replace(/^\((.*)\)$/, '$1');
    expect(rows.get(name)?.licence.startsWith(licence ?? '?'), `${name}: ${licence}`).toBe(true);
  }
});

it('whatever is installed with lesionlab may be used with Apache-2.0', () => {
  const fine = /^(MIT|ISC|Apache-2\.0|BSD-[23]-Clause|0BSD|Unlicense|CC0-1\.0|LGPL-3\.0-or-later)$/;
  for (const [path, { license, dev }] of Object.entries(locked)) {
    if (path === '' || dev || path === 'node_modules/h5wasm') continue;
    const parts = (license ?? '').replace(/[()]/g, '').split(/ (?:AND|OR) /);
    expect(
      parts.every((part) => fine.test(part)),
      `${path}: ${license}`,
    ).toBe(true);
    // Binaries of libvips, loaded as libraries, are the only ones that are LGPL.
    if (license?.includes('LGPL')) expect(path).toMatch(/^node_modules\/@img\/sharp/);
  }
});

it('every package is locked by its content, and from the registry', () => {
  for (const [path, { integrity, resolved, link }] of Object.entries(locked)) {
    if (path === '') continue;
    expect(integrity, path).toMatch(/^sha512-/);
    expect(link ?? false, path).toBe(false);
    expect(resolved ?? '', path).not.toMatch(/^git|^file/);
  }
});

it('no install script runs that is not known', () => {
  const scripted = Object.entries(locked).flatMap(([path, { hasInstallScript }]) =>
    path !== '' && hasInstallScript ? [path.split('node_modules/').at(-1)!] : [],
  );
  expect([...new Set(scripted)].sort()).toEqual(Object.keys(manifest.allowScripts).sort());
  for (const [name, allowed] of Object.entries(manifest.allowScripts)) expect(allowed, name).toBe(false);
});

it('the bill of materials has every package that is installed, with its hash and licence', async () => {
  const { billOfMaterials } = (await import(resolve(root, 'scripts/billOfMaterials.mjs'))) as {
    billOfMaterials(): {
      bomFormat: string;
      metadata: { component: { name: string; version: string } };
      components: { name: string; version: string; hashes?: { alg: string }[]; licenses?: unknown[] }[];
    };
  };
  const { bomFormat, metadata, components } = billOfMaterials();
  expect(bomFormat).toBe('CycloneDX');
  expect(metadata.component).toMatchObject({ name: manifest.name, version: manifest.version });
  const expected = Object.entries(locked).flatMap(([path, { version, dev }]) =>
    path === '' || dev ? [] : [`${path.split('node_modules/').at(-1)}@${version}`],
  );
  expect([...new Set(components.map(({ name, version }) => `${name}@${version}`))].sort()).toEqual(
    [...new Set(expected)].sort(),
  );
  for (const { name, hashes, licenses } of components) {
    expect(hashes?.[0]?.alg, name).toBe('SHA-512');
    expect(licenses?.length, name).toBeGreaterThan(0);
  }
});
