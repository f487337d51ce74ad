import type { Fit } from '../../image/fitImage.js';
import { type ResizeMethod, resizeMethods } from '../../image/resizeFilters.js';
import {
  colourFields,
  geometryFields,
  isObject,
  isSide,
  PreprocessingClaims,
  quote,
  tripleOf,
} from './preprocessingClaims.js';

/** timm's names of what is resized. */
const cropModes: Readonly<Record<string, Fit>> = { center: 'crop', squash: 'squash', border: 'pad' };

/** timm's settings of a pretrained model, in its config.json; undefined where the file is another's. */
export function timmSettings(config: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> | undefined {
  if (isObject(config.pretrained_cfg)) return config.pretrained_cfg;
  return config.architecture !== undefined && config.input_size !== undefined ? config : undefined;
}

/**
 * What the `pretrained_cfg` of timm says, as `transforms_imagenet_eval` of timm uses it.
 * @param file its name, for messages @param inputSide of the network's input, where its shape says one: a model that was exported at the size of its
 *   tests takes the share of its tests, too
 */
export function readTimmSettings(
  file: string,
  settings: Readonly<Record<string, unknown>>,
  inputSide: number | undefined,
): PreprocessingClaims {
  const claims = new PreprocessingClaims(file);
  const sideOf = (value: unknown) => (Array.isArray(value) && value.length === 3 ? value[1] : undefined);
  const tested =
    inputSide !== undefined &&
    inputSide !== sideOf(settings.input_size) &&
    inputSide === sideOf(settings.test_input_size);
  const sizeField = tested ? 'test_input_size' : 'input_size';
  const shareField = tested && settings.test_crop_pct ? 'test_crop_pct' : 'crop_pct';
  readGeometry(claims, settings, sizeField, shareField);
  const { interpolation, mean, std } = settings;
  const method = `${interpolation}-antialiased` as ResizeMethod;
  if (interpolation === 'nearest') claims.say('resize', 'nearest', 'interpolation');
  else if (resizeMethods.includes(method)) claims.say('resize', method, 'interpolation');
  else if (interpolation) claims.refuse(`interpolation ${quote(interpolation)} is none that lesionlab has`, ['resize']);
  const [means, deviations] = [tripleOf(mean), tripleOf(std)];
  if (means && deviations?.every((value) => value > 0)) {
    claims.say('mean', means, 'mean');
    claims.say('std', deviations, 'std');
    if (claims.values.fit === 'pad')
      claims.say('padFill', means.map((value) => Math.round(255 * value)) as [number, number, number], 'mean');
  } else if (mean || std)
    claims.refuse(`mean ${quote(mean)} and std ${quote(std)} are not three numbers each`, ['mean', 'std']);
  claims.say('channelOrder', 'rgb', 'timm takes red, green, blue');
  claims.suppose('layout', 'nchw', 'channels first, as PyTorch lays them out');
  return claims;
}

function readGeometry(
  claims: PreprocessingClaims,
  settings: Readonly<Record<string, unknown>>,
  sizeField: string,
  shareField: string,
): void {
  const geometry = [...geometryFields];
  const { crop_mode: mode, crop_border_pixels: border } = settings;
  const { [sizeField]: size, [shareField]: share } = settings;
  if (border) claims.refuse(`crop_border_pixels ${quote(border)} is a step that lesionlab doesn't have`, geometry);
  if (!Array.isArray(size)) return;
  const [channels, height, width] = size as unknown[];
  if (channels !== 3)
    claims.refuse(`${sizeField} ${quote(size)}: lesionlab takes three channels`, [...geometry, ...colourFields]);
  else if (!isSide(height) || height !== width)
    claims.refuse(`${sizeField} ${quote(size)} is a rectangle; lesionlab takes squares`, geometry);
  else if (mode && !Object.hasOwn(cropModes, String(mode)))
    claims.refuse(`crop_mode ${quote(mode)} is none that is known`, geometry);
  else {
    claims.say('imageSize', height, sizeField);
    if (!share) return;
    if (mode === 'squash' && Number(share) > 1)
      claims.refuse(
        `${shareField} ${quote(share)} with crop_mode squash leaves borders, which lesionlab doesn't have`,
        geometry,
      );
    else if (typeof share !== 'number' || !(share > 0))
      claims.refuse(`${shareField} ${quote(share)} is no share above 0`, geometry);
    else {
      claims.say(
        'fit',
        mode ? cropModes[String(mode)] : 'crop',
        mode ? 'crop_mode' : 'no crop_mode, which is center in timm',
      );
      claims.say('resizeTo', Math.floor(height / share), shareField);
    }
  }
}
