import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/** A process, told from every other: its number alone is given out again, and on each machine and in each container anew. */
export interface Owner {
  readonly host: string;
  /** One start of a machine, where the system tells it (Linux). */
  readonly boot: string | null;
  /** The space that process numbers are from: containers have their own. */
  readonly pids: string | null;
  readonly pid: number;
  /** When it started, in the system's own unit; null where the system doesn't tell. */
  readonly started: string | null;
}

let self: Owner | undefined;

/** This process. */
export function thisProcess(): Owner {
  self ??= {
    host: hostname(),
    boot: textOf(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8')),
    pids: textOf(() => readlinkSync('/proc/self/ns/pid')),
    pid: process.pid,
    started: processState(process.pid)?.started ?? null,
  };
  return self;
}

/** Whether an owner runs; `unknown` where it is of another machine, another start of it, or another container. */
export function livenessOf(owner: Owner, own: Owner = thisProcess()): 'alive' | 'dead' | 'unknown' {
  // Without such marks, machines are told by their names.
  if (owner.boot !== own.boot || owner.pids !== own.pids || (own.boot === null && owner.host !== own.host))
    return 'unknown';
  if (own.boot === null) return isRunning(owner.pid) ? 'alive' : 'dead';
  const state = processState(owner.pid);
  // A number that another process has got since; one that has ended, and that its parent hasn't noticed yet.
  if (!state || (owner.started !== null && state.started !== owner.started) || 'ZX'.includes(state.state))
    return 'dead';
  return 'alive';
}

/** Source: proc(5), /proc/pid/stat: the name stands in brackets and may hold anything, fields 3 and 22 are state and start. */
function processState(pid: number): { readonly state: string; readonly started: string } | undefined {
  const line = textOf(() => readFileSync(`/proc/${pid}/stat`, 'utf8'));
  if (line === null) return undefined;
  const fields = line.slice(line.lastIndexOf(')') + 2).split(' ');
  return { state: fields[0], started: fields[19] };
}

/** Whether this machine runs a process of this number. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Somebody else's process.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function textOf(read: () => string): string | null {
  try {
    return read().trim();
  } catch {
    return null;
  }
}
