import type { Explainer } from './explainer.js';
import { openWith } from './gradCam.js';

/** HiResCAM: gradient times activation, place by place. */
export const hiresCam: Explainer = {
  id: 'hirescam',
  title: 'HiResCAM',
  summary: 'weighs a layer place by place',
  source: 'Draelos and Carin 2020, doi 10.48550/arXiv.2011.08891',
  looksAt: 'layer',
  needsGradients: true,
  grainy: true,
  open: openWith('hirescam'),
};
