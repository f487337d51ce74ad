import { requireLabels, requireLength, requireWeights } from '../checks.js';
import { encodeMetadata } from '../data/preparation/metadataInput.js';
import { elementCount, type Shape } from '../graph/index.js';
import type { DropoutMask, Network } from '../nn/index.js';
import { fillLossTargets, sumLossWeights } from '../nn/lossTargets.js';
import { Random } from '../random.js';
import type { DeviceTensor, Session, TensorLike } from '../runtime/index.js';
import { BatchAhead } from './optimisation/batchAhead.js';
import { fillSoftTargets } from './optimisation/distillation.js';
import { drawMix, mixImages } from './optimisation/mixBatch.js';
import { mixRows } from './optimisation/mixup.js';
import type { TrainerOptions } from './trainerOptions.js';

/** What a batch is besides its images and labels. */
export interface BatchOptions {
  /** Whether class weights count; else all images count alike. Default true. */
  readonly weighted?: boolean;
  /** [N * width], encoded, of the batch's images, where the model takes metadata; default: nothing is known of them. Mixed in place as the images are. */
  readonly metadata?: Float32Array;
  /** [N * K], the teacher's probabilities for the images of the batch as they are; needed where `distillation` is asked for. */
  readonly teacher?: ArrayLike<number>;
}

/** What the graph of a step takes of a batch. */
export interface PreparedBatch {
  /** By the names of the graph's inputs. */
  readonly feeds: Readonly<Record<string, TensorLike | DeviceTensor>>;
  /** Sum of the class weights of the labels. */
  readonly weight: number;
  /** What the loss has besides that the graph computes: what no weight of the network changes. */
  readonly unchanged: number;
  /** Gives back what lies on the graphics card, once the step is done. */
  close(): void;
}

type Values = TensorLike & { readonly data: Float32Array };

/** Makes what the graph of a training takes of each batch: targets, mixed images, masks of dropout, all by the seed and the step alone. */
export class StepInputs {
  readonly #shape: Shape;
  readonly #targets: Values;
  readonly #masks: readonly { readonly mask: DropoutMask; readonly data: Float32Array }[];
  readonly #alike: readonly number[];
  /** [N * width], of images of which nothing is known; empty where the model takes no metadata. */
  readonly #unknown: Float32Array;
  readonly #softTargets: { readonly softTargets?: Values };
  readonly #logitOffsets: { readonly logitOffsets?: Values };
  readonly #ahead: BatchAhead | undefined;
  #classWeights: readonly number[];

  /** @param upload of the session that takes them, where it can have them before their step */
  constructor(
    readonly options: TrainerOptions,
    network: Pick<Network, 'masks'>,
    upload: Session['upload'],
  ) {
    const { batchSize, classCount, imageSize, inputShape = [3, imageSize, imageSize], logitOffsets } = options;
    this.#shape = [batchSize, ...inputShape];
    this.#classWeights = options.classWeights;
    this.#alike = new Array<number>(classCount).fill(1);
    this.#logitOffsets = logitOffsets
      ? { logitOffsets: { data: Float32Array.from(logitOffsets), shape: [classCount] } }
      : {};
    const unknown = options.model.metadata ? encodeMetadata(options.model.metadata, {}) : new Float32Array();
    this.#unknown = Float32Array.from({ length: batchSize * unknown.length }, (_, i) => unknown[i % unknown.length]);
    const table = () => ({ data: new Float32Array(batchSize * classCount), shape: [batchSize, classCount] });
    this.#targets = table();
    this.#softTargets = options.distillation ? { softTargets: table() } : {};
    this.#masks = network.masks.map((mask) => ({ mask, data: new Float32Array(elementCount(mask.shape)) }));
    this.#ahead = upload && new BatchAhead(upload);
  }

