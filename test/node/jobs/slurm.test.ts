import { execFile } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { usageError } from '../../../src/errors.js';
import type { PlannedJob } from '../../../src/jobs/plan.js';
import type { Strand } from '../../../src/jobs/strands.js';
import { holdFolder } from '../../../src/node/files/lease/holdFolder.js';
import type { OpenedPlan } from '../../../src/node/jobs/openedPlan.js';
import { openPlanFolder, placePlan } from '../../../src/node/jobs/openPlan.js';
import { type CallSlurm, SlurmRefusal } from '../../../src/node/jobs/slurm/callSlurm.js';
import { readAccounting } from '../../../src/node/jobs/slurm/readAccounting.js';
import { parseSlurmAddress } from '../../../src/node/jobs/slurm/slurmAddress.js';
import { fillTemplate, formatIndexes, readTemplate, usualTemplate } from '../../../src/node/jobs/slurm/slurmScript.js';
import { listTasks } from '../../../src/node/jobs/slurm/slurmTasks.js';
import { submitStrands } from '../../../src/node/jobs/slurm/submitStrands.js';
import { keepArray } from '../../../src/node/jobs/slurm/submittedArrays.js';
import { createAskSlurm } from '../../../src/node/studio/askSlurm.js';
import { stopElsewhere } from '../../../src/node/studio/stopElsewhere.js';
import { callCommandLine } from '../../cli/callCommandLine.js';

const folder = mkdtempSync(join(tmpdir(), 'lesionlab-slurm-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const strand = (index: number, stage = 0, threads = 1): Strand => ({
  index,
  stage,
  jobs: [{ id: `job-${index}`, threads, device: 'cpu' } as PlannedJob],
});
const submission = {
  folder,
  name: 'folds',
  template: usualTemplate,
  options: ['--time=5'],
  command: ['lesionlab'],
  call: 'c',
};

describe('arrays', () => {
  /** Slurm that takes everything, and tells what it was given. */
  const taking = (maxArraySize: number, refuseAt = Number.POSITIVE_INFINITY) => {
    const calls: string[] = [];
    let count = 0;
    const call: CallSlurm = async (program, words) => {
      if (program === 'scontrol') return `MaxArraySize            = ${maxArraySize}\n`;
      const script = words.at(-1)!.endsWith('.sh') ? readFileSync(words.at(-1)!, 'utf8') : '';
      const indexes = /--array=(\S+)/.exec(script)?.[1] ?? '';
      const offset = /TASK_ID \+ (\d+)/.exec(script)?.[1] ?? '0';
      calls.push([program, ...words.slice(0, script ? -1 : undefined), ...(script ? [indexes, offset] : [])].join(' '));
      if (program === 'sbatch' && ++count >= refuseAt)
        throw new SlurmRefusal('sbatch: error: Batch job submission failed: Invalid job array specification');
      return `${100 + count}\n`;
    };
    return { call, calls };
  };

  it('one for a stage and a number of threads; a stage waits for the one before', async () => {
    const { call, calls } = taking(1001);
    const strands = [strand(0), strand(1), strand(2, 0, 4), strand(3), strand(4, 1)];
    expect(await submitStrands(call, strands, submission)).toEqual([
      { id: '101', offset: 0, strands: [0, 1, 3] },
      { id: '102', offset: 0, strands: [2] },
      { id: '103', offset: 0, strands: [4] },
    ]);
    expect(calls).toEqual([
      'sbatch --parsable --time=5 0-1,3 0',
      'sbatch --parsable --time=5 2 0',
      'sbatch --parsable --time=5 --dependency=afterany:101:102 4 0',
    ]);
  });

  it('are split where the cluster takes no index as high', async () => {
    const { call, calls } = taking(3);
    await submitStrands(
      call,
      [0, 1, 2, 3, 4, 5, 6].map((index) => strand(index)),
      submission,
    );
    expect(calls.map((line) => line.split(' ').slice(-2).join(' +'))).toEqual(['0-2 +0', '0-2 +3', '0 +6']);
  });

  it('let no more tasks at once than were asked for', async () => {
    const { call, calls } = taking(1001);
    await submitStrands(call, [strand(0), strand(1), strand(2)], { ...submission, beside: 2 });
    expect(calls).toEqual(['sbatch --parsable --time=5 0-2%2 0']);
  });

  it('are all taken back where Slurm refuses one, in its own words and with what to do', async () => {
    const { call, calls } = taking(3, 3);
    const strands = [0, 1, 2, 3, 4, 5, 6].map((index) => strand(index));
    await expect(submitStrands(call, strands, submission)).rejects.toMatchObject({
      code: 'slurm-refused',
      message: 'Slurm refused an array of 7 tasks: Invalid job array specification',
      hint: expect.stringContaining('MaxArraySize'),
    });
    expect(calls.at(-1)).toBe('scancel 101 102');
  });

  it('tasks that have ended, and those of others, are not counted', async () => {
    const lines = [
      '7_1|7|1|RUNNING|None|ward1',
      '7_2|7|2|PENDING|Resources|',
      '7_0|7|0|COMPLETED|None|ward1',
      '8_0|8|0|RUNNING|None|ward2',
    ];
    const tasks = await listTasks(async () => `${lines.join('\n')}\n`, ['7']);
    expect(tasks.map(({ id, index, state, reason }) => [id, index, state, reason])).toEqual([
      ['7_1', 1, 'RUNNING', 'None'],
      ['7_2', 2, 'PENDING', 'Resources'],
    ]);
  });

  it('accounts of all tries of a task are added up', async () => {
    const text = [
      '7_0|REQUEUED|ward1|00:00:18|00:10.500|',
      '7_0.batch|COMPLETED|ward1|00:00:23|00:10.500|5368K',
      '7_0|CANCELLED by 0|ward2|1-00:01:00|01:00:01|',
      '7_0.batch|CANCELLED|ward2|1-00:01:00|01:00:01|1.5G',
    ].join('\n');
    expect(await readAccounting(async () => text, [{ id: '7', offset: 10 }])).toEqual([
      {
        index: 10,
        task: '7_0',
        states: ['REQUEUED', 'CANCELLED'],
        nodes: ['ward1', 'ward2'],
        seconds: 18 + 86_460,
        processorSeconds: 10.5 + 3601,
        memory: 1536,
      },
    ]);
  });
});

