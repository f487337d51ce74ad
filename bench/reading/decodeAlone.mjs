// Seconds that decoding and lesionlab's own resizing take alone: the files are in memory, as many threads as asked for take one after the other,
// and nothing is kept. What a run needs beyond that until its first step is its own.
//   node bench/reading/decodeAlone.mjs <data> [--threads 2] [--image-size 224]
import { parseArgs } from 'node:util';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';

if (isMainThread) {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { threads: { type: 'string', default: '2' }, 'image-size': { type: 'string', default: '224' } },
  });
  const { openDataset } = await import('../../dist/node/dataset/openDataset.js');
  const dataset = await openDataset(positionals[0]);
  const files = [];
  let bytes = 0;
  for (const { imageId } of dataset.records) {
    const read = await dataset.images.read(imageId);
    const file = new Uint8Array(new SharedArrayBuffer(read.length));
    file.set(read);
    bytes += file.length;
    files.push(file);
  }
  await dataset.images.close();
  const next = new Int32Array(new SharedArrayBuffer(4));
  const workers = Array.from(
    { length: Number(values.threads) },
    () =>
      new Worker(new URL(import.meta.url), { workerData: { files, next, imageSize: Number(values['image-size']) } }),
  );
  await Promise.all(workers.map((worker) => new Promise((resolve) => worker.once('message', resolve))));
  const cpu = process.cpuUsage();
  const began = performance.now();
  for (const worker of workers) worker.postMessage('begin');
  await Promise.all(workers.map((worker) => new Promise((resolve) => worker.once('exit', resolve))));
  const seconds = (performance.now() - began) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  console.log(
    JSON.stringify({
      images: files.length,
      megabytes: Math.round(bytes / 1e6),
      seconds,
      cpuSeconds: (user + system) / 1e6,
    }),
  );
} else {
  const { sharpCodec } = await import('../../dist/node/files/codec.js');
  const { fitImage } = await import('../../dist/image/fitImage.js');
  const { files, next, imageSize } = workerData;
  parentPort.once('message', async () => {
    // Two at a time: one is decoded while the other is resized.
    const work = async () => {
      for (let i = Atomics.add(next, 0, 1); i < files.length; i = Atomics.add(next, 0, 1))
        fitImage(await sharpCodec.decode(new Uint8Array(files[i])), { imageSize, fit: 'squash' });
    };
    await Promise.all([work(), work()]);
    parentPort.close();
  });
  parentPort.postMessage('ready');
}
