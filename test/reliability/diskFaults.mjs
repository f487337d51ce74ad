/**
 * Loaded before a program, its threads and the processes that it starts (`--import` in NODE_OPTIONS), it counts every step by which they change a disk, and at a
 * given step ends the process at once, or all of them, in the middle of the step where it has a middle; or lets the disk fail from there on; or sets the clock.
 * It also keeps, in a folder of its own, what a loss of power could not take: files as they were last synced, and folders as they were last synced.
 * What to do stands as JSON in LESIONLAB_DISK_FAULTS; see diskFaults.ts.
 */
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { join, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { threadId } from 'node:worker_threads';

const plan = JSON.parse(process.env.LESIONLAB_DISK_FAULTS ?? '{}');

/** As they were, for what is done here. */
const real = { ...fs };
const realPromises = { ...fs.promises };

const pathOf = (path) => resolve(path instanceof URL ? fileURLToPath(path) : String(path));
const isWatched = (path) => path !== undefined && (path === plan.root || path.startsWith(plan.root + sep));

const spaces = new Set(['open', 'mkdir', 'mkdtemp', 'write', 'truncate', 'link', 'symlink', 'cp', 'copyFile', 'sync']);
const failsWith = (kind, creates) =>
  plan.fail.code === 'ENOSPC' || plan.fail.code === 'EDQUOT'
    ? spaces.has(kind) && (kind !== 'open' || creates)
    : kind !== 'sync';

/** A byte for each step, by all threads of all processes: who appends one finds at least its own. */
const counter = real.openSync(plan.counter, 'a');
const steps = () => real.fstatSync(counter).size;
function countStep() {
  real.writeSync(counter, '.');
  return steps();
}

/** Whether this step is the one to be killed at, and nobody was before. */
function isLast(number, report) {
  if (!plan.kill || number < plan.kill.at) return false;
  try {
    real.writeFileSync(plan.report, JSON.stringify({ number, ...report }), { flag: 'wx' });
    return true;
  } catch {
    return false;
  }
}

/**
 * A step that is about to be taken.
 * @param half does a part of it
 */
function step(kind, path, half, creates = true) {
  if (!isWatched(path)) return;
  const number = countStep();
  if (isLast(number, { kind, path, torn: Boolean(plan.kill?.torn && half) })) {
    if (plan.kill.torn) half?.();
    // Zero: whatever the program has started, and itself.
    process.kill(plan.kill.all ? 0 : process.pid, 'SIGKILL');
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  }
  if (
    plan.fail &&
    number >= plan.fail.at &&
    number < plan.fail.at + (plan.fail.steps ?? 1e9) &&
    failsWith(kind, creates)
  ) {
    const { code } = plan.fail;
    throw Object.assign(new Error(`${code}: made to fail, ${kind} '${path}'`), { code, syscall: kind, path });
  }
}

/** A half of what is written. */
const halfOf = (data) => (typeof data === 'string' ? Buffer.from(data) : data).subarray(0, Math.floor(data.length / 2));

/** Files by what they are opened for, and by what they are called while open. */
const writes = (flags) => flags !== undefined && flags !== 'r' && flags !== 'rs' && flags !== 0;
const creates = (flags) => /[wa]/.test(String(flags));
const files = new Map();
const handles = new WeakMap();

// What a loss of power leaves.

const inode = ({ ino, birthtimeMs }) => `${ino}-${Math.round(birthtimeMs)}`;

let kept = 0;
/** Puts something into the ledger whole, so that whoever is killed meanwhile leaves what was there. */
function intoLedger(place, write) {
  const temporary = join(plan.ledger, `${process.pid}-${threadId}-${kept++}`);
  write(temporary);
  real.renameSync(temporary, join(plan.ledger, place));
}

function keepFile(path) {
  intoLedger(join('files', inode(real.lstatSync(path))), (to) => real.copyFileSync(path, to));
}

function keepFolder(path) {
  const entries = real.readdirSync(path).flatMap((name) => {
    // Another process may have taken it away since it was listed.
    const found = real.lstatSync(join(path, name), { throwIfNoEntry: false });
    if (!found) return [];
    const type = found.isDirectory() ? 'folder' : found.isSymbolicLink() ? 'link' : 'file';
    const target = type === 'link' ? { target: real.readlinkSync(join(path, name)) } : {};
    return [{ name, type, inode: inode(found), ...target }];
  });
  intoLedger(join('folders', `${inode(real.lstatSync(path))}.json`), (to) =>
    real.writeFileSync(to, JSON.stringify(entries)),
  );
}

function keep(path) {
  if (!plan.ledger || !isWatched(path)) return;
  try {
    if (real.lstatSync(path).isDirectory()) keepFolder(path);
    else keepFile(path);
  } catch (error) {
    // It was renamed while it was open, as nothing here does.
    if (error.code !== 'ENOENT') throw error;
  }
}

// Functions by path: the synchronous ones and those that promise.

function wrap(name, act) {
  const sync = `${name}Sync`;
  if (real[sync])
    fs[sync] = (...args) => {
      act(...args);
      return real[sync](...args);
    };
  if (realPromises[name])
    fs.promises[name] = async (...args) => {
      act(...args);
      return realPromises[name](...args);
    };
}

const removeHalf = (path) => {
  const names =
    real.existsSync(path) && real.lstatSync(path).isDirectory()
      ? real.readdirSync(path, { recursive: true }).sort()
      : [];
  for (const name of names.slice(0, Math.ceil(names.length / 2)))
    real.rmSync(join(path, name), { recursive: true, force: true });
};
const copyHalf = (from, to) => {
  if (!real.lstatSync(from).isDirectory()) return real.writeFileSync(to, halfOf(real.readFileSync(from)));
  const names = real.readdirSync(from).sort();
  real.mkdirSync(to, { recursive: true });
  for (const name of names.slice(0, Math.ceil(names.length / 2)))
    real.cpSync(join(from, name), join(to, name), { recursive: true });
};
wrap('writeFile', (path, data, options) => {
  if (handles.has(path)) return;
  step('write', pathOf(path), () => real.writeFileSync(path, halfOf(data), options));
});
const writeWhole = fs.promises.writeFile;
fs.promises.writeFile = async (path, data, options) => {
  await writeWhole(path, data, options);
  if (options?.flush) keep(pathOf(path));
};
wrap('appendFile', (path, data) => {
  if (typeof path !== 'object') step('write', pathOf(path), () => real.appendFileSync(path, halfOf(data)));
});
wrap('mkdir', (path) => step('mkdir', pathOf(path)));
wrap('mkdtemp', (prefix) => step('mkdtemp', pathOf(prefix)));
wrap('rename', (_from, to) => step('rename', pathOf(to)));
wrap('link', (_from, to) => step('link', pathOf(to)));
wrap('symlink', (_target, path) => step('symlink', pathOf(path)));
wrap('rm', (path) => step('rm', pathOf(path), () => removeHalf(pathOf(path))));
wrap('unlink', (path) => step('rm', pathOf(path)));
wrap('rmdir', (path) => step('rm', pathOf(path)));
wrap('truncate', (path) => step('truncate', pathOf(path)));
wrap('cp', (from, to) => step('cp', pathOf(to), () => copyHalf(pathOf(from), pathOf(to))));
wrap('copyFile', (from, to) => step('copyFile', pathOf(to), () => copyHalf(pathOf(from), pathOf(to))));

// Open files by number.

fs.openSync = (path, flags, mode) => {
  if (writes(flags)) step('open', pathOf(path), undefined, creates(flags));
  const file = real.openSync(path, flags, mode);
  files.set(file, pathOf(path));
  return file;
};
fs.closeSync = (file) => {
  files.delete(file);
  real.closeSync(file);
};
fs.writeSync = (file, data, offset, length, position) => {
  const part =
    typeof data === 'string'
      ? Buffer.from(data)
      : data.subarray(offset ?? 0, length === undefined ? undefined : (offset ?? 0) + length);
  step('write', files.get(file), () => real.writeSync(file, halfOf(part), 0, Math.floor(part.length / 2), position));
  return real.writeSync(file, data, offset, length, position);
};
fs.ftruncateSync = (file, length) => {
  step('truncate', files.get(file));
  real.ftruncateSync(file, length);
};
for (const name of ['fsyncSync', 'fdatasyncSync'])
  fs[name] = (file) => {
    step('sync', files.get(file));
    real[name](file);
    keep(files.get(file));
  };

// And by handle.

fs.promises.open = async (path, flags, mode) => {
  if (writes(flags)) step('open', pathOf(path), undefined, creates(flags));
  const handle = await realPromises.open(path, flags, mode);
  handles.set(handle, pathOf(path));
  patchHandles(Object.getPrototypeOf(handle));
  return handle;
};

let patched = false;
function patchHandles(prototype) {
  if (patched) return;
  patched = true;
  const own = Object.fromEntries(
    ['write', 'writeFile', 'appendFile', 'truncate', 'sync', 'datasync'].map((name) => [name, prototype[name]]),
  );
  const path = (handle) => handles.get(handle);
  prototype.write = async function (data, offset, length, position) {
    const part =
      typeof data === 'string'
        ? Buffer.from(data)
        : data.subarray(offset ?? 0, (offset ?? 0) + (length ?? data.length));
    // A place in the file comes second where a text is written.
    const place = typeof data === 'string' ? offset : position;
    step('write', path(this), () => real.writeSync(this.fd, halfOf(part), 0, Math.floor(part.length / 2), place));
    return own.write.call(this, data, offset, length, position);
  };
  for (const name of ['writeFile', 'appendFile'])
    prototype[name] = async function (data, ...rest) {
      step('write', path(this), () => real.writeSync(this.fd, halfOf(data)));
      return own[name].call(this, data, ...rest);
    };
  prototype.truncate = async function (length) {
    step('truncate', path(this));
    return own.truncate.call(this, length);
  };
  for (const name of ['sync', 'datasync'])
    prototype[name] = async function () {
      step('sync', path(this));
      await own[name].call(this);
      keep(path(this));
    };
}

if (plan.clock) {
  const RealDate = Date;
  let has = false;
  const now = () => {
    has ||= steps() >= plan.clock.at;
    return RealDate.now() + (has ? plan.clock.by : 0);
  };
  globalThis.Date = class extends RealDate {
    constructor(...args) {
      if (args.length === 0) super(now());
      else super(...args);
    }
    static now() {
      return now();
    }
  };
}

syncBuiltinESMExports();
