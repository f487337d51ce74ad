import type { Attributes, Graph, Shape, Value } from '../../graph.js';
import type { SlidingWindow } from '../../slidingWindow.js';

/** What a Conv node needs: a window, all but its kernel left out where it is the usual. */
export type NodeWindow = Pick<SlidingWindow, 'kernel'> &
  Partial<Omit<SlidingWindow, 'sides'>> & { readonly groups?: number };

/** Attributes of Conv and ConvTranspose, and of their forms on channels in blocks. */
export function windowAttributes({ kernel, stride, dilation, before, after, groups = 1 }: NodeWindow): Attributes {
  return {
    kernel_shape: kernel,
    ...(stride && { strides: stride }),
    ...(dilation?.some((step) => step !== 1) && { dilations: dilation }),
    ...(before && after && { pads: [...before, ...after] }),
    ...(groups !== 1 && { group: groups }),
  };
}

/**
 * Conv as every device computes it right. onnxruntime 1.30's WebGPU kernel goes wrong where the channels are a multiple of
 * 3 but not of 4, more than 3, and the filters a multiple of 4 (https://github.com/microsoft/onnxruntime/issues/29651 seems
 * to be the same); channels of zeros up to a multiple of 4 lead it to its other path.
 */
export function convNode(
  graph: Graph,
  x: Value,
  weight: Value,
  bias: Value | undefined,
  shape: Shape,
  window: NodeWindow,
): Value {
  const channels = x.shape[1];
  const wrong = channels % 3 === 0 && channels % 4 !== 0 && channels > 3 && weight.shape[0] % 4 === 0;
  const widen = (value: Value) =>
    graph.target === 'webgpu' && wrong && (window.groups ?? 1) === 1
      ? padChannels(graph, value, 4 * Math.ceil(channels / 4))
      : value;
  const inputs = [widen(x), widen(weight)];
  return graph.node('Conv', bias ? [...inputs, bias] : inputs, shape, windowAttributes(window));
}

/** [N, C, H, W] to [N, channels, H, W], zeros behind. */
function padChannels(graph: Graph, x: Value, channels: number): Value {
  const [n, c, h, w] = x.shape;
  const pads = graph.integers([0, 0, 0, 0, 0, channels - c, 0, 0]);
  return graph.node('Pad', [x, pads, graph.scalar(0)], [n, channels, h, w]);
}
