import {
  appendFileSync,
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
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { appendJsonLine, appendJsonLines, readJsonLines, writeJsonLines } from '../../../src/node/files/jsonLines.js';
import {
  checkRunFolder,
  createRunFolder,
  openRunFolder,
  readConfig,
  runFolderPaths,
} from '../../../src/node/run/runFolder.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lesionlab-run-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const refuses = (promise: Promise<unknown>, code: string, exitStatus = 4) =>
  expect(promise).rejects.toMatchObject({ name: 'LesionlabError', code, exitStatus });

describe('run folders', () => {
  it('names what the contract names', () => {
    const run = runFolderPaths(folder);
    const relative = (path: string) => path.slice(folder.length + 1);
    expect(
      Object.values(run)
        .filter((value): value is string => typeof value === 'string')
        .map(relative),
    ).toEqual(
      expect.arrayContaining([
        'exploration',
        'config.json',
        'splits.csv',
        'splits.json',
        'steps.jsonl',
        'metrics.jsonl',
        'training-batch.png',
        'checkpoints/last.safetensors',
        'checkpoints/best.safetensors',
        'explanations/explanations.json',
        'model.onnx',
        'report.html',
      ]),
    );
    expect(relative(run.evaluation('test').predictions)).toBe('evaluation/test/predictions.csv');
    expect(relative(run.evaluation('test').evaluation)).toBe('evaluation/test/evaluation.json');
    expect(relative(run.evaluation('test').log)).toBe('evaluation/test/log.jsonl');
    for (const name of ['../x', '', '.hidden', 'a/b']) expect(() => run.evaluation(name)).toThrow(/cannot name/);
  });

  it('creates folders of any depth, and opens them again', async () => {
    const path = join(folder, 'a', 'b');
    const run = await createRunFolder(path);
    expect(run.resumes).toBe(false);
    expect((await openRunFolder(path)).config).toBe(join(path, 'config.json'));
  });

  it('takes an empty folder', async () => {
    expect((await createRunFolder(folder)).path).toBe(folder);
  });

  it('refuses a second run without --resume or --overwrite, and both together', async () => {
    writeFileSync((await createRunFolder(folder)).config, '{}');
    await refuses(createRunFolder(folder), 'run-exists');
    await refuses(createRunFolder(folder, { resume: true, overwrite: true }), 'resume-and-overwrite', 2);
  });

  it('takes what a process left that was killed before it configured its run, and clears it away', async () => {
    await createRunFolder(folder);
    writeFileSync(join(folder, 'splits.csv'), 'of before');
    writeFileSync(join(folder, 'notes.txt'), 'x');
    expect(await checkRunFolder(folder, { resume: true })).toEqual({ resumes: false });
    await createRunFolder(folder);
    expect(readdirSync(folder).sort()).toEqual(['.lesionlab-run.json', 'notes.txt']);
    // What took work to make is never cleared away so, whatever has become of config.json.
    writeFileSync(join(folder, 'metrics.jsonl'), '{}\n');
    await refuses(createRunFolder(folder), 'run-exists');
  });

  it('knows a run by its config.json too, but not by just any config.json', async () => {
    writeFileSync(join(folder, 'config.json'), '{"lesionlab": "0.1.0"}');
    await refuses(createRunFolder(folder), 'run-exists');
    await openRunFolder(folder);
    writeFileSync(join(folder, 'config.json'), '{"compilerOptions": {}}');
    await refuses(createRunFolder(folder), 'folder-in-use');
    await refuses(openRunFolder(folder), 'not-a-run');
  });

  it('resumes, keeping everything; without an earlier run it begins one', async () => {
    await createRunFolder(folder);
    writeFileSync(join(folder, 'config.json'), '{"lesionlab": "0.1.0"}');
    writeFileSync(join(folder, 'steps.jsonl'), '{}\n');
    expect((await createRunFolder(folder, { resume: true })).resumes).toBe(true);
    expect(existsSync(join(folder, 'steps.jsonl'))).toBe(true);
    expect((await createRunFolder(join(folder, 'new'), { resume: true })).resumes).toBe(false);
  });

  it('overwrites what lesionlab wrote, nothing else', async () => {
    await createRunFolder(folder);
    const own = ['config.json', 'splits.csv', 'metrics.jsonl', 'model.onnx', 'report.html'];
    for (const name of [...own, 'notes.txt']) writeFileSync(join(folder, name), 'x');
    mkdirSync(join(folder, 'checkpoints'));
    writeFileSync(join(folder, 'checkpoints', 'best.safetensors'), 'x');
    await createRunFolder(folder, { overwrite: true });
    expect(readdirSync(folder).sort()).toEqual(['.lesionlab-run.json', 'notes.txt']);
  });

  it("never mixes itself into somebody's folder, not even with --overwrite", async () => {
    writeFileSync(join(folder, 'thesis.tex'), 'x');
    for (const options of [{}, { overwrite: true }, { resume: true }])
      await refuses(createRunFolder(folder, options), 'folder-in-use');
    expect(readdirSync(folder)).toEqual(['thesis.tex']);
  });

  it('refuses a file, a folder below a file, and what does not exist', async () => {
    const file = join(folder, 'file');
    writeFileSync(file, 'x');
    await refuses(createRunFolder(file), 'not-a-folder');
    await refuses(createRunFolder(join(file, 'run')), 'not-writable');
    await refuses(createRunFolder(join(file, 'deep', 'run')), 'not-writable');
    await refuses(openRunFolder(file), 'not-a-run');
    await refuses(openRunFolder(join(file, 'run')), 'no-run-folder');
    await refuses(openRunFolder(join(folder, 'none')), 'no-run-folder');
  });

  it.skipIf(process.getuid?.() === 0)('refuses a folder without the right to write', async () => {
    chmodSync(folder, 0o500);
    await refuses(createRunFolder(join(folder, 'run')), 'not-writable');
    chmodSync(folder, 0o700);
  });

  it('changes nothing when it only checks', async () => {
    const path = join(folder, 'run');
    expect(await checkRunFolder(path)).toEqual({ resumes: false });
    expect(existsSync(path)).toBe(false);
    await createRunFolder(path);
    writeFileSync(join(path, 'splits.csv'), 'x');
    await checkRunFolder(path, { overwrite: true });
    expect(existsSync(join(path, 'splits.csv'))).toBe(true);
  });

  it('says which file and which fields of a configuration are wrong', async () => {
    const run = await createRunFolder(folder);
    await refuses(readConfig(run), 'missing-file');
    writeFileSync(run.config, '{"seed": ');
    await refuses(readConfig(run), 'bad-json');
    writeFileSync(run.config, '{"lesionlab": "0.1.0", "seed": "zero"}');
    await expect(readConfig(run)).rejects.toMatchObject({
      code: 'bad-file',
      message: expect.stringContaining(run.config),
      details: expect.arrayContaining([expect.stringMatching(/^seed: /), expect.stringMatching(/^recipe: /)]),
    });
  });
});

describe('lines of JSON', () => {
  const path = () => join(folder, 'deep', 'lines.jsonl');

  it('come back as they were appended; a missing file has none', async () => {
    expect(await readJsonLines(path())).toEqual([]);
    await appendJsonLine(path(), { step: 1 });
    await appendJsonLines(path(), [{ step: 2 }, { step: 3 }]);
    await appendJsonLines(path(), []);
    expect(await readJsonLines(path())).toEqual([{ step: 1 }, { step: 2 }, { step: 3 }]);
  });

  it('survive a torn last line, also one that is longer than a block', async () => {
    await appendJsonLine(path(), { step: 1 });
    for (const torn of ['{"step": 2, "lo', `{"step": "${'x'.repeat(10_000)}`]) {
      appendFileSync(path(), torn);
      const before = await readJsonLines<{ step: number }>(path());
      await appendJsonLine(path(), { step: before.length + 1 });
      expect((await readJsonLines(path())).at(-1)).toEqual({ step: before.length + 1 });
    }
    expect(readFileSync(path(), 'utf8')).toBe('{"step":1}\n{"step":2}\n{"step":3}\n');
  });

  it('name the broken line where it is not the last', async () => {
    await writeJsonLines(path(), [{ step: 1 }]);
    appendFileSync(path(), 'nonsense\n{"step":3}\n');
    await expect(readJsonLines(path())).rejects.toMatchObject({
      code: 'bad-json-line',
      message: expect.stringContaining('line 2'),
    });
  });
});
