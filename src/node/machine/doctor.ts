import { existsSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { cpus, freemem, totalmem } from 'node:os';
import { dirname, resolve } from 'node:path';
import { defaultCacheFolder } from '../files/cacheFolder.js';
import { availableThreads } from './availableThreads.js';
import type { DeviceProbe } from './deviceProbe.js';
import { checkBrowser, checkDevice, checkNpm, checkPython, checkSharp } from './doctorChecks.js';
import type { Finding, FindingStatus } from './finding.js';
import { formatBytes } from './formatQuantity.js';
import { readInstructionSets } from './instructionSets.js';
import { packageInfo } from './packageInfo.js';

/** What `lesionlab doctor` finds on a machine. */
export interface MachineReport {
  /** Whether everything that lesionlab needs is there. */
  readonly ok: boolean;
  readonly lesionlab: string;
  readonly node: string;
  readonly platform: string;
  readonly cpu: string;
  readonly cores: number;
  readonly threads: number;
  readonly instructionSets: readonly string[];
  /** Bytes. */
  readonly memory: { readonly total: number; readonly free: number };
  readonly findings: readonly Finding[];
}

const gibi = 2 ** 30;

/** Looks at everything that lesionlab needs or can use. Optional things that are missing are no problem. */
export async function examineMachine(options: { threads: number }): Promise<MachineReport> {
  const [instructionSets, ...checked] = await Promise.all([
    readInstructionSets(),
    checkNpm(),
    checkSharp(),
    checkDevices(options.threads),
    checkBrowser(),
    checkPython(),
    checkDisk('disk', 'Disk, this folder', process.cwd()),
    checkDisk('cache-disk', 'Disk, cache', defaultCacheFolder()),
  ]);
  const [npm, sharp, devices, browser, python, disk, cacheDisk] = checked;
  const threads = availableThreads();
  const cpu = cpus()[0]?.model.trim() ?? 'unknown';
  const memory = { total: Math.min(totalmem(), process.constrainedMemory?.() || Infinity), free: freemem() };
  const findings = [
    checkNode(),
    npm,
    checkProcessor(cpu, threads, instructionSets),
    checkMemory(memory),
    disk,
    cacheDisk,
    sharp,
    ...devices,
    browser,
    python,
  ];
  return {
    ok: findings.every(({ status }) => status !== 'problem'),
    lesionlab: packageInfo.version,
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    cpu,
    cores: cpus().length,
    threads,
    instructionSets,
    memory,
    findings,
  };
}

/** The report as lines of text, one a finding, advice below. */
export function formatFindings(report: MachineReport): string {
  const marks: Record<FindingStatus, string> = { ok: 'ok     ', missing: 'missing', problem: 'PROBLEM' };
  const width = Math.max(...report.findings.map(({ label }) => label.length));
  const lines = [`lesionlab ${report.lesionlab} on ${report.platform}`, ''];
  for (const { label, status, found, advice } of report.findings) {
    lines.push(`${marks[status]}  ${label.padEnd(width)}  ${found}`);
    if (advice) lines.push(`${' '.repeat(9 + width + 2)}-> ${advice}`);
  }
  lines.push('', report.ok ? 'Everything that lesionlab needs is there.' : 'Mend the problems above first.');
  return lines.join('\n');
}

function checkNode(): Finding {
  const wanted = packageInfo.engines.node;
  const base = { id: 'node', label: 'Node', found: `${process.version} (needs ${wanted})` };
  if (isAtLeast(process.version, wanted)) return { ...base, status: 'ok' };
  return { ...base, status: 'problem', advice: 'Install a current Node from https://nodejs.org.' };
}

/** Compares `v20.19.1` with `>=20.19`, number by number. */
export function isAtLeast(version: string, range: string): boolean {
  const numbers = (text: string) =>
    text
      .replace(/^[^\d]*/, '')
      .split('.')
      .map(Number);
  const [have, want] = [numbers(version), numbers(range)];
  for (let i = 0; i < want.length; i++) {
    if ((have[i] ?? 0) !== want[i]) return (have[i] ?? 0) > want[i];
  }
  return true;
}

function checkProcessor(cpu: string, threads: number, instructionSets: readonly string[]): Finding {
  const found = `${threads} ${threads === 1 ? 'core' : 'cores'} to use, ${cpu}${instructionSets.length > 0 ? `, ${instructionSets.join(' ')}` : ''}`;
  const slow = process.arch === 'x64' && instructionSets.length > 0 && !instructionSets.includes('AVX2');
  return {
    id: 'processor',
    label: 'Processor',
    status: 'ok',
    found,
    advice: slow
      ? 'Without AVX2, networks run several times slower: choose a small model and small images.'
      : undefined,
  };
}

function checkMemory({ total, free }: MachineReport['memory']): Finding {
  const base = { id: 'memory', label: 'Memory', found: `${formatBytes(total)}, ${formatBytes(free)} free` };
  if (total >= 2 * gibi) return { ...base, status: 'ok' };
  return { ...base, status: 'problem', advice: 'Training wants 2 GiB: try a smaller --batch-size and --image-size.' };
}

async function checkDisk(id: string, label: string, folder: string): Promise<Finding> {
  let nearest = resolve(folder);
  while (!existsSync(nearest) && dirname(nearest) !== nearest) nearest = dirname(nearest);
  try {
    const { bavail, bsize } = await statfs(nearest);
    const free = bavail * bsize;
    const base = { id, label, found: `${formatBytes(free)} free at ${nearest}` };
    if (free >= 3 * gibi) return { ...base, status: 'ok' };
    return {
      ...base,
      status: free < gibi / 4 ? 'problem' : 'ok',
      advice: 'All of HAM10000 at 224 pixels takes 1.5 GiB of cache, and a run up to 1 GiB.',
    };
  } catch (error) {
    return { id, label, status: 'problem', found: `cannot be looked at: ${(error as Error).message}` };
  }
}

/** One device after the other, so that their speeds can be compared. */
async function checkDevices(threads: number): Promise<Finding[]> {
  const cpu = await checkDevice('cpu', threads);
  const webgpu = await checkDevice('webgpu', threads);
  const findings = [describeCpu(cpu)];
  if ('gigaflops' in webgpu) {
    const faster = !('gigaflops' in cpu) || webgpu.gigaflops > cpu.gigaflops;
    findings.push({
      id: 'webgpu',
      label: 'Networks, WebGPU',
      status: 'ok',
      found: describeProbe(webgpu),
      advice: faster
        ? 'Use it with --device webgpu.'
        : 'Slower than the CPU here (perhaps a graphics driver in software): stay with the CPU.',
    });
  } else {
    findings.push({
      id: 'webgpu',
      label: 'Networks, WebGPU',
      status: 'missing',
      found: webgpu.failure,
      advice: 'Optional. It needs a GPU with a Vulkan (Linux), Direct3D 12 (Windows) or Metal (macOS) driver.',
    });
  }
  return findings;
}

const describeProbe = ({ runtime, version, gigaflops }: DeviceProbe) =>
  `${runtime} ${version}, ${gigaflops.toPrecision(2)} GFLOP/s in a 3x3 convolution`;

/** What was found out about networks on the CPU; onnxruntime-web stands in where onnxruntime-node does not load. */
export function describeCpu(cpu: DeviceProbe | { readonly failure: string }): Finding {
  const base = { id: 'onnxruntime', label: 'Networks, CPU' };
  if ('failure' in cpu)
    return {
      ...base,
      status: 'problem',
      found: cpu.failure,
      advice: 'Neither onnxruntime-node nor onnxruntime-web works: install again with `npm install --ignore-scripts`.',
    };
  const found = describeProbe(cpu);
  if (!cpu.missingAddon) return { ...base, status: 'ok', found };
  const { reason, remedy } = cpu.missingAddon;
  const advice = [`${reason}, so networks run in WebAssembly, which is slower.`, remedy].join(' ').trim();
  return { ...base, status: 'ok', found, advice };
}
