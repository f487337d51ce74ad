import type { ResizeMethod } from '../../image/resizeFilters.js';
import {
  type ProcessorDefaults,
  processorClass,
  processorDefaults,
  processorOfArchitecture,
} from './huggingFaceDefaults.js';
import {
  colourFields,
  geometryFields,
  isObject,
  isSide,
  PreprocessingClaims,
  quote,
  tripleOf,
} from './preprocessingClaims.js';

/** The fields that are read; `null` in a file leaves one to its class. */
const known = [
  ...['do_resize', 'size', 'resample', 'do_center_crop', 'crop_size', 'crop_pct', 'do_rescale', 'rescale_factor'],
  ...[
    'rescale_offset',
    'do_normalize',
    'image_mean',
    'image_std',
    'include_top',
    'do_flip_channel_order',
    'data_format',
  ],
] as const;
type Known = (typeof known)[number];
/** Say nothing of pixels: images are RGB here, and what comes out is laid out as the network's input says. */
const idle = new Set([
  ...['image_processor_type', 'feature_extractor_type', 'processor_class', 'do_convert_rgb', 'input_data_format'],
  ...['return_tensors', 'device', 'disable_grouping', 'default_to_square', '_valid_processor_keys', 'auto_map'],
  ...['num_channels', 'image_seq_length', 'patch_size'],
]);
/** Of fields that only some other one makes matter. */
const onlyWith: Readonly<Record<string, string>> = { pad_size: 'do_pad', size_divisor: 'do_pad' };

/** Pillow's numbers of its filters, which `resample` is. */
const pillowFilters: readonly ResizeMethod[] = [
  ...(['nearest', 'lanczos-antialiased', 'bilinear-antialiased', 'bicubic-antialiased'] as const),
  ...(['box-antialiased', 'hamming-antialiased'] as const),
];

/** What a file says, or its class where it is silent, and which of the two it was. */
type Read = (field: Known) => { readonly value: unknown; readonly place: string } | undefined;

/**
 * What a preprocessor_config.json of Hugging Face's transformers says. Where it is silent, what its class does is taken and said to be so; where it names
 * no class, the architecture's; a file without either says only what stands in it.
 * @param file its name, for messages @param modelType `model_type` of the config.json beside it
 */
export function readHuggingFaceProcessor(
  file: string,
  config: Readonly<Record<string, unknown>>,
  modelType?: unknown,
): PreprocessingClaims {
  const claims = new PreprocessingClaims(file);
  const type = config.image_processor_type ?? config.feature_extractor_type;
  const name = typeof type === 'string' ? processorClass(type) : processorOfArchitecture(modelType);
  const defaults = name !== undefined && Object.hasOwn(processorDefaults, name) ? processorDefaults[name] : undefined;
  if (name !== undefined && !defaults) {
    claims.refuse(`image_processor_type ${quote(type)} is none whose steps are known here`);
    return claims;
  }
  refuseOthers(claims, config);
  const usual: Partial<Record<Known, unknown>> | undefined = defaults && {
    ...defaults,
    ...{ do_resize: true, do_rescale: true, rescale_factor: 1 / 255, rescale_offset: false },
  };
  const read: Read = (field) => {
    if (config[field] !== undefined && config[field] !== null) return { value: config[field], place: field };
    const value = usual?.[field];
    return value === undefined ? undefined : { value, place: `${field} of ${name}, which the file leaves to it` };
  };
  readGeometry(claims, read, defaults);
  readFilter(claims, read);
  readColours(claims, read, defaults);
  readLayout(claims, read);
  return claims;
}

/** Steps that are named in a file and not done here must not be passed over. */
function refuseOthers(claims: PreprocessingClaims, config: Readonly<Record<string, unknown>>): void {
  for (const [field, value] of Object.entries(config)) {
    const does = value !== null && value !== false;
    if (!does || idle.has(field) || known.includes(field as Known)) continue;
    const master = onlyWith[field];
    if (master !== undefined && !config[master]) continue;
    claims.refuse(`${field} ${quote(value)} is a step that lesionlab doesn't have`);
  }
}

