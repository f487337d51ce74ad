import type { Shape, TensorData } from '../graph/graph.js';

/** What a graph is computed on: the CPU (in a page WebAssembly) or a graphics card by WebGPU. */
export type Device = 'cpu' | 'webgpu';

/** A tensor outside a graph: data with its shape. */
export interface TensorLike {
  readonly data: TensorData;
  readonly shape: Shape;
}

/** A tensor that lies where the graph runs: an output that stayed there, which later runs of any session on that device take as an input. */
export interface DeviceTensor {
  readonly shape: Shape;
  /** Gives its memory back. No run may read it then. */
  close(): void;
}

/** Bytes of tensors that passed between a session and this program since it was opened. */
export interface Traffic {
  /** Of feeds that are data. */
  readonly up: number;
  /** Of outputs that are data. */
  readonly down: number;
}

/** How a graph is run. */
export interface OpenOptions {
  /** The file that the model was read from, for messages; left out for a network that was built here. */
  readonly file?: string;
  readonly device?: Device;
  /** Threads within an operator; the runtime's choice where left out. */
  readonly threads?: number;
  /** Let idle threads spin while they wait: faster alone, harmful beside other work on the same cores. Default true. */
  readonly spin?: boolean;
  /** Refuse operators that the device lacks instead of running them on the CPU. */
  readonly strictDevice?: boolean;
  /**
   * Give out what is no finite number as well, as a network does whose training diverges; otherwise it is refused wherever a network answers.
   */
  readonly mayDiverge?: boolean;
  /** Names of outputs that `runThere` leaves where the graph runs. */
  readonly kept?: readonly string[];
  /** Write onnxruntime's profile to a file that begins with this path (Node only). */
  readonly profilePrefix?: string;
}

/** An opened graph, ready to run. */
export interface Session {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  /**
   * Runs the graph once.
   * @throws LesionlabError kind `run` where it can't be run with these feeds, memory is lacking, or an output holds NaN or infinity
   * @param feeds one tensor an input
   * @param targets arrays that outputs are written into, by output name; these outputs cost no allocation. Never share
   *   memory with a feed. Outputs that aren't named here come in new arrays.
   * @param wanted names of the outputs to compute, all where left out
   */
  run(
    feeds: Readonly<Record<string, TensorLike>>,
    targets?: Readonly<Record<string, TensorLike>>,
    wanted?: readonly string[],
  ): Promise<Record<string, TensorLike>>;
  /**
   * Runs the graph once and leaves the outputs of `OpenOptions.kept` where it runs; whoever calls closes them.
   * @param feeds one tensor an input, data or what a run on the same device kept
   * @throws LesionlabError kind `run` as `run` does
   */
  runThere(feeds: Readonly<Record<string, TensorLike | DeviceTensor>>): Promise<{
    readonly outputs: Readonly<Record<string, TensorLike>>;
    readonly kept: Readonly<Record<string, DeviceTensor>>;
  }>;
  /**
   * Puts data where the graph runs, for a later run to take, without waiting for one that goes on; whoever calls closes it. Left out where
   * the runtime has no such way (onnxruntime-node), or the graph runs in this program's memory.
   */
  readonly upload?: (tensor: TensorLike) => DeviceTensor;
  readonly traffic: Traffic;
  /** Writes the profile where one was asked for. */
  endProfile(): void;
  /** Gives the memory back. */
  close(): Promise<void>;
}

/** onnxruntime, wherever it runs: Node's addon or WebAssembly. */
export interface Runtime {
  readonly name: string;
  readonly version: string;
  /** @throws LesionlabError kind `run` where the bytes are no model that this device can run */
  open(model: Uint8Array, options?: OpenOptions): Promise<Session>;
  /**
   * Channels that the CPU's fastest kernels want side by side (8 with AVX2, 16 with AVX-512); undefined where there are no such
   * kernels. See `graph/blocked/layout.ts`.
   */
  channelBlock(): Promise<number | undefined>;
}
