import type { Attributes, Graph, Shape, Value } from '../../graph.js';
import type { SlidingWindow } from '../../slidingWindow.js';
import { narrowGroups, widenGroups } from './groupWidths.js';

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
 * Conv as every device computes it right. onnxruntime 1.30's WebGPU kernels go wrong in two cases.
 * - Without groups, where the channels are a multiple of 3 but not of 4, more than 3, and the filters a multiple of 4
 *   (https://github.com/microsoft/onnxruntime/issues/29651 seems to be the same). Channels of zeros up to a multiple of 4 lead it to its
 *   other path.
 * - With groups of 4 filters or more, where all filters can be taken by fours, or else by twos, and those of a group can't: what is taken
 *   together then reaches over two groups. Each group gets filters of zeros up to a multiple of 4, and what they give is cut off.
 */
export function convNode(
  graph: Graph,
  x: Value,
  weight: Value,
  bias: Value | undefined,
  shape: Shape,
  window: NodeWindow,
): Value {
  const groups = window.groups ?? 1;
  const filters = weight.shape[0];
  const ownFilters = filters / groups;
  let [channels, width] = [x.shape[1] / groups, ownFilters];
  if (graph.target === 'webgpu' && groups === 1) {
    const wrong = channels % 3 === 0 && channels % 4 !== 0 && channels > 3 && filters % 4 === 0;
    if (wrong) channels = 4 * Math.ceil(channels / 4);
  } else if (graph.target === 'webgpu') {
    const together = [4, 2, 1].find((count) => filters % count === 0)!;
    if (width >= 4 && width % together !== 0) width = 4 * Math.ceil(width / 4);
  }
  const kernels = widenGroups(graph, widenGroups(graph, weight, 1, 1, channels), 0, groups, width);
  const inputs = [widenGroups(graph, x, 1, groups, channels), kernels];
  if (bias) inputs.push(widenGroups(graph, bias, 0, groups, width));
  const wide = [shape[0], groups * width, ...shape.slice(2)];
  return narrowGroups(graph, graph.node('Conv', inputs, wide, windowAttributes(window)), groups, ownFilters);
}