describe('the script', () => {
  const bin = join(folder, 'bin');
  const log = join(folder, 'said');
  const program = (name: string, text: string) => {
    writeFileSync(join(folder, name), `#!/bin/bash\n${text}\n`);
    chmodSync(join(folder, name), 0o755);
    return join(folder, name);
  };
  /** Runs the script with a program in place of lesionlab, sends it signals, and tells its status and what scontrol was asked for. */
  const run = async (text: string, signals: readonly NodeJS.Signals[]) => {
    rmSync(log, { force: true });
    program('scontrol', `echo "$@" >> ${log}.scontrol`);
    rmSync(`${log}.scontrol`, { force: true });
    const command = program('work', text);
    const script = {
      name: 'n',
      indexes: '0',
      threads: 1,
      device: 'cpu',
      log: 'l',
      command: [command],
      offset: 5,
    } as const;
    const file = join(folder, 'script.sh');
    writeFileSync(file, fillTemplate(usualTemplate, script));
    const environment = { PATH: `${folder}:${process.env.PATH}`, SLURM_ARRAY_JOB_ID: '7', SLURM_ARRAY_TASK_ID: '3' };
    let end: (status: number) => void = () => {};
    const ended = new Promise<number>((resolve) => {
      end = resolve;
    });
    const child = execFile('bash', [file], { env: environment }, (error) => end(error ? Number(error.code ?? 1) : 0));
    for (let i = 0; i < 100 && !existsSync(log); i++) await pause(20);
    for (const signal of signals) {
      child.kill(signal);
      await pause(50);
    }
    const status = await ended;
    const asked = existsSync(`${log}.scontrol`) ? readFileSync(`${log}.scontrol`, 'utf8').trim() : '';
    return { status, asked, said: readFileSync(log, 'utf8').trim() };
  };
  const saves = `trap 'echo saved >> ${log}; exit 130' TERM; echo "task $1" >> ${log}; for _ in $(seq 100); do sleep 0.05; done`;

  it('at the signal before the time limit has lesionlab save, and puts the one task back', async () => {
    expect(await run(saves, ['SIGUSR1'])).toEqual({ status: 130, asked: 'requeue 7_3', said: 'task 8\nsaved' });
  });

  it('puts nothing back that was given up, or was not up yet', async () => {
    const gives = (status: number) => saves.replace('exit 130', `exit ${status}`);
    expect(await run(gives(4), ['SIGUSR1'])).toEqual({ status: 4, asked: '', said: 'task 8\nsaved' });
    expect(await run(gives(143), ['SIGUSR1'])).toEqual({ status: 143, asked: '', said: 'task 8\nsaved' });
  });

  it('told to end, has lesionlab save, and puts nothing back', async () => {
    expect(await run(saves, ['SIGUSR2'])).toEqual({ status: 130, asked: '', said: 'task 8\nsaved' });
  });

  it('lets pass the SIGTERM that Slurm sends to all processes, lesionlab among them', async () => {
    const ends = `echo "task $1" >> ${log}; sleep 0.3`;
    expect(await run(ends, ['SIGTERM'])).toEqual({ status: 0, asked: '', said: 'task 8' });
  });

  it('ends as lesionlab does', async () => {
    expect(await run(`echo "task $1" >> ${log}; exit 4`, [])).toEqual({ status: 4, asked: '', said: 'task 8' });
  });

  it('of a site must have a place for directives and for the work', async () => {
    const path = join(folder, 'site.sh');
    writeFileSync(path, '#!/bin/bash\n#SBATCH --account=ward\nmodule load node\n{{work}}\n');
    await expect(readTemplate(path)).rejects.toMatchObject({
      code: 'bad-template',
      message: expect.stringContaining('lacks {{directives}}'),
    });
    await expect(readTemplate(join(folder, 'none.sh'))).rejects.toMatchObject({ code: 'no-template' });
    expect(readdirSync(folder)).not.toContain(bin);
  });

  it('has the plan’s threads, and paths with spaces', () => {
    const text = fillTemplate(usualTemplate, {
      name: 'folds',
      indexes: '0-4',
      threads: 8,
      device: 'webgpu',
      log: '/runs/%A-%a.log',
      command: ['lesionlab', 'task', "/my runs/o'clock"],
      offset: 0,
    });
    for (const line of [
      '#SBATCH --cpus-per-task=8',
      '#SBATCH --gres=gpu:1',
      '#SBATCH --array=0-4',
      '#SBATCH --requeue',
    ])
      expect(text).toContain(`${line}\n`);
    expect(text).toContain(`lesionlab task '/my runs/o'\\''clock' "$SLURM_ARRAY_TASK_ID" &`);
  });
});