  /** As `Trainer.balanceClasses`. */
  balanceClasses({ classWeights, logitOffsets }: Pick<TrainerOptions, 'classWeights' | 'logitOffsets'>): void {
    requireWeights('classWeights', classWeights, this.options.classCount, 'one a class');
    this.#classWeights = classWeights;
    const offsets = this.#logitOffsets.logitOffsets;
    if (!logitOffsets && !offsets) return;
    requireLength(
      'logitOffsets',
      logitOffsets ?? [],
      offsets?.data.length ?? 0,
      'one a class where the graph has such an input, else none',
    );
    offsets!.data.set(logitOffsets!);
  }

  /**
   * The inputs of a step, in memory that the next step's take again.
   * @param images [N, 3, S, S], mixed in place @param labels [N] @param step steps before it
   * @throws LesionlabError kind `usage` where lengths or a label don't fit
   */
  prepare(
    images: Float32Array,
    labels: Int32Array,
    step: number,
    { weighted = true, teacher, metadata = this.#unknown.slice() }: BatchOptions,
  ): PreparedBatch {
    const { batchSize, classCount, labelSmoothing } = this.options;
    const classWeights = weighted ? this.#classWeights : this.#alike;
    const shape = this.#shape;
    requireLength('images', images, elementCount(shape), `${batchSize} images of [${shape.slice(1).join(', ')}]`);
    requireLength('labels', labels, batchSize, `one for each of ${batchSize} images`);
    requireLabels('labels', labels, classCount);
    requireLength('metadata', metadata, this.#unknown.length, `rows for ${batchSize} images`);
    fillLossTargets(labels, classWeights, labelSmoothing, this.#targets.data);
    const unchanged = this.#distil(teacher);
    const mix = this.#drawMix(step);
    const there = this.#ahead?.take(images, step);
    if (mix) {
      if (!there) mixImages(images, batchSize, mix);
      mixRows(this.#targets.data, batchSize, mix.share);
      if (this.#softTargets.softTargets) mixRows(this.#softTargets.softTargets.data, batchSize, mix.share);
      mixRows(metadata, batchSize, mix.share);
    }
    return {
      feeds: {
        ...this.#drawMasks(step),
        images: there ?? { data: images, shape },
        targets: this.#targets,
        ...this.#logitOffsets,
        ...this.#softTargets,
        ...(metadata.length > 0 && { metadata: { data: metadata, shape: [batchSize, metadata.length / batchSize] } }),
      },
      weight: sumLossWeights(labels, classWeights),
      unchanged,
      close: () => there?.close(),
    };
  }

  /** As `Trainer.sendsAhead`. */
  get sendsAhead(): boolean {
    return this.#ahead !== undefined;
  }

  /** As `Trainer.sendAhead`. */
  sendAhead(images: Float32Array, step: number): void {
    const mix = this.#drawMix(step);
    if (mix) mixImages(images, this.options.batchSize, mix);
    this.#ahead?.send({ data: images, shape: this.#shape }, step);
  }

  /** Gives back what was sent for a step that does not come. */
  close(): void {
    this.#ahead?.close();
  }

  #drawMix(step: number) {
    const { imageSize, seed = 0 } = this.options;
    return drawMix(this.options, { seed, step, imageSize });
  }

  /** Writes the targets that come of a teacher's answers, and leaves the rest to the labels. @returns what the loss has besides */
  #distil(teacher: ArrayLike<number> | undefined): number {
    const { distillation, batchSize } = this.options;
    if (!distillation) return 0;
    const { data } = this.#softTargets.softTargets!;
    const unchanged = fillSoftTargets(teacher ?? [], batchSize, distillation, data);
    for (let i = 0; i < data.length; i++) this.#targets.data[i] *= 1 - distillation.share;
    return unchanged;
  }

  /** Masks of a step: they follow from the seed and the step, so that a resumed training draws the same. */
  #drawMasks(step: number): Record<string, TensorLike> {
    const feeds: Record<string, TensorLike> = {};
    for (const { mask, data } of this.#masks) {
      const random = new Random(this.options.seed ?? 0, mask.name, step);
      for (let i = 0; i < data.length; i++) data[i] = random.next() < mask.rate ? 0 : 1 / (1 - mask.rate);
      feeds[mask.name] = { data, shape: mask.shape };
    }
    return feeds;
  }
}
