import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { DeviceProbe } from './deviceProbe.js';
import type { Finding } from './finding.js';
import { workerUrl } from './workerUrl.js';

const run = promisify(execFile);

/** Runs a convolution on a device in a child process. */
export async function checkDevice(
  device: 'cpu' | 'webgpu',
  threads: number,
): Promise<DeviceProbe | { readonly failure: string }> {
  try {
    const script = fileURLToPath(workerUrl('machine/deviceProbe'));
    const { stdout } = await run(process.execPath, [script, device, String(threads)], { timeout: 60_000 });
    return JSON.parse(stdout.trim().split('\n').at(-1)!) as DeviceProbe;
  } catch (error) {
    return { failure: failureOf(error) };
  }
}

export async function checkNpm(): Promise<Finding> {
  const base = { id: 'npm', label: 'npm' };
  try {
    const { stdout } = await run('npm', ['--version'], { timeout: 20_000, shell: process.platform === 'win32' });
    return { ...base, status: 'ok', found: stdout.trim() };
  } catch {
    return { ...base, status: 'missing', found: 'not found', advice: 'Needed only to install and to update.' };
  }
}

/** Encodes and decodes a small picture. */
export async function checkSharp(): Promise<Finding> {
  const base = { id: 'sharp', label: 'Images' };
  try {
    const { sharpCodec } = await import('../files/codec.js');
    const { default: sharp } = await import('sharp');
    const data = new Uint8Array(16 * 8 * 3).fill(128);
    const jpeg = await sharpCodec.encodeJpeg({ width: 16, height: 8, channels: 3, data });
    const { width, height } = await sharpCodec.decode(jpeg);
    if (width !== 16 || height !== 8) throw new Error(`a picture of 16 x 8 came back as ${width} x ${height}`);
    return { ...base, status: 'ok', found: `sharp ${sharp.versions.sharp}, libvips ${sharp.versions.vips}` };
  } catch (error) {
    const advice =
      'Install again with `npm install --include=optional`: sharp comes as one optional package a platform.';
    return { ...base, status: 'problem', found: failureOf(error), advice };
  }
}

const browserNames = [
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable',
  'chrome',
  'msedge',
  'microsoft-edge',
];
const browserPaths = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe',
];

export async function checkBrowser(): Promise<Finding> {
  const base = { id: 'browser', label: 'Browser' };
  const path = browserNames.map(findProgram).find(Boolean) ?? browserPaths.find((candidate) => existsSync(candidate));
  if (path) return { ...base, status: 'ok', found: path };
  const advice = 'Optional. Reports open in any browser; tests in the browser need Chromium, Chrome or Edge.';
  return { ...base, status: 'missing', found: 'no Chromium, Chrome or Edge found', advice };
}

/** PyTorch is only a yardstick for `npm run bench`. */
export async function checkPython(): Promise<Finding> {
  const base = { id: 'pytorch', label: 'PyTorch' };
  const candidates = [...new Set([findProgram('python3'), findProgram('python'), '/usr/bin/python3'])];
  const program = 'import torch, torchvision; print(torch.__version__, torchvision.__version__)';
  let python: string | undefined;
  for (const candidate of candidates) {
    if (!candidate || !existsSync(candidate)) continue;
    python ??= candidate;
    try {
      const { stdout } = await run(candidate, ['-c', program], { timeout: 60_000 });
      const [torch, torchvision] = stdout.trim().split(' ');
      return { ...base, status: 'ok', found: `${torch}, torchvision ${torchvision}, ${candidate}` };
    } catch {
      // Another Python may have it.
    }
  }
  return {
    ...base,
    status: 'missing',
    found: python ? `${python} has no PyTorch` : 'no Python found',
    advice: 'Optional. Only `npm run bench` compares with it (Debian: apt install python3-torch python3-torchvision).',
  };
}

/** Where a program lies on PATH. */
export function findProgram(name: string): string | undefined {
  const endings = process.platform === 'win32' ? ['.exe', '.cmd'] : [''];
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    for (const ending of endings) {
      const path = join(folder, name + ending);
      if (folder && existsSync(path)) return path;
    }
  }
  return undefined;
}

/** One line that says what went wrong, the child's own words first. */
function failureOf(error: unknown): string {
  const { stderr, signal, killed, message } = error as {
    stderr?: string;
    signal?: string;
    killed?: boolean;
    message: string;
  };
  if (killed) return 'no answer within a minute';
  const said = stderr?.trim().split('\n').at(-1);
  // onnxruntime's messages begin with a page of C++.
  const plain = said && (/Failed to get a WebGPU adapter.*$/.exec(said)?.[0] ?? said);
  return plain || (signal ? `the process died (${signal})` : message.split('\n')[0]);
}
