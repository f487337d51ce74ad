import type { DeviceTensor, Session, TensorLike } from '../../runtime/index.js';

/** The images of the next step, put on the graphics card while the step before is computed there. */
export class BatchAhead {
  #waiting: { readonly images: TensorLike['data']; readonly step: number; readonly tensor: DeviceTensor } | undefined;
  #closed = false;

  constructor(readonly upload: NonNullable<Session['upload']>) {}

  send(images: TensorLike, step: number): void {
    if (this.#closed) return;
    this.#waiting?.tensor.close();
    this.#waiting = { images: images.data, step, tensor: this.upload(images) };
  }

  /** What was sent for a step, which closes it; undefined where that got other images. */
  take(images: TensorLike['data'], step: number): DeviceTensor | undefined {
    const found = this.#waiting;
    if (found?.images !== images || found.step !== step) return undefined;
    this.#waiting = undefined;
    return found.tensor;
  }

  /** Nothing is sent any more. */
  close(): void {
    this.#closed = true;
    this.#waiting?.tensor.close();
    this.#waiting = undefined;
  }
}
