import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { writeSyntheticDataset } from '../src/node/dataset/writeSyntheticDataset.js';
import { silentProgress as progress } from '../src/progress.js';

const root = resolve(import.meta.dirname, '..');
const text = readFileSync(join(root, 'README.md'), 'utf8');

it.skipIf(!existsSync(join(root, 'dist/node/index.js')))('has a library example that works', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'lesionlab-readme-'));
  try {
    const data = join(folder, 'HAM10000');
    await writeSyntheticDataset(data, { images: 140, size: [32, 24], progress });
    const replaced = {
      "'HAM10000'": JSON.stringify(data),
      "'runs/mine'": JSON.stringify(join(folder, 'run')),
      "'lesion.jpg'": JSON.stringify(join(data, 'HAM10000_images_part_1', 'SYN_0000001.jpg')),
      'epochs: 20': 'epochs: 1, imageSize: 32',
    };
    let example = /```js\n([\s\S]*?)```/.exec(text)![1];
    for (const [word, replacement] of Object.entries(replaced)) {
      expect(example).toContain(word);
      example = example.replaceAll(word, replacement);
    }
    const env = { ...process.env, LESIONLAB_CACHE: join(folder, 'cache') };
    // From the repository's root, `lesionlab/...` is the package itself.
    const node = [process.execPath, ['--input-type=module', '-e', example]] as const;
    const call = spawnSync(node[0], node[1], { cwd: root, encoding: 'utf8', env });
    expect(call.stderr).toBe('');
    const lines = call.stdout.trimEnd().split('\n');
    expect(lines.slice(0, 3)).toEqual([
      expect.stringMatching(/^\d+ test images of \d+ lesions$/),
      'epoch 1 of 1 was the best on validation',
      expect.stringMatching(/^balanced accuracy 0\.\d{3}, 95% interval [\d.]+,[\d.]+$/),
    ]);
    expect(lines).toHaveLength(3 + 7);
    expect(lines[7]).toMatch(/^0\.\d{3} {2}Melanoma$/);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
