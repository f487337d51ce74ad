import type { Operator } from '../../graph.js';
import { channelsToPixels, type PixelBlockAttributes, pixelsToChannels } from './pixelBlocks.js';

/** Squares of pixels become channels: x [N, C, H block, W block] to [N, C block^2, H, W]. */
export const spaceToDepth: Operator<PixelBlockAttributes> = {
  name: 'spaceToDepth',
  lower: (graph, [x], attributes) => pixelsToChannels(graph, 'spaceToDepth', x, attributes),
  gradient: (graph, { outputGradient, attributes }) => [
    channelsToPixels(graph, 'spaceToDepth', outputGradient, attributes),
  ],
};
