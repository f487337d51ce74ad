import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const { CHROMIUM_PATH } = process.env;
/** The path that CHROMIUM_PATH names alone, where it names one. */
const candidates = CHROMIUM_PATH
  ? [CHROMIUM_PATH]
  : ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** A Chromium that is installed on this machine; undefined where there is none (tests of the page are skipped then). */
export const chromiumPath = candidates.find((path) => existsSync(path));

/** Opens it without a window. */
export function openBrowser(...args: string[]): Promise<Browser> {
  return chromium.launch({ executablePath: chromiumPath, args: ['--no-sandbox', ...args] });
}
