import { readFileSync } from 'node:fs';
import { basename, extname } from 'node:path';
import type { Page } from 'playwright-core';

/** Files as a page makes them of bytes, for events that hand them over. */
interface PageFile {
  readonly name: string;
  readonly type: string;
  readonly base64: string;
}

const types: Readonly<Record<string, string>> = { '.jpg': 'image/jpeg', '.png': 'image/png' };

const toPageFile = (path: string): PageFile => ({
  name: basename(path),
  type: types[extname(path)] ?? 'application/octet-stream',
  base64: readFileSync(path).toString('base64'),
});

/** Opens the view and waits for the example model. */
export async function openPredictView(page: Page, url: string): Promise<void> {
  page.setDefaultTimeout(120_000);
  await page.goto(`${url}#/predict`);
  await page.getByText('Computes with').waitFor();
}

export const chooseImages = (page: Page, paths: readonly string[]): Promise<void> =>
  page.getByLabel('Choose images').setInputFiles([...paths]);

/** @param paths the model, and the file with its weights where that is a second one */
export const chooseModel = (page: Page, ...paths: string[]): Promise<void> =>
  page.getByLabel('Open an ONNX file').setInputFiles(paths);

/** Hands files over as the clipboard or a drop would. */
export async function giveFiles(page: Page, way: 'paste' | 'drop', paths: readonly string[]): Promise<void> {
  await page.evaluate(
    ({ way, files }) => {
      const transfer = new DataTransfer();
      for (const { name, type, base64 } of files) {
        const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
        transfer.items.add(new File([bytes], name, { type }));
      }
      const common = { bubbles: true, cancelable: true };
      if (way === 'paste') document.dispatchEvent(new ClipboardEvent('paste', { ...common, clipboardData: transfer }));
      else
        document
          .querySelector('.image-input')
          ?.dispatchEvent(new DragEvent('drop', { ...common, dataTransfer: transfer }));
    },
    { way, files: paths.map(toPageFile) },
  );
}

/** Rows of the CSV file that the view offers for several images. */
export async function readCsv(page: Page): Promise<string[][]> {
  const link = page.getByRole('link', { name: 'Save as CSV' });
  await link.waitFor();
  const text = await link.evaluate(async (anchor) => (await fetch((anchor as HTMLAnchorElement).href)).text());
  return text
    .trim()
    .split('\n')
    .map((line) => line.split(','));
}
