import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { skipCudaDownload } from '../../scripts/skipCudaDownload.mjs';

/** An onnxruntime-node whose script would download two files here. */
function writePackage(folder: string, platform = `${process.platform}/${process.arch}`): string {
  mkdirSync(join(folder, 'script'), { recursive: true });
  const names = Object.fromEntries(['./cuda.so', './shared.so'].map((name) => [name, { package: 'p', path: name }]));
  writeFileSync(
    join(folder, 'script/install-metadata.js'),
    `module.exports = ${JSON.stringify({
      requirements: { [platform]: ['cuda12'] },
      manifests: { [`${platform}:cuda12`]: names },
    })};`,
  );
  const packageFile = join(folder, 'package.json');
  writeFileSync(packageFile, JSON.stringify({ name: 'onnxruntime-node', binary: { napi_versions: [6] } }));
  return packageFile;
}

describe("the install script of onnxruntime-node, which wants another host than the registry's", () => {
  let folder: string;
  let bin: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'lesionlab-cuda-'));
    bin = join(folder, 'bin/napi-v6', process.platform, process.arch);
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('finds all that it would download', () => {
    const packageFile = writePackage(folder);
    const written = skipCudaDownload(packageFile, {});
    expect(written.map((file: string) => relative(bin, file))).toEqual(['cuda.so', 'shared.so']);
    for (const file of written) expect(readFileSync(file, 'utf8')).toBe('');
  });

  it('leaves alone what is there', () => {
    const packageFile = writePackage(folder);
    mkdirSync(bin, { recursive: true });
    writeFileSync(join(bin, 'cuda.so'), 'a library');
    expect(skipCudaDownload(packageFile, {})).toEqual([join(bin, 'shared.so')]);
    expect(readFileSync(join(bin, 'cuda.so'), 'utf8')).toBe('a library');
  });

  it('does nothing where nothing is downloaded on this platform', () => {
    expect(skipCudaDownload(writePackage(folder, 'elsewhere/z80'), {})).toEqual([]);
    expect(existsSync(bin)).toBe(false);
  });

  it.each(['ONNXRUNTIME_NODE_INSTALL', 'ONNXRUNTIME_NODE_INSTALL_CUDA', 'npm_config_onnxruntime_node_install'])(
    'does nothing where %s says what is to be downloaded',
    (name) => {
      expect(skipCudaDownload(writePackage(folder), { [name]: 'cuda12' })).toEqual([]);
      expect(existsSync(bin)).toBe(false);
    },
  );
});
