import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';
import { Graph, toOnnx } from '../../src/graph/index.js';

/** Drivers of Chromium's software Vulkan device (SwiftShader), where packages put them. */
const softwareDrivers = [
  '/usr/lib/chromium/vk_swiftshader_icd.json',
  '/usr/lib/chromium-browser/vk_swiftshader_icd.json',
  '/opt/google/chrome/vk_swiftshader_icd.json',
];

const probe = `
const ort = require('onnxruntime-node');
const model = Buffer.from(process.argv[1], 'base64');
ort.InferenceSession.create(model, { executionProviders: ['webgpu'], logSeverityLevel: 4 }).then(
  (session) => session.run({ x: new ort.Tensor('float32', [-1, 2], [2]) }).then(({ y }) => console.log('y=' + y.data)),
).catch((error) => { console.error(error.message); process.exit(1); });
`;

function tinyModel(): string {
  const graph = new Graph();
  graph.output('y', graph.node('Relu', [graph.input('x', [2])], [2]));
  return Buffer.from(toOnnx(graph)).toString('base64');
}

/**
 * Finds a WebGPU device that onnxruntime-node can use: the system's own, else Chromium's software Vulkan, whose driver it
 * then names to this process (the loader reads the variable when the first session opens). Tried in child processes, since
 * a broken driver may end the process.
 * @returns undefined where there is one, else why there is none
 */
export async function missingWebgpu(): Promise<string | undefined> {
  const drivers = [undefined, ...softwareDrivers.filter(existsSync)];
  let reason = '';
  for (const driver of drivers) {
    const env = driver === undefined ? process.env : { ...process.env, VK_ICD_FILENAMES: driver };
    try {
      const { stdout } = await promisify(execFile)(process.execPath, ['-e', probe, tinyModel()], {
        env,
        timeout: 60_000,
      });
      if (!stdout.includes('y=0,2')) throw new Error(`a ReLU came out as ${stdout}`);
      if (driver !== undefined) process.env.VK_ICD_FILENAMES = driver;
      return undefined;
    } catch (error) {
      const { stderr, message } = error as { stderr?: string; message: string };
      reason = (stderr || message).trim().split('\n').at(-1) ?? '';
    }
  }
  const tried = drivers.length === 1 ? ", and no Chromium with SwiftShader's driver" : ', nor does SwiftShader';
  return `no WebGPU device here${tried}: ${reason}`;
}
