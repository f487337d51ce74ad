/** Images that go through the network at a time; fewer where there are fewer. */
export const predictionBatchSize = 32;

/** onnxruntime-node occupies the thread while it runs: only between batches can signals and timers be heard. */
export const pause = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
