import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { imagenetWeightFiles } from '../../src/models/imagenetWeightFiles.js';
import { downloadSources } from '../../src/node/download/downloadSources.js';
import { chooseWeightsFile, imagenetWeightsSource, weightsFolder } from '../../src/node/download/imagenetWeights.js';
import { good, serve } from '../node/download/fileServer.js';
import { callCommandLine } from './callCommandLine.js';

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'lesionlab-download-command-'));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));
afterEach(() => vi.unstubAllEnvs());

describe('download', () => {
  it('lists what there is, with licences', async () => {
    const { stdout, status } = await callCommandLine(['download']);
    expect(status).toBe(0);
    for (const { id, licence } of downloadSources) expect(stdout).toMatch(new RegExp(`${id} .*${licence}`));
    expect((await callCommandLine(['download', '--json'])).json().sources).toHaveLength(downloadSources.length);
  });

  it('shows the licence, and fetches nothing before it is accepted', async () => {
    const asked = await callCommandLine(['download', 'ham10000', '--to', join(root, 'ham')]);
    expect([asked.status, asked.stderr]).toEqual([2, expect.stringContaining('--accept-licence')]);
    expect(asked.stderr).toMatch(/Licence: CC BY-NC 4\.0.*\nTo cite: Tschandl/);
  });

  it('names what it does not know', async () => {
    expect((await callCommandLine(['download', 'ham1000', '--to', root])).stderr).toContain('Did you mean ham10000?');
    expect((await callCommandLine(['download', 'ham10000'])).stderr).toContain('--to <folder>');
    expect((await callCommandLine(['download', 'weights'])).stderr).toContain('weights resnet18');
    expect((await callCommandLine(['download', 'weights', 'resnet-18'])).stderr).toContain('Did you mean resnet18?');
    expect((await callCommandLine(['download', 'ham10000', 'isic2018', '--to', root])).status).toBe(2);
    expect((await callCommandLine(['download', 'ham10000', '--to', root, '--mirror', 'x'])).stderr).toContain(
      '--mirror',
    );
  });

  it('ends with 3 where what it gets is not what was published, and leaves nothing', async () => {
    const server = await serve(good(new Uint8Array(100)));
    try {
      const wrong = await callCommandLine([
        'download',
        'weights',
        'resnet18',
        '--to',
        join(root, 'w'),
        '--accept-licence',
        '--mirror',
        server.url,
      ]);
      expect([wrong.status, wrong.stderr]).toEqual([3, expect.stringContaining('f37072fd')]);
      expect(server.asked.map(({ url }) => url)).toEqual(['/resnet18-f37072fd.pth', '/resnet18-f37072fd.pth']);
    } finally {
      server.close();
    }
  });
});

describe('sources', () => {
  it('have a licence, whom to cite, and files at addresses of their homes', () => {
    for (const { licence, citation, files, url } of [
      ...downloadSources,
      imagenetWeightsSource(Object.keys(imagenetWeightFiles)),
    ]) {
      expect(licence).not.toBe('');
      expect(citation).not.toBe('');
      expect(url).toMatch(/^https:/);
      expect(new Set(files.map(({ name }) => name)).size).toBe(files.length);
      for (const { name, urls, checksum } of files) {
        expect(name).toMatch(/^[\w.-]+\.(csv|zip|pth)$/);
        for (const address of urls) expect(address).toMatch(/^https:\/\//);
        if (checksum) expect(checksum.value).toMatch(/^([0-9a-f]{8}|[0-9a-f]{32}|[0-9a-f]{64})$/);
      }
    }
  });

  it('have the checksums of HAM10000 that Dataverse publishes', () => {
    const files = downloadSources.find(({ id }) => id === 'ham10000')!.files;
    const md5 = (name: string) => files.find((file) => file.name === name)?.checksum?.value;
    expect(md5('HAM10000_images_part_1.zip')).toBe('4639bfa73ab251610530a97c898e6e46');
    expect(md5('HAM10000_images_part_2.zip')).toBe('da43d6cc50f6613013be07e8986b384b');
  });
});

describe('--weights imagenet', () => {
  it('is the file of the network in the folder of downloaded weights', () => {
    vi.stubEnv('LESIONLAB_WEIGHTS', root);
    expect(weightsFolder()).toBe(root);
    expect(() => chooseWeightsFile('imagenet', 'resnet18')).toThrow(
      expect.objectContaining({ hint: expect.stringContaining('lesionlab download weights resnet18') }),
    );
    const file = join(root, 'resnet18-f37072fd.pth');
    writeFileSync(file, '');
    expect(chooseWeightsFile('imagenet', 'resnet18')).toBe(file);
    expect(chooseWeightsFile('other.pth', 'resnet18')).toBe('other.pth');
    expect(chooseWeightsFile(undefined, 'resnet18')).toBeNull();
    expect(() => chooseWeightsFile('imagenet', 'lenet')).toThrow(/no ImageNet weights of lenet/);
  });

  it('lies where each system keeps data', () => {
    expect(weightsFolder({ XDG_DATA_HOME: '/data' }, 'linux')).toBe(join('/data', 'lesionlab', 'weights'));
    expect(weightsFolder({ LOCALAPPDATA: 'C:\\Local' }, 'win32')).toBe(join('C:\\Local', 'lesionlab', 'weights'));
  });

  it('is refused by a training before anything is written, where it was not downloaded', async () => {
    vi.stubEnv('LESIONLAB_WEIGHTS', join(root, 'none'));
    const run = await callCommandLine([
      'train',
      root,
      '--run',
      join(root, 'run'),
      '--model',
      'resnet18',
      '--weights',
      'imagenet',
    ]);
    expect([run.status, run.stderr]).toEqual([2, expect.stringContaining('lesionlab download weights resnet18')]);
  });
});
