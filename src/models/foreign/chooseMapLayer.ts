import type { NetworkLayer } from '../../onnx/index.js';

const convolutions = /^(Conv|FusedConv)$/;
const attentions = /attention/i;
const norms = /norm/i;

/**
 * The layer that Grad-CAM looks at unless another is named. Of a convolutional network: the last map before pooling, all that is left of
 * places. Of a transformer: the first norm of the last block, whose tokens still go through attention; behind it the class
 * token alone has a gradient.
 * @param layers from the input to what describes an image
 * @returns name of its output; undefined where no layer has places
 */
export function chooseMapLayer(
  layers: readonly NetworkLayer[],
  image: { readonly height: number; readonly width: number },
): string | undefined {
  const last = (holds: (layer: NetworkLayer) => boolean, before = layers.length) => {
    for (let i = before - 1; i >= 0; i--) if (holds(layers[i])) return i;
    return -1;
  };
  const attention = last(({ operator }) => attentions.test(operator));
  if (attention > last(({ operator }) => convolutions.test(operator))) {
    const norm = last(({ operator, outputShape }) => norms.test(operator) && outputShape.length >= 3, attention);
    if (norm >= 0) return layers[norm].output;
  }
  const map = last((layer) => isMap(layer, image));
  return map >= 0 ? layers[map].output : undefined;
}

/** Whether places are left: [N, C, H, W] or [N, H, W, C] with more than one. */
function isMap(
  { outputShape }: NetworkLayer,
  { height, width }: { readonly height: number; readonly width: number },
): boolean {
  if (outputShape.length !== 4) return false;
  const [, a, b, c] = outputShape;
  // Rounding makes a side one place longer or shorter.
  const holds = (h: number, w: number) => h * w > 1 && Math.abs(h / w - height / width) <= 1 / w;
  return holds(b, c) || holds(a, b);
}
