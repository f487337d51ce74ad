import { openGradCam } from '../gradCam.js';
import type { ActivationMapMethod } from '../heatmap.js';
import type { Explainer } from './explainer.js';

/** Grad-CAM: channels of a layer, each weighted by its mean gradient. */
export const gradCam: Explainer = {
  id: 'grad-cam',
  title: 'Grad-CAM',
  summary: 'weighs whole channels of a layer',
  source: 'Selvaraju et al. 2017, doi 10.1109/ICCV.2017.74',
  looksAt: 'layer',
  needsGradients: true,
  grainy: false,
  open: openWith('grad-cam'),
};

/** A class activation map at a layer as an explainer. */
export function openWith(method: ActivationMapMethod): Explainer['open'] {
  return async (runtime, options, open) => {
    const opened = await openGradCam(runtime, { ...options, method }, open);
    return {
      method,
      layer: opened.layer,
      explain: opened.explain,
      close: opened.close,
    };
  };
}
