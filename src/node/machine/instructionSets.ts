import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

/** Names as people write them, by the kernel's flag; only those that matrix kernels use. */
const linuxFlags: readonly (readonly [flag: string, name: string])[] = [
  ['avx', 'AVX'],
  ['avx2', 'AVX2'],
  ['fma', 'FMA'],
  ['avx512f', 'AVX-512'],
  ['avx512_vnni', 'VNNI'],
  ['avx_vnni', 'AVX-VNNI'],
  ['avx512_bf16', 'BF16'],
  ['amx_tile', 'AMX'],
  ['asimd', 'NEON'],
  ['asimddp', 'DOTPROD'],
  ['i8mm', 'I8MM'],
  ['sve', 'SVE'],
];

/** Vector instruction sets of the processor, as far as the system tells; empty where it doesn't. */
export async function readInstructionSets(): Promise<string[]> {
  try {
    if (process.platform === 'linux') return fromCpuInfo(await readFile('/proc/cpuinfo', 'utf8'));
    if (process.platform === 'darwin') {
      if (process.arch === 'arm64') return ['NEON', 'DOTPROD'];
      const keys = ['machdep.cpu.features', 'machdep.cpu.leaf7_features'];
      const { stdout } = await promisify(execFile)('sysctl', ['-n', ...keys], { timeout: 5000 });
      const words = new Set(stdout.toLowerCase().replaceAll('avx1.0', 'avx').split(/\s+/));
      return linuxFlags.filter(([flag]) => words.has(flag)).map(([, name]) => name);
    }
  } catch {
    // Not knowing is no fault.
  }
  return [];
}

/** Reads the first processor's flags out of /proc/cpuinfo. */
export function fromCpuInfo(text: string): string[] {
  const line = /^(?:flags|Features)\s*:(.*)$/m.exec(text)?.[1] ?? '';
  const flags = new Set(line.trim().split(/\s+/));
  return linuxFlags.filter(([flag]) => flags.has(flag)).map(([, name]) => name);
}
