import { Graph, type Shape, toOnnx } from '../../graph/index.js';
import type { DeviceTensor, OpenOptions, Runtime, Session, TensorLike } from '../../runtime/index.js';
import { adamConstants } from './optimizers.js';
import type { ParameterArray } from './parameterStore.js';
import type { RunningStatistics } from './runningStatistics.js';
import { type HeldValue, heldName, nextOf, updateNumbers } from './updateGraph.js';

/** Copies in this program's memory of what lies on the device. */
export interface HostCopies {
  /** Arrays over all parameters by the name of their part: `parameters`, the optimizer's, `average`. */
  readonly arrays: Readonly<Record<string, ParameterArray>>;
  readonly statistics: RunningStatistics;
}

/**
 * Parameters, optimizer's state, averages and running statistics of a training on a graphics card, where they stay: a step sends images and a few
 * numbers there, and the loss and the logits back. Each step writes a new set of tensors and gives the one before back.
 */
export class DeviceState {
  #held: Record<string, DeviceTensor> = {};
  /** Which of both is newer. */
  #newer: 'device' | 'copies' | 'neither' = 'neither';

  private constructor(
    readonly session: Session,
    readonly values: readonly HeldValue[],
    readonly copies: HostCopies,
    readonly upload: Session,
    readonly download: Session,
  ) {}

  /** @param session of a graph that `appendUpdate` completed, opened with `keptOutputs(values)` */
  static async open(
    runtime: Runtime,
    session: Session,
    values: readonly HeldValue[],
    copies: HostCopies,
    open: OpenOptions,
  ): Promise<DeviceState> {
    const copy = (kept: readonly string[]) =>
      runtime.open(copyGraph(values), { ...open, profilePrefix: undefined, kept, mayDiverge: true });
    const state = new DeviceState(
      session,
      values,
      copies,
      await copy(values.map(({ name }) => outOf(name))),
      await copy([]),
    );
    await state.write();
    return state;
  }

  /** Whether the copies may be read. */
  get known(): boolean {
    return this.#newer !== 'device';
  }

  /** Tells that the copies were written; the next step begins with them. */
  replaceCopies(): void {
    this.#newer = 'copies';
  }

  /**
   * One step. @param feeds images, targets and what else the graph asks for @returns loss [] and logits [N, K]; where the loss is no finite
   * number everything stays as it was
   */
  async step(feeds: Readonly<Record<string, TensorLike | DeviceTensor>>, numbers: StepNumbers) {
    if (this.#newer === 'copies') await this.write();
    const { outputs, kept } = await this.session.runThere({ ...this.#held, ...feeds, ...numberFeeds(numbers) });
    const next = Object.fromEntries(this.values.map(({ name }) => [name, kept[nextOf(name)]]));
    const learned = Number.isFinite((outputs.loss.data as Float32Array)[0]);
    closeAll(learned ? this.#held : next);
    if (learned) {
      this.#held = next;
      this.#newer = 'device';
      this.copies.statistics.count();
    }
    return outputs as Record<'loss' | 'logits', TensorLike & { readonly data: Float32Array }>;
  }

  /** Puts the copies on the device. */
  async write(): Promise<void> {
    const feeds = Object.fromEntries(this.#pairs().map(([name, tensor]) => [inOf(name), tensor]));
    const { kept } = await this.upload.runThere(feeds);
    closeAll(this.#held);
    this.#held = Object.fromEntries(this.values.map(({ name }) => [name, kept[outOf(name)]]));
    this.#newer = 'neither';
  }

  /** Brings the copies up to what the device holds. */
  async read(): Promise<void> {
    if (this.known) return;
    const feeds = Object.fromEntries(this.values.map(({ name }) => [inOf(name), this.#held[name]]));
    const { outputs } = await this.download.runThere(feeds);
    for (const [name, { data }] of this.#pairs()) data.set(outputs[outOf(name)].data as Float32Array);
    this.#newer = 'neither';
  }

  async close(): Promise<void> {
    closeAll(this.#held);
    for (const session of [this.upload, this.download, this.session]) await session.close();
  }

  /** Each held value's copy. */
  #pairs(): [string, TensorLike & { readonly data: Float32Array }][] {
    const { arrays, statistics } = this.copies;
    const copies = new Map(Object.entries(statistics.feeds));
    for (const [part, { views }] of Object.entries(arrays))
      for (const [name, view] of Object.entries(views)) copies.set(heldName(part, name), view);
    return this.values.map(({ name }) => [name, copies.get(name)!]);
  }
}

/** What a step is told beside its batch. */
export interface StepNumbers {
  /** Steps done before this one. */
  readonly step: number;
  readonly learningRate: number;
  /** Of the weights' moving average. */
  readonly averageDecay: number;
}

/** Names of outputs that stay on the device. */
export const keptOutputs = (values: readonly HeldValue[]): string[] => values.map(({ name }) => nextOf(name));

function numberFeeds({ step, learningRate, averageDecay }: StepNumbers): Record<string, TensorLike> {
  const { beta1, beta2 } = adamConstants;
  const t = step + 1;
  const numbers: Record<keyof typeof updateNumbers, number> = {
    learningRate,
    firstCorrection: 1 / (1 - beta1 ** t),
    secondCorrection: 1 / Math.sqrt(1 - beta2 ** t),
    averageDecay,
  };
  return Object.fromEntries(
    Object.entries(updateNumbers).map(([key, name]) => [
      name,
      { data: Float32Array.of(numbers[key as keyof typeof numbers]), shape: [] },
    ]),
  );
}

const inOf = (name: string) => `in/${name}`;
const outOf = (name: string) => `out/${name}`;

/** Hands every value on: the way up and down, where a runtime has no other. */
function copyGraph(values: readonly { readonly name: string; readonly shape: Shape }[]): Uint8Array {
  const graph = new Graph({ target: 'webgpu' });
  for (const { name, shape } of values) {
    const value = graph.input(inOf(name), shape);
    graph.output(outOf(name), graph.node('Identity', [value], shape));
  }
  return toOnnx(graph);
}

function closeAll(held: Readonly<Record<string, DeviceTensor>>): void {
  for (const tensor of Object.values(held)) tensor.close();
}
