import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';

const binary = resolve(import.meta.dirname, '../../bin/lesionlab.js');
const watcher = pathToFileURL(resolve(import.meta.dirname, 'watchConnections.mjs')).href;
const built = existsSync(resolve(import.meta.dirname, '../../dist/cli/main.js'));
const folder = mkdtempSync(join(tmpdir(), 'lesionlab-connections-'));
const log = join(folder, 'connections.log');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function call(...command: string[]) {
  const environment = {
    ...process.env,
    NODE_OPTIONS: `--import ${watcher}`,
    LESIONLAB_TEST_CONNECTIONS: log,
    LESIONLAB_CACHE: join(folder, 'cache'),
    LESIONLAB_WEIGHTS: join(folder, 'weights'),
  };
  return spawnSync(process.execPath, [binary, ...command], { encoding: 'utf8', env: environment, cwd: folder });
}

const connections = () => (existsSync(log) ? readFileSync(log, 'utf8') : '');

describe.skipIf(!built)('connections', () => {
  it('are opened by the command that fetches, and so are seen here', () => {
    const { status, stderr } = call('download', 'weights', 'resnet18', '--accept-licence');
    expect([status, stderr]).toEqual([3, expect.stringContaining('download.pytorch.org')]);
    expect(connections()).toMatch(/download\.pytorch\.org/);
    rmSync(log);
  });

  it('are opened by no other command, from images to a report', () => {
    const commands = [
      ['demo', '--run', 'demo', '--images', '100'],
      ['explore', 'demo/data', '--out', 'explored'],
      ['describe', 'demo/data'],
      ['split', 'demo/data', '--out', 'splits'],
      ['train', 'demo/data', '--run', 'run', '--preset', 'demo', '--epochs', '1'],
      ['evaluate', 'run'],
      ['evaluate', 'demo/evaluation/test/predictions.csv', '--truth', 'demo/data', '--run', 'judged'],
      ['explain', 'run'],
      ['export', 'run'],
      ['predict', 'run/model.onnx', 'demo/data'],
      ['inspect', 'run/model.onnx', '--output', 'logits'],
      ['report', 'run'],
      ['compare', 'run', 'demo'],
      ['leak', 'demo/data', '--run', 'leak', '--preset', 'demo', '--epochs', '1'],
      ['cache'],
      ['doctor'],
      ['bench', 'train-step', '--model', 'lenet', '--image-size', '32', '--batch-size', '4', '--seconds', '0.2'],
    ];
    for (const command of commands) {
      const { status, stderr } = call(...command);
      expect([command[0], status, status === 0 ? '' : stderr]).toEqual([command[0], 0, '']);
    }
    // What was not downloaded is not fetched by the way.
    const { status } = call('train', 'demo/data', '--run', 'none', '--model', 'resnet18', '--weights', 'imagenet');
    expect(status).toBe(2);
    expect(connections()).toBe('');
  }, 300_000);
});
