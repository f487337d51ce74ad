// Processor time and memory of the studio's server while many clients follow a training: each looks every 2 seconds, as the page does, at the summary, the
// epochs and the steps of a run that grows by a line every 100 ms. Beside them a tenth as many ask for a large file and stop reading.
// node bench/studioClients.mjs <folder of a run> [clients] [seconds] [lines of steps.jsonl at the beginning]
import { spawn } from 'node:child_process';
import { appendFileSync, cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, get } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const [run, clients = 200, seconds = 30, lines = 2000] = process.argv
  .slice(2)
  .map((word, i) => (i === 0 ? word : Number(word)));
const root = mkdtempSync(join(tmpdir(), 'lesionlab-clients-'));
cpSync(run, join(root, 'runs', 'live'), { recursive: true });
const steps = join(root, 'runs', 'live', 'steps.jsonl');
const line = (step) =>
  `${JSON.stringify({ step, epoch: step / 700, loss: 1.2345678, accuracy: 0.53125, imagesPerSecond: 412.5 })}\n`;
writeFileSync(steps, Array.from({ length: lines }, (_, i) => line(i + 1)).join(''));
writeFileSync(join(root, 'runs', 'live', 'model.onnx'), new Uint8Array(2 ** 26));

const server = spawn(
  process.execPath,
  [resolve(import.meta.dirname, '../bin/lesionlab.js'), 'studio', 'runs', '--no-open'],
  { cwd: root },
);
const url = await new Promise((done) =>
  server.stdout.on('data', (text) => /http:\S+/.test(text) && done(/http:\S+/.exec(text)[0])),
);
const { hostname, port, host } = new URL(url);

/** Seconds of processor time, and MiB in memory. */
function measure() {
  const fields = readFileSync(`/proc/${server.pid}/stat`, 'utf8').split(') ')[1].split(' ');
  const [, resident] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${server.pid}/status`, 'utf8'));
  return { processor: (Number(fields[11]) + Number(fields[12])) / 100, memory: Number(resident) / 1024 };
}

const agent = new Agent({ keepAlive: true, maxSockets: clients });
const times = [];
let bytes = 0;
/** Answers that were none, by their status or what the connection ended with. */
const failed = {};
const fail = (why) => {
  failed[why] = (failed[why] ?? 0) + 1;
};
const tags = Array.from({ length: clients }, () => ({}));
const ask = (client, path) =>
  new Promise((done) => {
    const began = performance.now();
    const headers = tags[client][path] ? { 'If-None-Match': tags[client][path] } : {};
    get({ hostname, port, path: `/api/runs/live${path}`, agent, headers }, (answer) => {
      tags[client][path] = answer.headers.etag;
      answer.on('data', (part) => {
        bytes += part.length;
      });
      answer.on('end', () => {
        if (![200, 304].includes(answer.statusCode)) fail(answer.statusCode);
        times.push(performance.now() - began);
        done();
      });
    }).on('error', ({ code }) => {
      fail(code);
      done();
    });
  });

const end = performance.now() + seconds * 1000;
let written = lines;
const training = setInterval(() => appendFileSync(steps, line(++written)), 100);
const stopped = Array.from({ length: clients / 10 }, () => {
  const socket = connect(Number(port), hostname);
  socket.on('error', () => {});
  socket.write(`GET /api/runs/live/files/model.onnx HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
  socket.pause();
  return socket;
});
const before = measure();
let largest = 0;
const watch = setInterval(() => {
  largest = Math.max(largest, measure().memory);
}, 200);
await Promise.all(
  tags.map(async (_, client) => {
    await new Promise((next) => setTimeout(next, Math.random() * 2000));
    while (performance.now() < end) {
      const began = performance.now();
      for (const path of ['', '/files/metrics.jsonl', '/files/steps.jsonl']) await ask(client, path);
      await new Promise((next) => setTimeout(next, Math.max(0, 2000 - (performance.now() - began))));
    }
  }),
);
const after = measure();
clearInterval(training);
clearInterval(watch);
for (const socket of stopped) socket.destroy();
server.kill();
rmSync(root, { recursive: true, force: true });
times.sort((a, b) => a - b);
console.log({
  clients,
  seconds,
  lines,
  requests: times.length,
  failed,
  mebibytes: Math.round(bytes / 2 ** 20),
  processorShare: Number(((after.processor - before.processor) / seconds).toFixed(3)),
  memoryBefore: Math.round(before.memory),
  memoryLargest: Math.round(largest),
  medianMs: Number(times[times.length >> 1].toFixed(1)),
  slowestMs: Math.round(times.at(-1)),
});
agent.destroy();
