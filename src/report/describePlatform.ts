import type { RunConfig } from '../training/recipe/config.js';

/** What a training ran in, in words. */
export const describePlatform = ({ node, browser }: RunConfig['versions']): string =>
  browser === undefined ? `Node ${node ?? 'of unknown version'}` : `in a browser (${browser})`;
