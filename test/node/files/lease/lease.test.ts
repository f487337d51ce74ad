import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { appendJsonLine } from '../../../../src/node/files/jsonLines.js';
import { acquireLease, type LeaseTiming } from '../../../../src/node/files/lease/acquireLease.js';
import { holdFolder } from '../../../../src/node/files/lease/holdFolder.js';
import { beatPath, isLeaseName, leasePath } from '../../../../src/node/files/lease/leaseFile.js';
import { livenessOf, type Owner, thisProcess } from '../../../../src/node/files/lease/owner.js';
import { runMarker } from '../../../../src/node/files/lease/runEntries.js';
import { writeFileWhole } from '../../../../src/node/files/writeFile.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lesionlab-lease-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const elsewhere = (host: string): Owner => ({ host, boot: `boot of ${host}`, pids: 'pid:[1]', pid: 17, started: '4' });
const quick: LeaseTiming = { beat: 20, lasts: 300, watch: 600 };
/** An owner that gives no sign of life after its first. */
const silent: LeaseTiming = { ...quick, beat: 2 ** 30 };
const command = 'train';
const leaseFiles = () => readdirSync(folder).filter(isLeaseName);
const token = '0123456789abcdef0123456789abcdef';

/** A lease that somebody left. */
function leave(owner: Owner): void {
  const record = { token, ...owner, command: 'evaluate', since: '2026-01-02T03:04:05.678Z' };
  writeFileSync(leasePath(folder), JSON.stringify(record));
  writeFileSync(beatPath(folder, token), '');
}

/** As if it had last been written to so many seconds ago. */
function age(seconds: number): void {
  const then = Date.now() / 1000 - seconds;
  utimesSync(beatPath(folder, token), then, then);
}

describe('a lease', () => {
  it('is had by one, says who has it, and leaves nothing behind', async () => {
    const lease = await acquireLease(folder, { command });
    lease.check();
    const refused = await acquireLease(folder, { command: 'report' }).catch((thrown) => thrown);
    expect(refused).toMatchObject({ kind: 'run', code: 'run-in-use', exitStatus: 4 });
    expect(refused.message).toBe(`${folder} is being written by this very process ("train").`);
    await lease.release();
    expect(readdirSync(folder)).toEqual([]);
    await (await acquireLease(folder, { command })).release();
  });

  it('of another process that lives is refused at once, with its number and what to do', async () => {
    const other = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60_000)']);
    try {
      const state = readFileSync(`/proc/${other.pid}/stat`, 'utf8');
      const started = state.slice(state.lastIndexOf(')') + 2).split(' ')[19];
      leave({ ...thisProcess(), pid: other.pid!, started });
      age(9999);
      const began = performance.now();
      const error = await acquireLease(folder, { command }).catch((thrown) => thrown);
      expect(error).toMatchObject({ code: 'run-in-use', exitStatus: 4 });
      expect(error.message).toContain(
        `"evaluate" (process ${other.pid} on ${thisProcess().host}, since 2026-01-02 03:04:05 UTC)`,
      );
      expect(error.hint).toContain(`process ${other.pid}`);
      expect(performance.now() - began).toBeLessThan(2000);
    } finally {
      other.kill('SIGKILL');
    }
  });

  it('of a process of this machine that has ended is replaced at once, also where its number was given out again', async () => {
    const { pid } = spawnSync(process.execPath, ['-e', '0']);
    for (const owner of [
      { ...thisProcess(), pid },
      // The number is ours now, and started at another time.
      { ...thisProcess(), started: '1' },
    ]) {
      expect(livenessOf(owner)).toBe('dead');
      leave(owner);
      const lease = await acquireLease(folder, { command });
      expect(leaseFiles().sort()).toEqual([`.lesionlab-lease-${lease.token}.beat`, '.lesionlab-lease.json'].sort());
      await lease.release();
      expect(leaseFiles()).toEqual([]);
    }
  });

  it('of a killed process that its parent has not noticed yet is replaced', async () => {
    // The shell goes on without waiting for its child, which so stays a zombie.
    const shell = spawn('sh', ['-c', 'sleep 60 & echo $!; exec sleep 60']);
    const pid = await new Promise<number>((done) => shell.stdout.once('data', (text) => done(Number(text))));
    try {
      // Until it has become the other sleep, the shell might notice.
      const isShell = () => !readFileSync(`/proc/${shell.pid}/cmdline`, 'utf8').startsWith('sleep');
      for (let i = 0; i < 200 && isShell(); i++) await pause(10);
      const state = readFileSync(`/proc/${pid}/stat`, 'utf8');
      const owner = { ...thisProcess(), pid, started: state.slice(state.lastIndexOf(')') + 2).split(' ')[19] };
      expect(livenessOf(owner)).toBe('alive');
      process.kill(pid, 'SIGKILL');
      for (let i = 0; i < 100 && livenessOf(owner) === 'alive'; i++) await pause(10);
      expect(existsSync(`/proc/${pid}`)).toBe(true);
      expect(livenessOf(owner)).toBe('dead');
    } finally {
      shell.kill('SIGKILL');
    }
  });

  it('of another machine, container or start of this one is refused while it gives signs of life', async () => {
    leave(elsewhere('ward-3'));
    const error = await acquireLease(folder, { command, timing: quick }).catch((thrown) => thrown);
    expect(error).toMatchObject({ code: 'run-in-use' });
    expect(error.message).toContain('process 17 on ward-3');
    expect(error.hint).toContain('try again in a minute');
    // After a long silence it is watched, and here it wakes up.
    age(100);
    const waiting = acquireLease(folder, { command, timing: quick }).catch((thrown) => thrown);
    await pause(50);
    writeFileSync(beatPath(folder, token), '2');
    expect(await waiting).toMatchObject({ code: 'run-in-use' });
    expect(JSON.parse(readFileSync(leasePath(folder), 'utf8')).token).toBe(token);
  });

  it('of another machine that is silent is taken over after a look, and its owner writes nothing more', async () => {
    const notes: string[] = [];
    const first = await acquireLease(folder, { command, owner: elsewhere('ward-3'), timing: silent });
    first.check();
    await pause(400);
    const began = performance.now();
    const second = await acquireLease(folder, {
      command,
      owner: elsewhere('ward-4'),
      timing: quick,
      note: (n) => notes.push(n),
    });
    expect(performance.now() - began).toBeGreaterThan(590);
    expect(notes[0]).toMatch(/was left by "train" \(process 17 on ward-3.*without a sign of life/);
    second.check();
    await first.release();
    second.check();
    await second.release();
    expect(leaseFiles()).toEqual([]);
  });

  it('is kept by its signs of life, and judged by the clock of the disk', async () => {
    const lease = await acquireLease(folder, {
      command,
      owner: elsewhere('ward-3'),
      timing: { ...quick, lasts: 1000 },
    });
    await pause(1500);
    await expect(
      acquireLease(folder, { command, owner: elsewhere('ward-4'), timing: { ...quick, lasts: 1000 } }),
    ).rejects.toMatchObject({
      code: 'run-in-use',
    });
    lease.check();
    await lease.release();
  });

  it('that nobody holds any more is taken by one of many that try', async () => {
    for (let round = 0; round < 5; round++) {
      leave({ ...thisProcess(), started: '1' });
      const tries = await Promise.allSettled(Array.from({ length: 12 }, () => acquireLease(folder, { command })));
      const had = tries.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
      expect(had).toHaveLength(1);
      for (const result of tries)
        if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'run-in-use' });
      had[0].check();
      await had[0].release();
      expect(leaseFiles()).toEqual([]);
    }
  });

  it('whose file is damaged counts as one of an unknown process', async () => {
    writeFileSync(leasePath(folder), '{"token": "01');
    const error = await acquireLease(folder, { command, timing: quick }).catch((thrown) => thrown);
    expect(error).toMatchObject({ code: 'run-in-use', message: expect.stringContaining('an unknown process') });
    const then = Date.now() / 1000 - 100;
    utimesSync(leasePath(folder), then, then);
    await (await acquireLease(folder, { command, timing: quick })).release();
    expect(leaseFiles()).toEqual([]);
  });

  it('makes the folder, and takes it away where nothing was written', async () => {
    const path = join(folder, 'a', 'b');
    const lease = await acquireLease(path, { command });
    await lease.release();
    expect(readdirSync(folder)).toEqual([]);
    const used = await acquireLease(path, { command });
    await writeFileWhole(join(path, 'x.txt'), 'x');
    await used.release();
    expect(readdirSync(path)).toEqual(['x.txt']);
    writeFileSync(join(folder, 'file'), '');
    await expect(acquireLease(join(folder, 'file'), { command })).rejects.toMatchObject({ code: 'not-a-folder' });
    await expect(acquireLease(join(folder, 'file', 'x'), { command })).rejects.toMatchObject({ code: 'not-a-folder' });
  });
});

