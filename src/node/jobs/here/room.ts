import type { PlannedJob } from '../../../jobs/plan.js';
import { canonicalJson } from '../../../jobs/planText.js';

/** What a machine has for jobs. */
export interface RoomOptions {
  readonly cores: number;
  /** Bytes of memory that processes could still have. */
  readonly available: () => number;
  /** Jobs at once at most. */
  readonly beside?: number;
  /** Whose turn comes first, where several wait: what goes on with a training goes before the next one. Those that are left out come last. */
  readonly order?: readonly PlannedJob[];
  /** Milliseconds; tests bring their own clock. */
  readonly now?: () => number;
}

/** Lets jobs in as long as there are cores and memory for them, in the plan's order, else as they came. */
export interface Room {
  /** Waits for room. @returns whether the job may begin; false once the room is closed */
  enter(job: PlannedJob): Promise<boolean>;
  /** Which process does it, whose memory counts from now on. */
  assign(job: PlannedJob, process: object): void;
  /** What a process has in memory. */
  measure(process: object, bytes: number): void;
  /** It trains by now: what it has in memory tells what others like it need. */
  works(job: PlannedJob): void;
  leave(job: PlannedJob): void;
  close(): void;
}

interface Guest {
  readonly kind: string;
  process?: object;
  bytes: number;
  /** Since when it does what it is for. */
  worksSince?: number;
}

/** Milliseconds of work after which a process has what it needs, as a rule. */
const settled = 3000;
/** What a job may need beyond what others like it had. */
const reserve = 1.15;

/**
 * Cores are counted by the threads of the plan. Memory is measured: of jobs that differ in seed and split alone, the first shows what one needs, and others
 * begin beside it once it has trained for a moment and there is as much left. One job at a time always finds room.
 */
export function createRoom({
  cores,
  available,
  beside = Number.POSITIVE_INFINITY,
  order = [],
  now = () => performance.now(),
}: RoomOptions): Room {
  const guests = new Map<PlannedJob, Guest>();
  const known = new Map<string, number>();
  const waiting: { readonly job: PlannedJob; readonly resolve: (enters: boolean) => void }[] = [];
  const turns = new Map(order.map(({ id }, i) => [id, i]));
  const turnOf = ({ id }: PlannedJob) => turns.get(id) ?? Number.POSITIVE_INFINITY;
  let closed = false;

  const hasRoom = (job: PlannedJob): boolean => {
    if (guests.size === 0) return true;
    const threads = [...guests.keys()].reduce((sum, guest) => sum + guest.threads, 0);
    if (guests.size >= beside || threads + job.threads > cores) return false;
    const needed = known.get(kindOf(job));
    // Of those inside, each may still grow to what others like it had.
    if (needed === undefined || [...guests.values()].some((guest) => !known.has(guest.kind))) return false;
    const toCome = [...guests.values()].reduce(
      (sum, { kind, bytes }) => sum + Math.max(0, reserve * (known.get(kind) ?? 0) - bytes),
      0,
    );
    return available() - toCome >= reserve * needed;
  };
  const letIn = () => {
    while (waiting.length > 0 && hasRoom(waiting[0].job)) {
      const { job, resolve } = waiting.shift()!;
      guests.set(job, { kind: kindOf(job), bytes: 0 });
      resolve(true);
    }
  };
  return {
    enter(job) {
      if (closed) return Promise.resolve(false);
      const entered = new Promise<boolean>((resolve) => {
        const later = waiting.findIndex((other) => turnOf(other.job) > turnOf(job));
        waiting.splice(later < 0 ? waiting.length : later, 0, { job, resolve });
      });
      letIn();
      return entered;
    },
    assign(job, process) {
      guests.get(job)!.process = process;
    },
    measure(process, bytes) {
      for (const guest of guests.values()) {
        if (guest.process !== process) continue;
        guest.bytes = bytes;
        const isAtWork = guest.worksSince !== undefined && now() - guest.worksSince >= settled;
        if (isAtWork || known.has(guest.kind)) known.set(guest.kind, Math.max(bytes, known.get(guest.kind) ?? 0));
      }
      letIn();
    },
    works(job) {
      const guest = guests.get(job);
      if (guest) guest.worksSince ??= now();
    },
    leave(job) {
      const guest = guests.get(job);
      // A short one may have ended before it was measured: then it needs little.
      if (guest) known.set(guest.kind, Math.max(guest.bytes, known.get(guest.kind) ?? 0));
      guests.delete(job);
      // What goes on with this one asks in the same turn of the event loop, and may come first.
      setImmediate(letIn);
    },
    close() {
      closed = true;
      for (const { resolve } of waiting.splice(0)) resolve(false);
    },
  };

  function kindOf({ kind, threads, settings }: PlannedJob): string {
    return canonicalJson({ kind, threads, settings: { ...settings, split: undefined, splitSeed: undefined } });
  }
}
