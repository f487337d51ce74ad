import { resolve } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { build } from 'vite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ImageCodec, Raster } from '../../src/image/raster.js';
import { sharpCodec } from '../../src/node/files/codec.js';
import { pixelFiles } from '../image/pixelFiles.js';
import { chromiumPath, openBrowser } from './openBrowser.js';

const codec = resolve(import.meta.dirname, '../../src/browser/codec.ts');

/** The page's codec as one script that defines `codec`. */
async function bundleCodec(): Promise<string> {
  const built = await build({
    configFile: false,
    logLevel: 'warn',
    build: { write: false, minify: false, lib: { entry: codec, formats: ['iife'], name: 'codec' } },
  });
  const [{ output }] = built as Extract<typeof built, readonly unknown[]>;
  return output[0].code;
}

type Answer = { readonly width: number; readonly height: number; readonly base64: string } | { readonly error: string };

describe.skipIf(!chromiumPath)('one set of pixels in Node and in the page', () => {
  let browser: Browser;
  let page: Page;
  beforeAll(async () => {
    browser = await openBrowser();
    page = await browser.newPage();
    await page.addScriptTag({ content: await bundleCodec() });
  }, 120_000);
  afterAll(() => browser?.close());

  async function decodeInPage(bytes: Uint8Array): Promise<Raster | { error: string }> {
    const answer = await page.evaluate(async (base64): Promise<Answer> => {
      const file = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
      try {
        const image = await (
          globalThis as unknown as { codec: { browserCodec: ImageCodec } }
        ).codec.browserCodec.decode(file);
        let text = '';
        for (const byte of image.data) text += String.fromCharCode(byte);
        return { width: image.width, height: image.height, base64: btoa(text) };
      } catch (error) {
        return { error: (error as Error).message };
      }
    }, Buffer.from(bytes).toString('base64'));
    if ('error' in answer) return answer;
    return { ...answer, channels: 3, data: new Uint8Array(Buffer.from(answer.base64, 'base64')) };
  }

  it('decodes every kind of file alike, or refuses it in the same words', async () => {
    const wrong: string[] = [];
    for (const { name, bytes, tolerance, refused } of await pixelFiles()) {
      const node = await sharpCodec.decode(bytes).catch((error: Error) => ({ error: error.message }));
      const web = await decodeInPage(bytes);
      if (refused || 'error' in node || 'error' in web) {
        const said = [node, web].map((answer) => ('error' in answer ? answer.error : 'was decoded'));
        if (!refused || said.some((words) => !refused.test(words))) wrong.push(`${name}: ${said.join(' / ')}`);
      } else if (node.width !== web.width || node.height !== web.height)
        wrong.push(`${name}: ${node.width} x ${node.height} and ${web.width} x ${web.height}`);
      else {
        const apart = node.data.reduce((most, value, i) => Math.max(most, Math.abs(value - web.data[i])), 0);
        if (apart > tolerance) wrong.push(`${name}: ${apart} levels apart`);
      }
    }
    expect(wrong).toEqual([]);
  }, 240_000);
});
