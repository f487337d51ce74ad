import { describe, expect, it } from 'vitest';
import {
  describeCpu,
  examineMachine,
  formatFindings,
  isAtLeast,
  type MachineReport,
} from '../../../src/node/machine/doctor.js';
import { findProgram } from '../../../src/node/machine/doctorChecks.js';
import { fromCpuInfo } from '../../../src/node/machine/instructionSets.js';

describe('doctor', () => {
  it('reports everything it looks at', async () => {
    const report = await examineMachine({ threads: 1 });
    expect(report.findings.map(({ id }) => id)).toEqual([
      'node',
      'npm',
      'processor',
      'memory',
      'disk',
      'cache-disk',
      'sharp',
      'onnxruntime',
      'webgpu',
      'browser',
      'pytorch',
    ]);
    const byId = new Map(report.findings.map((finding) => [finding.id, finding]));
    expect(byId.get('node')!.status).toBe('ok');
    expect(byId.get('sharp')!.status).toBe('ok');
    for (const { status, advice, found } of report.findings) {
      expect(found).not.toBe('');
      expect(found).not.toContain('\n');
      if (status !== 'ok') expect(advice).toBeTruthy();
    }
    expect(report.cores).toBeGreaterThanOrEqual(report.threads);
    expect(JSON.parse(JSON.stringify(report))).toMatchObject({ ok: report.ok });
  }, 120_000);

  it('says where networks run in WebAssembly, why, and how to get the native engine', () => {
    const probe = { runtime: 'onnxruntime-web', version: '1.2.3', gigaflops: 4 };
    const missingAddon = { reason: 'onnxruntime-node is not installed', remedy: 'Install it.' };
    expect(describeCpu({ ...probe, missingAddon })).toMatchObject({
      status: 'ok',
      found: 'onnxruntime-web 1.2.3, 4.0 GFLOP/s in a 3x3 convolution',
      advice: 'onnxruntime-node is not installed, so networks run in WebAssembly, which is slower. Install it.',
    });
    expect(describeCpu({ ...probe, missingAddon: { reason: 'There is none' } }).advice).toBe(
      'There is none, so networks run in WebAssembly, which is slower.',
    );
    expect(describeCpu({ ...probe, runtime: 'onnxruntime-node' }).advice).toBeUndefined();
  });

  it('prints one line a finding, advice below it', () => {
    const report = {
      ok: false,
      lesionlab: '1.2.3',
      platform: 'linux x64',
      findings: [
        { id: 'a', label: 'A', status: 'ok', found: 'fine' },
        { id: 'bb', label: 'Bbb', status: 'problem', found: 'broken', advice: 'Mend it.' },
      ],
    } as unknown as MachineReport;
    expect(formatFindings(report).split('\n')).toEqual([
      'lesionlab 1.2.3 on linux x64',
      '',
      'ok       A    fine',
      'PROBLEM  Bbb  broken',
      '              -> Mend it.',
      '',
      'Mend the problems above first.',
    ]);
  });

  it.each([
    ['v20.19.0', '>=20.19', true],
    ['v20.18.9', '>=20.19', false],
    ['v22.1.0', '>=20.19', true],
    ['v18.20.1', '>=20.19', false],
    ['v20.19.2', '>=20.19.3', false],
  ])('compares %s with %s', (version, range, result) => expect(isAtLeast(version, range)).toBe(result));

  it("reads x86's and ARM's flags from /proc/cpuinfo", () => {
    expect(fromCpuInfo('processor : 0\nflags\t\t: fpu avx avx2 fma avx512f sse2\nbugs : x')).toEqual([
      'AVX',
      'AVX2',
      'FMA',
      'AVX-512',
    ]);
    expect(fromCpuInfo('processor : 0\nFeatures\t: fp asimd asimddp\n')).toEqual(['NEON', 'DOTPROD']);
    expect(fromCpuInfo('')).toEqual([]);
  });

  it('finds programs on PATH', () => {
    expect(findProgram('node')).toMatch(/node/);
    expect(findProgram('no-such-program-anywhere')).toBeUndefined();
  });
});
