// Runs before the packages of a new installation run their install scripts. That of onnxruntime-node would fetch CUDA libraries of
// some hundred MB from a host of their own, and fail where there is no way to that host. lesionlab runs on the CPU and on WebGPU
// and never loads them; the libraries it does load lie in the package. The script is content where files of their names are there.
//
// Plain JavaScript with nothing but Node's own modules. It never fails: without it, onnxruntime-node is left out where its script
// fails, and networks run in WebAssembly. docs/packaging.md says what else was tried.
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const platform = `${process.platform}/${process.arch}`;

/** Whoever has said what onnxruntime-node is to fetch is left alone. */
const isDecided = (environment) =>
  Object.keys(environment).some((name) => /^(npm_config_)?onnxruntime_node_install(_cuda)?$/i.test(name));

/**
 * Puts empty files in the place of what onnxruntime-node's install script would download.
 * @param packageFile the package.json of onnxruntime-node
 * @returns the files written; none where nothing would be downloaded, or where the environment says what is to be
 */
export function skipCudaDownload(packageFile, environment = process.env) {
  if (isDecided(environment)) return [];
  const root = dirname(packageFile);
  const { requirements, manifests } = createRequire(packageFile)('./script/install-metadata.js');
  const [napi] = createRequire(packageFile)('./package.json').binary.napi_versions;
  const folder = join(root, 'bin', `napi-v${napi}`, platform);
  const files = (requirements[platform] ?? [])
    .flatMap((name) => Object.keys(manifests[`${platform}:${name}`] ?? {}))
    .map((name) => join(folder, name))
    .filter((file) => !existsSync(file));
  for (const file of files) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, '');
  }
  return files;
}

/** What `preinstall` calls: in an installed package it skips, in a clone package.json's allowScripts and scripts/ready.mjs do. */
export function run() {
  try {
    if (!existsSync(new URL('../src', import.meta.url)))
      skipCudaDownload(createRequire(import.meta.url).resolve('onnxruntime-node/package.json'));
  } catch {
    // Not installed here, or of another make than the one that is known.
  }
}
