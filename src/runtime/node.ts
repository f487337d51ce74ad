import { createRequire } from 'node:module';
import { getEnvironmentData, setEnvironmentData } from 'node:worker_threads';
import { env } from 'onnxruntime-common';
import { runError } from '../errors.js';
import { makeRuntime, type OnnxRuntimeModule } from './openSession.js';
import type { Runtime } from './runtime.js';

// onnxruntime's binaries for Linux and macOS write a device id and what they did into the home folder, and send that to their maker.
// Nothing leaves the machine unless somebody asks for it. It is set when this module is imported: threads have an environment of their own,
// and only the main one's reaches the binary.
process.env.ORT_DISABLE_TELEMETRY ??= '1';

/** How the runtime of Node finds its binary, and whom it tells where there is none. */
export interface NodeRuntimeOptions {
  /** Rejects where the addon is not installed, has no binary for this machine, or does not load. */
  readonly loadAddon?: () => Promise<OnnxRuntimeModule>;
  /** Told once a process, its later threads included, where the addon can't be loaded. */
  readonly warn?: (text: string) => void;
}

/** Why networks run in WebAssembly. */
export interface MissingAddon {
  /** What is wrong with onnxruntime-node here, one line without a full stop. */
  readonly reason: string;
  /** How to get it, a sentence; undefined where there is no way. */
  readonly remedy?: string;
}

export interface NodeRuntime extends Runtime {
  /** Known once a graph was opened; undefined where the addon runs. */
  readonly missingAddon: MissingAddon | undefined;
}

/**
 * A runtime that loads onnxruntime's addon when the first graph is opened, and onnxruntime-web, on the CPU only, where that
 * fails. Before that, name and version are those of the addon's package.
 */
export function makeNodeRuntime({
  loadAddon = importAddon,
  warn = writeWarning,
}: NodeRuntimeOptions = {}): NodeRuntime {
  let loaded: Runtime | undefined;
  let missing: MissingAddon | undefined;
  let loading: Promise<Runtime> | undefined;
  async function load(threads: number | undefined): Promise<Runtime> {
    try {
      return makeRuntime('onnxruntime-node', await loadAddon(), 'cpu');
    } catch (error) {
      const found = explainMissingAddon(error);
      const runtime = makeRuntime('onnxruntime-web', await importWeb(threads), 'wasm');
      missing = found;
      warn(
        [`${found.reason}: networks run in WebAssembly, on the CPU only and slower.`, found.remedy].join(' ').trim(),
      );
      return runtime;
    }
  }
  const loadOnce = async (threads?: number) => {
    loading ??= load(threads);
    loaded = await loading;
    return loaded;
  };
  return {
    get name() {
      return loaded?.name ?? 'onnxruntime-node';
    },
    get version() {
      return loaded?.version ?? addonVersion();
    },
    get missingAddon() {
      return missing;
    },
    async open(model, options = {}) {
      const runtime = await loadOnce(options.threads);
      if (missing && options.device === 'webgpu')
        throw runError('no-webgpu', `There is no WebGPU here: ${missing.reason}`, {
          hint: { terminal: `Use --device cpu. ${missing.remedy ?? ''}`.trim(), page: 'Choose WebAssembly.' },
        });
      return runtime.open(model, options);
    },
    async channelBlock() {
      return (await loadOnce()).channelBlock();
    },
  };
}

const importAddon = () => import('onnxruntime-node');

/** Its threads are set once for all graphs. */
async function importWeb(threads: number | undefined): Promise<OnnxRuntimeModule> {
  const ort = await import('onnxruntime-web');
  if (threads !== undefined) ort.env.wasm.numThreads = threads;
  return ort;
}

/** Says in words why Node could not load the addon. */
function explainMissingAddon(error: unknown): MissingAddon {
  const message = firstLine(error);
  // npm leaves out an optional package whose install script fails; without its script it is complete.
  if (/Cannot find (package|module) 'onnxruntime-node'/.test(message))
    return {
      reason: 'onnxruntime-node is not installed',
      remedy: 'To get it, install again with `npm install --ignore-scripts`.',
    };
  if (/Cannot find module '[^']*onnxruntime_binding\.node'/.test(message))
    return { reason: `onnxruntime-node has no binary for ${process.platform} ${process.arch}` };
  return {
    reason: `onnxruntime-node does not load here (${message})`,
    remedy:
      process.platform === 'linux'
        ? 'It needs glibc 2.28 or later.'
        : 'Install again with `npm install --ignore-scripts`.',
  };
}

/** All of onnxruntime's packages have one version; onnxruntime-common is there even where the addon isn't. */
function addonVersion(): string {
  try {
    return (createRequire(import.meta.url)('onnxruntime-node/package.json') as { version: string }).version;
  } catch {
    return env.versions.common;
  }
}

const firstLine = (error: unknown) => (error as Error).message.split('\n')[0];

const warnedKey = 'lesionlab: told that networks run in WebAssembly';

function writeWarning(text: string): void {
  // Threads inherit this from the one that starts them.
  if (getEnvironmentData(warnedKey)) return;
  setEnvironmentData(warnedKey, true);
  // No process.emitWarning, which adds how to trace Node's warnings.
  process.stderr.write(`${text}\n`);
}

/** onnxruntime's Node addon: CPU, and WebGPU through native Dawn; where it has no binary, onnxruntime-web on the CPU. */
export const nodeRuntime = makeNodeRuntime();
