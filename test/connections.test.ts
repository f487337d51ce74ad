import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';

const root = resolve(import.meta.dirname, '..');

/** Ways to a connection: Node's modules, libraries for it, and what browsers have. */
const ways =
  /from '(node:)?(http|https|http2|net|tls|dgram|dns)(\/promises)?'|from '(undici|@hono\/node-server|ioredis|bullmq|s3mini)|\bfetch\(|XMLHttpRequest|new (WebSocket|EventSource|RTCPeerConnection|WebTransport)\b|sendBeacon|child_process'/;

/** Every file that could open one, and why none of another machine comes of it, unless somebody names that machine. */
const allowed: Readonly<Record<string, string>> = {
  'src/node/jobs/queue/openRedis.ts': 'the queue whose address `worker` or `--on` names',
  'src/node/jobs/queue/askQueue.ts': 'the connection to the queue that `--on` names',
  'src/node/jobs/queue/asking.ts': 'the same connection',
  'src/node/jobs/queue/joinQueue.ts': 'the connection to the queue that `worker` names',
  'src/node/jobs/queue/workerPresence.ts': 'the same connection',
  'src/node/jobs/queue/resultStore.ts': 'the store that the address of `--on` names',
  'src/node/download/httpClient.ts': 'the command `download`, which names its sources and asks first',
  'src/node/studio/limitRequests.ts': 'looks at connections of the studio’s own server',
  'src/node/studio/startStudio.ts': 'serves on the loopback interface',
  'src/node/studio/studioApp.ts': 'serves files on the loopback interface',
  'src/node/studio/listenOnLoopback.ts': 'serves on the loopback interface',
  'src/browser/modelSource.ts': 'an address that a caller of the library names',
  'web/src/views/predict/ExampleImages.tsx': 'files of the page itself',
  'web/src/views/predict/modelSources.ts': 'files of the page itself',
  'web/src/views/guide/figures/guessPreprocessing.ts': 'files of the page itself',
  'web/src/browser/askServer.ts': 'the server that the page came from',
  'web/src/browser/localServer.ts': 'the server that the page came from',
  'web/src/runs/exampleRuns.ts': 'files of the page itself',
};
/** Start programs of this machine that open none. */
const programs: Readonly<Record<string, string>> = {
  'src/node/jobs/jobProcess.ts': 'lesionlab itself',
  'src/node/jobs/slurm/callSlurm.ts': 'sbatch, squeue and their kind, for `--on slurm`',
  'src/node/bench/benchEpoch.ts': 'Python, for a comparison that was asked for',
  'src/node/bench/torchProcess.ts': 'Python, for a comparison that was asked for',
  'src/node/bench/peakMemory.ts': 'lesionlab itself',
  'src/node/machine/doctorChecks.ts': 'asks the system what it has',
  'src/node/machine/instructionSets.ts': 'asks the system what it has',
  'src/node/studio/estimateWork.ts': 'lesionlab itself',
  'src/node/studio/openInBrowser.ts': 'the browser, with the address of the studio on this machine',
};

const sources = ['src', 'web/src', 'bin'].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.(ts|tsx|js|mjs)$/.test(path))
    .map((path) => `${folder}/${path.replaceAll('\\', '/')}`),
);

test('only the files named here can open a connection', () => {
  const found = sources.filter((path) => ways.test(readFileSync(join(root, path), 'utf8'))).sort();
  expect(found).toEqual([...Object.keys(allowed), ...Object.keys(programs)].sort());
});

test('nothing but the command `download` imports what fetches files', () => {
  const importers = sources.filter((path) =>
    /(?:from|import\() ?'.*\/download\/(httpClient|transferFile|downloadFiles)\.js'/.test(
      readFileSync(join(root, path), 'utf8'),
    ),
  );
  expect(importers.filter((path) => !path.startsWith('src/node/download/'))).toEqual(['src/cli/commands/download.ts']);
});

test('a queue is joined or asked where somebody named it, and nothing else loads what connects to one', () => {
  const importers = (pattern: RegExp) => sources.filter((path) => pattern.test(readFileSync(join(root, path), 'utf8')));
  const inQueue = (path: string) => path.startsWith('src/node/jobs/queue/');
  const connecting =
    /(?:from|import\() ?'.*\/(openRedis|askQueue|asking|joinQueue|workerPresence|runResults|resultStore)\.js'/;
  expect(importers(connecting).filter((path) => !inQueue(path))).toEqual(['src/cli/commands/worker.ts']);
  // The place `redis://` of plans loads it once it is chosen by its address.
  const queue = readFileSync(join(root, 'src/node/jobs/queue/queue.ts'), 'utf8');
  expect(queue).toMatch(/await import\('\.\/askQueue\.js'\)/);
  expect(queue).not.toMatch(/^import .*'(ioredis|bullmq)'/m);
});

test('addresses of other machines stand in sources of downloads, in links and in names of schemas alone', () => {
  // A link is followed by a person; what code could fetch is in the files above.
  const fetched = Object.keys(allowed).filter((path) =>
    /https?:\/\/(?!127\.0\.0\.1|localhost|\$)/.test(readFileSync(join(root, path), 'utf8')),
  );
  expect(fetched).toEqual([]);
});
