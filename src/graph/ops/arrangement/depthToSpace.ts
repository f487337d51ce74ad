import type { Operator } from '../../graph.js';
import { channelsToPixels, type PixelBlockAttributes, pixelsToChannels } from './pixelBlocks.js';

/** Channels become squares of pixels: x [N, C block^2, H, W] to [N, C, H block, W block]. */
export const depthToSpace: Operator<PixelBlockAttributes> = {
  name: 'depthToSpace',
  lower: (graph, [x], attributes) => channelsToPixels(graph, 'depthToSpace', x, attributes),
  gradient: (graph, { outputGradient, attributes }) => [
    pixelsToChannels(graph, 'depthToSpace', outputGradient, attributes),
  ],
};