describe('writing below a folder', () => {
  it('that was taken over is refused, and changes nothing', async () => {
    const file = join(folder, 'metrics.jsonl');
    await holdFolder(folder, { command }, async () => {
      await appendJsonLine(file, 1);
      leave(elsewhere('ward-4'));
      const before = readdirSync(folder).sort();
      const writes = [
        () => appendJsonLine(file, 2),
        () => writeFileWhole(file, 'all'),
        () => writeFileWhole(join(folder, 'new', 'file'), ''),
      ];
      for (const write of writes) {
        const error = await write().catch((thrown) => thrown);
        expect(error).toMatchObject({ kind: 'run', code: 'run-taken-over', exitStatus: 4 });
        expect(error.message).toContain('"evaluate" (process 17 on ward-4');
      }
      expect(readFileSync(file, 'utf8')).toBe('1\n');
      expect(readdirSync(folder).sort()).toEqual(before);
    });
    // What is another's is not given back.
    expect(JSON.parse(readFileSync(leasePath(folder), 'utf8')).token).toBe(token);
  });

  it('goes on under one lease where work calls work, and is refused to a second call of this process', async () => {
    const inner = () => holdFolder(folder, { command: 'evaluate' }, async () => 'done');
    const outer = holdFolder(folder, { command: 'run' }, async () => {
      await pause(400);
      return await inner();
    });
    for (let i = 0; i < 200 && !existsSync(leasePath(folder)); i++) await pause(5);
    await expect(inner()).rejects.toMatchObject({ code: 'run-in-use' });
    expect(await outer).toBe('done');
    expect(readdirSync(folder)).toEqual([]);
  });

  it('of a run takes it for the moment where nobody thought of it', async () => {
    writeFileSync(join(folder, runMarker), '{}');
    await Promise.all(Array.from({ length: 20 }, (_, i) => writeFileWhole(join(folder, 'deep', `${i}`), `${i}`)));
    await appendJsonLine(join(folder, 'log.jsonl'), 1);
    expect(readdirSync(folder).sort()).toEqual([runMarker, 'deep', 'log.jsonl'].sort());
    leave(elsewhere('ward-4'));
    await expect(writeFileWhole(join(folder, 'deep', 'x'), 'x')).rejects.toMatchObject({ code: 'run-in-use' });
    expect(existsSync(join(folder, 'deep', 'x'))).toBe(false);
    // Where there is no run, nobody is asked.
    rmSync(join(folder, runMarker));
    await writeFileWhole(join(folder, 'y'), 'y');
  });
});
