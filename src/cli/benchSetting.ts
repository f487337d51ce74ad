import { cpus, loadavg } from 'node:os';
import type { BenchOptions } from '../node/bench/index.js';
import { readInstructionSets } from '../node/machine/instructionSets.js';
import { nodeRuntime } from '../runtime/node.js';

/** Figures mean little without the machine and the settings they were measured with. */
export async function describeSetting({ model, imageSize, batchSize, threads, device, int8 }: BenchOptions) {
  return {
    model,
    arithmetic: int8 ? ('int8' as const) : ('float32' as const),
    imageSize,
    batchSize,
    device,
    threads,
    processor: cpus()[0]?.model ?? 'unknown',
    instructionSets: await readInstructionSets(),
    // Of the last minute, before the measurement: other work on the same cores makes every figure smaller.
    loadAverage: Number(loadavg()[0].toFixed(2)),
  };
}

/** Only once a graph was opened is it known whether onnxruntime-web had to stand in for onnxruntime-node. */
export const withRuntime = (setting: Awaited<ReturnType<typeof describeSetting>>) => ({
  ...setting,
  runtime: nodeRuntime.name,
  onnxruntime: nodeRuntime.version,
});
export type Setting = ReturnType<typeof withRuntime>;

export function formatSetting(setting: Setting): string {
  const {
    model,
    arithmetic,
    imageSize,
    batchSize,
    device,
    threads,
    processor,
    instructionSets,
    loadAverage,
    runtime,
    onnxruntime,
  } = setting;
  const sets = instructionSets.length > 0 ? ` (${instructionSets.join(', ')})` : '';
  const lines = [
    `${model}, ${arithmetic}, ${imageSize} px, batches of ${batchSize}, ${device}, ${threads} thread${threads === 1 ? '' : 's'}, ${runtime} ${onnxruntime}`,
    `${processor}${sets}`,
  ];
  if (loadAverage > 0.5)
    lines.push(`The load average was ${loadAverage} before: other work on these cores makes the figures smaller.`);
  return lines.join('\n');
}
