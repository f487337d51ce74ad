import { existsSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { build as bundle } from 'vite';
import { describe, expect, it } from 'vitest';
import type { DeviceTraining } from './deviceTrainingPage.js';
import { chromiumPath, openBrowser } from './openBrowser.js';
import { serveFolder } from './serveFolder.js';

const driver = '/usr/lib/chromium/vk_swiftshader_icd.json';

describe.skipIf(!chromiumPath)('training on WebGPU in a page', () => {
  it('keeps everything but images, losses and logits on the device, and gives the losses of WebAssembly', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'lesionlab-device-training-'));
    if (existsSync(driver)) process.env.VK_ICD_FILENAMES ??= driver;
    await bundle({
      logLevel: 'error',
      configFile: false,
      build: {
        outDir: folder,
        target: 'esnext',
        lib: { entry: resolve(import.meta.dirname, 'deviceTrainingPage.ts'), formats: ['es'], fileName: 'page' },
      },
    });
    const ort = resolve(import.meta.dirname, '../../node_modules/onnxruntime-web/dist');
    for (const [name, build] of [
      ['cpu', 'ort-wasm-simd-threaded'],
      ['webgpu', 'ort-wasm-simd-threaded.asyncify'],
    ]) {
      // The host knows no .mjs.
      symlinkSync(join(ort, `${build}.mjs`), join(folder, `${name}.js`));
      symlinkSync(join(ort, `${build}.wasm`), join(folder, `${name}.wasm`));
    }
    writeFileSync(join(folder, 'index.html'), '<script type="module" src="page.js"></script>');
    const host = await serveFolder(folder);
    const browser = await openBrowser('--enable-unsafe-webgpu', '--enable-features=Vulkan', '--ignore-gpu-blocklist');
    try {
      const page = await browser.newPage();
      await page.goto(host.url);
      const steps = 20;
      const found = (await page.evaluate(
        // biome-ignore lint/suspicious/noExplicitAny: what the page's script put there
        ([count]) => (globalThis as any).trainOnBoth(count),
        [steps],
      )) as DeviceTraining;
      found.losses.cpu.forEach((loss, step) => {
        expect(Math.abs(found.losses.webgpu[step] - loss) / loss, `step ${step}`).toBeLessThan(1e-4);
      });
      const { traffic, counted, weights, order } = found;
      // Those of the first step are no earlier there than it; all others are written while the step before is computed, into two buffers in turn.
      const expected = Array.from({ length: steps }, (_, step) => [
        `step ${step}`,
        ...(step + 1 < steps ? [`images ${step + 1}`] : []),
        `over ${step}`,
      ]).flat();
      expect(order.filter((line) => expected.includes(line))).toEqual(expected);
      console.log(`images' buffers: ${found.imageBuffers}; ${order.slice(0, 9).join(', ')}`);
      // Of the numbers SGD without averages is told the learning rate alone.
      const [images, targets, rates, logits, loss] = [4 * 3 * 32 * 32, 4 * 7, 1, 4 * 7, 1];
      expect(traffic).toEqual({
        // Counted from the second step on, whose images were sent in the first.
        up: 4 * ((steps - 2) * images + (steps - 1) * (targets + rates)),
        down: 4 * (steps - 1) * (logits + loss),
      });
      // The browser's own calls move that and what kernels are told; the weights alone would be many times as much a step.
      const beside = (counted.up - traffic.up + counted.down - traffic.down) / (steps - 1);
      expect(beside).toBeGreaterThanOrEqual(0);
      expect(beside).toBeLessThan(16_384);
      expect(weights).toBeGreaterThan(20 * beside);
    } finally {
      await browser.close();
      host.close();
      rmSync(folder, { recursive: true, force: true });
    }
  }, 600_000);
});