const geometry = [...geometryFields];

function readGeometry(claims: PreprocessingClaims, read: Read, defaults: ProcessorDefaults | undefined): void {
  const [resizes, size, crops, cropSize, share] = (
    ['do_resize', 'size', 'do_center_crop', 'crop_size', 'crop_pct'] as const
  ).map(read);
  if (!resizes || !size) return;
  if (resizes.value !== true) {
    claims.refuse('do_resize is false: images must have the right size already', geometry);
    return;
  }
  const wanted = readSize(size.value, defaults);
  if (typeof wanted === 'string') {
    claims.refuse(`size ${quote(size.value)} ${wanted}`, geometry);
    return;
  }
  let { side } = wanted;
  let fit: 'squash' | 'crop' = wanted.short ? 'crop' : 'squash';
  let cut: number | undefined;
  const kept = share?.value;
  if (kept !== undefined && !(typeof kept === 'number' && kept > 0 && kept <= 1)) {
    claims.refuse(`crop_pct ${quote(kept)} is no share above 0 and up to 1`, geometry);
    return;
  }
  if (defaults?.resizing === 'convnext' && !wanted.short) {
    claims.refuse(`size ${quote(size.value)} has no shortest_edge, which ConvNextImageProcessor needs`, geometry);
    return;
  }
  if (defaults?.resizing === 'convnext') {
    // Below 384 pixels the middle is cut out of a larger image, from there on the whole is squashed.
    if (side < 384) [cut, side] = [side, Math.trunc(side / (kept as number))];
    else fit = 'squash';
  } else if (defaults?.resizing === 'poolformer') [side, fit] = [Math.trunc(side / (kept as number)), 'crop'];
  else if (defaults?.resizing === 'levit') {
    if (wanted.short) side = Math.trunc((256 / 224) * side);
  } else if (share) claims.refuse(`crop_pct ${quote(kept)} is none of this class's fields`, geometry);
  if (crops?.value === true) {
    const found = cropSize && readSize(cropSize.value, { square: true });
    if (!found || typeof found === 'string') {
      claims.refuse(`crop_size ${quote(cropSize?.value)} ${found ?? 'is missing'}`, geometry);
      return;
    }
    cut = found.side;
  } else if (!crops) return;
  else if (fit === 'crop' && cut === undefined) {
    claims.refuse('the short side is resized and nothing cut out, which gives rectangles', geometry);
    return;
  }
  if (fit === 'squash' && cut !== undefined && cut > side) {
    claims.refuse(`crop_size ${cut} is more than the ${side} pixels that both sides are resized to`, geometry);
    return;
  }
  const place = cut === undefined ? size.place : (crops?.value === true ? cropSize! : size).place;
  claims.say('imageSize', cut ?? side, place);
  claims.say('fit', fit, size.place);
  claims.say(
    'resizeTo',
    side,
    defaults?.resizing === undefined ? size.place : `${size.place}, as ${defaults.resizing} resizes`,
  );
}

/** The side that is resized to, or what is wrong with the words for it. */
function readSize(
  size: unknown,
  defaults: Pick<ProcessorDefaults, 'square'> | undefined,
): { readonly side: number; readonly short: boolean } | string {
  if (isSide(size)) {
    if (defaults) return { side: size, short: !defaults.square };
    return "doesn't say whether it is the short side or both, and the file names no class";
  }
  const fields = Array.isArray(size) && size.length === 2 ? { height: size[0], width: size[1] } : size;
  if (!isObject(fields)) return 'is no size';
  const {
    height,
    width,
    shortest_edge: edge,
    ...others
  } = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null));
  const [other] = Object.keys(others);
  if (other !== undefined) return `has ${other}, which lesionlab doesn't have`;
  if (isSide(edge) && height === undefined && width === undefined) return { side: edge, short: true };
  if (!isSide(height) || !isSide(width) || edge !== undefined) return 'is no size';
  return height === width ? { side: height, short: false } : 'is a rectangle; lesionlab takes squares';
}

