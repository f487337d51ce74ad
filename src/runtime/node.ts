import * as ort from 'onnxruntime-node';
import { makeRuntime, type OnnxRuntimeModule } from './openSession.js';

/** onnxruntime's Node addon: CPU, and WebGPU through native Dawn. */
export const nodeRuntime = makeRuntime('onnxruntime-node', ort as unknown as OnnxRuntimeModule, 'cpu');
