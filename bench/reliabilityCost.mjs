// Seconds that leases, checksums and syncs take of a training: every call of theirs is timed, in all threads of the program.
// node bench/reliabilityCost.mjs <data> [words for train, such as --preset lenet --epochs 1]
import { spawn } from 'node:child_process';
import fs, { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { getEnvironmentData, isMainThread, setEnvironmentData } from 'node:worker_threads';
import zlib from 'node:zlib';

const report = process.env.LESIONLAB_COST_REPORT;
if (report) time(report);
else await measure();

async function measure() {
  const [data, ...words] = process.argv.slice(2);
  const root = mkdtempSync(join(tmpdir(), 'lesionlab-cost-'));
  try {
    for (const cache of ['empty', 'filled']) {
      const file = join(root, `${cache}.json`);
      const began = performance.now();
      const status = await new Promise((done) =>
        spawn(
          process.execPath,
          [
            ...['--import', fileURLToPath(import.meta.url), resolve(import.meta.dirname, '../bin/lesionlab.js')],
            ...['train', resolve(data), '--run', join(root, cache), '--quiet', ...words],
          ],
          {
            stdio: ['ignore', 'ignore', 'inherit'],
            env: { ...process.env, LESIONLAB_CACHE: join(root, 'cache'), LESIONLAB_COST_REPORT: file },
          },
        ).on('close', done),
      );
      if (status !== 0) throw new Error(`train ended with status ${status}`);
      const seconds = (performance.now() - began) / 1000;
      console.log({ cache, seconds: Number(seconds.toFixed(1)), ...JSON.parse(readFileSync(file, 'utf8')) });
    }
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

/** In the program: wraps what leases, checksums and syncs call. */
function time(file) {
  const names = ['lease', 'checksum', 'sync'];
  const key = 'bench: seconds of reliability';
  const totals = new BigInt64Array(getEnvironmentData(key) ?? new SharedArrayBuffer(16 * names.length));
  if (isMainThread) setEnvironmentData(key, totals.buffer);
  const add = (name, began) => {
    const at = 2 * names.indexOf(name);
    Atomics.add(totals, at, 1n);
    Atomics.add(totals, at + 1, process.hrtime.bigint() - began);
  };
  const sync = (name, call) =>
    function (...args) {
      const began = process.hrtime.bigint();
      try {
        return call.apply(this, args);
      } finally {
        add(name, began);
      }
    };
  const promised = (name, call) =>
    async function (...args) {
      const began = process.hrtime.bigint();
      try {
        return await call.apply(this, args);
      } finally {
        add(name, began);
      }
    };
  zlib.crc32 = sync('checksum', zlib.crc32);
  const isLease = (path) => typeof path === 'string' && basename(path).startsWith('.lesionlab-lease');
  for (const [module, wrap] of [
    [fs, sync],
    [fs.promises, promised],
  ])
    for (const own of ['readFile', 'writeFile', 'link', 'rename', 'rm', 'stat', 'utimes'].flatMap((n) => [
      n,
      `${n}Sync`,
    ])) {
      const real = module[own];
      // Callbacks of `fs` itself are not used for leases.
      if (!real || (module === fs && !own.endsWith('Sync'))) continue;
      const timed = wrap('lease', real);
      module[own] = function (path, ...rest) {
        return (isLease(path) || isLease(rest[0]) ? timed : real).call(this, path, ...rest);
      };
    }
  const { open } = fs.promises;
  let patched = false;
  fs.promises.open = async (...args) => {
    const handle = await open(...args);
    if (!patched) {
      patched = true;
      const prototype = Object.getPrototypeOf(handle);
      for (const own of ['sync', 'datasync']) prototype[own] = promised('sync', prototype[own]);
    }
    return handle;
  };
  for (const own of ['fsyncSync', 'fdatasyncSync']) fs[own] = sync('sync', fs[own]);
  syncBuiltinESMExports();
  if (isMainThread)
    process.on('exit', () => {
      const of = (name) => {
        const at = 2 * names.indexOf(name);
        return { calls: Number(totals[at]), seconds: Number((Number(totals[at + 1]) / 1e9).toFixed(3)) };
      };
      writeFileSync(file, JSON.stringify(Object.fromEntries(names.map((name) => [name, of(name)]))));
    });
}