it('indexes are written as Slurm writes them', () => {
  expect(formatIndexes([0, 1, 2, 5, 7, 8])).toBe('0-2,5,7-8');
});

it('an address has options of sbatch, and two of its own', () => {
  expect(parseSlurmAddress('slurm')).toEqual({ options: [], template: undefined, detach: false });
  expect(parseSlurmAddress('slurm: --partition=short -t60 --template=site.sh --detach')).toEqual({
    options: ['--partition=short', '-t60'],
    template: 'site.sh',
    detach: true,
  });
  expect(() => parseSlurmAddress('slurm: short')).toThrow('"short" is no option of sbatch.');
});

describe('a plan that was submitted', () => {
  const openedIn = (name: string, hash = 'h') =>
    ({ folder: join(folder, name), named: name, hash, plan: {} }) as OpenedPlan;
  const opened = openedIn('plan');
  const line = (id: string, state = 'PENDING', reason = 'Priority') => `${id}_0|${id}|0|${state}|${reason}|`;
  const submit = (id: string, to = opened) => keepArray(to, { id, offset: 0, strands: [0] }, 'c');

  it('is known by the tasks that Slurm still has of it, asked once for all plans', async () => {
    let calls = 0;
    let answer = async () => [line('7'), line('8', 'RUNNING', 'None'), line('9'), line('11')].join('\n');
    const ask = createAskSlurm(
      () => {
        calls++;
        return answer();
      },
      { good: 100, patience: 60 },
    );
    expect(await ask(opened)).toBeUndefined();
    expect(calls).toBe(0);
    for (const id of ['7', '8']) await submit(id);
    // Of the plan as it was before, and of another.
    await submit('9', openedIn('plan', 'earlier'));
    const other = openedIn('other', 'o');
    await submit('11', other);
    const said = { arrays: ['7', '8'], running: 1, waiting: 1, reasons: ['Priority'] };
    expect(await Promise.all([ask(opened), ask(other), ask(opened)])).toEqual([
      said,
      { arrays: ['11'], running: 0, waiting: 1, reasons: ['Priority'] },
      said,
    ]);
    expect(calls).toBe(1);
    await pause(120);
    // One that is slow, and then away, has them still, for all that is known.
    let refuse: (error: Error) => void = () => {};
    answer = () =>
      new Promise((_, reject) => {
        refuse = reject;
      });
    const begun = Date.now();
    expect(await ask(opened)).toEqual({ ...said, unanswered: 'it has not answered yet' });
    for (let i = 0; i < 5; i++) await ask(opened);
    // Its slowness is waited out once, however many plans and pages ask.
    expect(Date.now() - begun).toBeLessThan(300);
    refuse(new SlurmRefusal('away\nfor now'));
    expect(await ask(opened)).toEqual({ ...said, unanswered: 'away' });
    expect(await ask(openedIn('other', 'o'))).toMatchObject({ waiting: 1, unanswered: 'away' });
    expect(calls).toBe(2);
    await pause(120);
    answer = async () => line('8');
    expect(await ask(opened)).toEqual({ arrays: ['8'], running: 0, waiting: 1, reasons: ['Priority'] });
    await pause(120);
    answer = async () => '';
    expect(await ask(opened)).toEqual({ arrays: [], running: 0, waiting: 0, reasons: [] });
    expect(calls).toBe(4);
  });

  it('says so where there is no Slurm to be asked, or what was submitted can’t be read', async () => {
    const none = createAskSlurm(() => Promise.reject(usageError('no-slurm', 'There is no squeue here.')));
    expect(await none(opened)).toEqual({
      ...{ arrays: [], running: 0, waiting: 0, reasons: [] },
      unanswered: 'There is no squeue here.',
    });
    const torn = openedIn('torn');
    await submit('7', torn);
    const file = join(torn.folder, 'slurm/arrays.jsonl');
    // No number: it would be an option of scancel.
    writeFileSync(file, readFileSync(file, 'utf8').replace('"7"', '"--user=root"'));
    const ask = createAskSlurm(() => Promise.reject(new Error('is not asked')));
    expect((await ask(torn))?.unanswered).toContain('arrays.jsonl');
  });

  it('is stopped at Slurm where nobody stays with it', async () => {
    const asked: string[] = [];
    let listed = [line('7'), line('8', 'RUNNING', 'None')];
    const call: CallSlurm = async (program, words) => {
      if (program === 'squeue') return listed.join('\n');
      asked.push([program, ...words].join(' '));
      return '';
    };
    await stopElsewhere(opened, 'plan', call);
    expect(asked).toEqual(['scancel --state=PENDING 7 8', 'scancel --batch --signal=USR2 7 8']);
    listed = [];
    await expect(stopElsewhere(opened, 'plan', call)).rejects.toMatchObject({ code: 'plan-at-rest' });
    await expect(stopElsewhere(openedIn('never'), 'never', call)).rejects.toMatchObject({ code: 'plan-at-rest' });
    listed = [line('7')];
    await holdFolder(opened.folder, { command: 'jobs' }, async () => {
      await expect(stopElsewhere(opened, 'plan', call)).rejects.toMatchObject({
        code: 'plan-held',
        message: expect.stringContaining(`"jobs" (process ${process.pid}`),
      });
    });
    const refusing: CallSlurm = async (program) => {
      if (program === 'squeue') return listed.join('\n');
      throw new SlurmRefusal('scancel: error: Kill job error on job id 7: Access/permission denied');
    };
    await expect(stopElsewhere(opened, 'plan', refusing)).rejects.toThrow('Slurm refused to stop plan: Kill job');
    expect(asked).toHaveLength(2);
  });

  it('is shown by the command line with what waits and runs there', async () => {
    const bin = join(folder, 'bin');
    mkdirSync(bin);
    const squeue = (text: string) => writeFileSync(join(bin, 'squeue'), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
    const path = process.env.PATH;
    process.env.PATH = `${bin}${delimiter}${path}`;
    try {
      const given = join(folder, 'given');
      mkdirSync(join(given, 'data'), { recursive: true });
      const jobs = [{ id: 'a', data: 'data', settings: { preset: 'demo' } }];
      writeFileSync(join(given, 'plan.json'), JSON.stringify({ jobs }));
      const placed = await openPlanFolder(given);
      // As whoever submits it does: whole, so that it means the same everywhere.
      await placePlan(placed);
      await submit('7', placed);
      squeue(`echo '7_0|7|0|PENDING|Resources|'`);
      const { stdout } = await callCommandLine(['jobs', given]);
      expect(stdout).toContain('At Slurm (array 7): tasks that run: 0, that wait: 1 (Resources).');
      // It would be done here then, and not where it waits.
      expect(stdout).not.toContain('--resume');
      squeue('true');
      const over = await callCommandLine(['jobs', given]);
      expect(over.stdout).toMatch(/nothing of it waits or runs any more[\s\S]*--resume/);
      squeue('echo "slurm_load_jobs error: away" >&2; exit 1');
      const away = await callCommandLine(['jobs', given, '--json']);
      expect(JSON.parse(away.stdout).slurm).toMatchObject({ running: 0, unanswered: 'slurm_load_jobs error: away' });
    } finally {
      process.env.PATH = path;
    }
  });
});