function readFilter(claims: PreprocessingClaims, read: Read): void {
  const filter = read('resample');
  if (!filter) return;
  const method = pillowFilters[filter.value as number];
  if (method === undefined)
    claims.refuse(`resample ${quote(filter.value)} is none of Pillow's filters (0 to 5)`, ['resize']);
  else claims.say('resize', method, filter.place);
}

/**
 * Values v in [0, 1] become (255 v f - o - m) / s with the factor f, an offset o, mean m and deviation s, each where the file says so; mean and std in
 * units of v say the same.
 */
function readColours(claims: PreprocessingClaims, read: Read, defaults: ProcessorDefaults | undefined): void {
  const [rescales, factor, offset, normalises, mean, std, again, flips] = (
    [
      ...['do_rescale', 'rescale_factor', 'rescale_offset', 'do_normalize', 'image_mean', 'image_std', 'include_top'],
      ...['do_flip_channel_order'],
    ] as const
  ).map((field) => read(field as Known));
  const flipped = flips?.value === true;
  if (flipped && normalises?.value === true)
    claims.refuse("do_flip_channel_order and do_normalize together don't say whose means they are", [...colourFields]);
  if (flips) claims.say('channelOrder', flipped ? 'bgr' : 'rgb', flips.place);
  else claims.say('channelOrder', 'rgb', 'no do_flip_channel_order, so that channels stay red, green, blue');
  if (!rescales || !normalises || (rescales.value === true && !factor)) return;
  const scale = rescales.value === true ? factor!.value : 1;
  if (typeof scale !== 'number' || !(scale > 0)) {
    claims.refuse(`rescale_factor ${quote(scale)} is no number above 0`, ['mean', 'std']);
    return;
  }
  const [means, deviations] = normalises.value === true ? [tripleOf(mean?.value), tripleOf(std?.value)] : [zeros, ones];
  if (!means || !deviations?.every((value) => value > 0)) {
    const found = `${quote(mean?.value)} and ${quote(std?.value)}`;
    claims.refuse(`image_mean and image_std are not three numbers each, above 0 for the second: ${found}`, [
      'mean',
      'std',
    ]);
    return;
  }
  const shift = rescales.value === true && offset?.value === true ? 1 : 0;
  const twice = again?.value === true && defaults?.include_top !== undefined;
  const second = twice ? tripleOf(std?.value)! : ones;
  const perUnit = 255 * scale;
  const places = [
    normalises.value === true ? mean!.place : normalises.place,
    scale === 1 / 255 ? '' : 'scaled by rescale_factor',
  ];
  const place = places.filter(Boolean).join(', ');
  claims.say(
    'mean',
    map3(means, (value) => (value + shift) / perUnit),
    place,
  );
  const stdPlace = normalises.value === true ? place.replace(mean!.place, std!.place) : place;
  claims.say(
    'std',
    map3(deviations, (value, c) => (value * second[c]) / perUnit),
    twice ? `${stdPlace}, twice by include_top` : stdPlace,
  );
}

const zeros = [0, 0, 0] as const;
const ones = [1, 1, 1] as const;

type Triple = readonly [number, number, number];
const map3 = ([r, g, b]: Triple, change: (value: number, c: number) => number): Triple => [
  change(r, 0),
  change(g, 1),
  change(b, 2),
];

function readLayout(claims: PreprocessingClaims, read: Read): void {
  const format = read('data_format');
  if (!format) claims.suppose('layout', 'nchw', 'channels first, as transformers lays them out');
  else if (format.value === 'channels_first' || format.value === 'channels_last')
    claims.say('layout', format.value === 'channels_first' ? 'nchw' : 'nhwc', format.place);
  else claims.refuse(`data_format ${quote(format.value)} is none that is known`, ['layout']);
}
