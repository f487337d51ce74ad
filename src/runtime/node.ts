import { createRequire } from 'node:module';
import { getEnvironmentData, setEnvironmentData } from 'node:worker_threads';
import { runError } from '../errors.js';
import { makeRuntime, type OnnxRuntimeModule } from './openSession.js';
import type { Runtime } from './runtime.js';

// onnxruntime's binaries for Linux and macOS write a device id and what they did into the home folder, and send that to their maker.
// Nothing leaves the machine unless somebody asks for it. It is set when this module is imported: threads have an environment of their own,
// and only the main one's reaches the binary.
process.env.ORT_DISABLE_TELEMETRY ??= '1';

/** How the runtime of Node finds its binary, and whom it tells where there is none. */
export interface NodeRuntimeOptions {
  /** Rejects where there is no binary for this machine. */
  readonly loadAddon?: () => Promise<OnnxRuntimeModule>;
  /** Told once a process, its later threads included, where the addon can't be loaded. */
  readonly warn?: (text: string) => void;
}

/**
 * A runtime that loads onnxruntime's addon when the first graph is opened, and onnxruntime-web, on the CPU only, where that
 * fails. Before that, name and version are those of the addon's package.
 */
export function makeNodeRuntime({ loadAddon = importAddon, warn = writeWarning }: NodeRuntimeOptions = {}): Runtime {
  let loaded: Runtime | undefined;
  let loading: Promise<{ readonly runtime: Runtime; readonly failure?: string }> | undefined;
  async function load(threads: number | undefined) {
    try {
      return { runtime: makeRuntime('onnxruntime-node', await loadAddon(), 'cpu') };
    } catch (error) {
      const failure = `onnxruntime-node has no binary that works on ${process.platform} ${process.arch}: ${firstLine(error)}`;
      const runtime = makeRuntime('onnxruntime-web', await importWeb(threads), 'wasm');
      warn(`${failure}. Networks run in WebAssembly instead, on the CPU only and slower.`);
      return { runtime, failure };
    }
  }
  const loadOnce = async (threads?: number) => {
    loading ??= load(threads);
    const found = await loading;
    loaded = found.runtime;
    return found;
  };
  return {
    get name() {
      return loaded?.name ?? 'onnxruntime-node';
    },
    get version() {
      return loaded?.version ?? addonVersion();
    },
    async open(model, options = {}) {
      const { runtime, failure } = await loadOnce(options.threads);
      if (failure !== undefined && options.device === 'webgpu')
        throw runError('no-webgpu', `There is no WebGPU here: ${failure}`, {
          hint: { terminal: 'Use --device cpu.', page: 'Choose WebAssembly.' },
        });
      return runtime.open(model, options);
    },
    async channelBlock() {
      return (await loadOnce()).runtime.channelBlock();
    },
  };
}

const importAddon = async () => (await import('onnxruntime-node')) as unknown as OnnxRuntimeModule;

/** Its threads are set once for all graphs. */
async function importWeb(threads: number | undefined): Promise<OnnxRuntimeModule> {
  const ort = await import('onnxruntime-web');
  if (threads !== undefined) ort.env.wasm.numThreads = threads;
  return ort as unknown as OnnxRuntimeModule;
}

function addonVersion(): string {
  try {
    return (createRequire(import.meta.url)('onnxruntime-node/package.json') as { version: string }).version;
  } catch {
    return 'unknown';
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
