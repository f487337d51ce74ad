import { colourFields, PreprocessingClaims, parseJsonObject, quote } from './preprocessingClaims.js';
import { preprocessingSchema } from './preprocessingSchema.js';

/** Ranges of pixels that ONNX names, as mean and deviation of values in [0, 1]. */
const ranges: Readonly<Record<string, readonly [mean: number, std: number]>> = {
  nominalrange_0_255: [0, 1 / 255],
  normalized_0_1: [0, 1],
  normalized_1_1: [0.5, 0.5],
  nominalrange_16_235: [-16 / 219, 1 / 219],
};

/**
 * What the metadata of an ONNX file says: `preprocessing` as lesionlab writes it, and ONNX's own properties of images (`Image.BitmapPixelFormat`,
 * `Image.ColorSpaceGamma`, `Image.NominalPixelRange`; docs/MetadataProps.md of ONNX), in which case doesn't matter.
 */
export function readOnnxMetadata(metadata: Readonly<Record<string, string>>): PreprocessingClaims {
  const claims = new PreprocessingClaims("the model's metadata");
  const byName = new Map(Object.entries(metadata).map(([key, value]) => [key.toLowerCase(), value]));
  const property = (key: string) => byName.get(key.toLowerCase())?.trim();
  readOwn(claims, metadata.preprocessing);
  const format = property('Image.BitmapPixelFormat');
  if (/^rgb8$/i.test(format ?? '')) claims.say('channelOrder', 'rgb', 'Image.BitmapPixelFormat');
  else if (/^bgr8$/i.test(format ?? '')) claims.say('channelOrder', 'bgr', 'Image.BitmapPixelFormat');
  else if (format)
    claims.refuse(`Image.BitmapPixelFormat is ${quote(format)}; lesionlab takes Rgb8 and Bgr8`, ['channelOrder']);
  const gamma = property('Image.ColorSpaceGamma');
  if (gamma && !/^srgb$/i.test(gamma))
    claims.refuse(`Image.ColorSpaceGamma is ${quote(gamma)}; lesionlab takes SRGB`, [...colourFields]);
  const range = property('Image.NominalPixelRange');
  const known = ranges[range?.toLowerCase() ?? ''];
  if (range && !known) claims.refuse(`Image.NominalPixelRange ${quote(range)} is none of ONNX's`, ['mean', 'std']);
  if (known) {
    const [mean, std] = known;
    claims.say('mean', [mean, mean, mean], 'Image.NominalPixelRange');
    claims.say('std', [std, std, std], 'Image.NominalPixelRange');
  }
  return claims;
}

function readOwn(claims: PreprocessingClaims, text: string | undefined): void {
  const own = parseJsonObject(text);
  if (!own) return; // Others may write a key of this name, too.
  const parsed = preprocessingSchema.safeParse(own);
  if (!parsed.success) {
    const [{ path, message }] = parsed.error.issues;
    claims.refuse(`preprocessing: ${path.join('.')}: ${message}`);
    return;
  }
  const {
    statistics: _,
    imageSize,
    resizeTo = imageSize,
    channelOrder = 'rgb',
    layout = 'nchw',
    padFill,
    ...rest
  } = parsed.data;
  const values = { ...rest, imageSize, resizeTo, channelOrder, layout, ...(padFill && { padFill }) };
  for (const [field, value] of Object.entries(values))
    claims.say(field as 'imageSize', value as number, 'preprocessing');
}
