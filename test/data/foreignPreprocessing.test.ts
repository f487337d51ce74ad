import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { normaliseImage } from '../../src/data/augmentation/batches.js';
import {
  type ForeignPreprocessingSources,
  type GivenPreprocessing,
  readForeignPreprocessing,
  requireComplete,
} from '../../src/data/preparation/foreignPreprocessing.js';
import type { LesionlabError } from '../../src/errors.js';
import { fitImage } from '../../src/image/fitImage.js';

const half = { image_mean: [0.5, 0.5, 0.5], image_std: [0.5, 0.5, 0.5] };
const imagenet = { image_mean: [0.485, 0.456, 0.406], image_std: [0.229, 0.224, 0.225] };
const byte = 0.00392156862745098;
const close = (values: readonly number[]) => values.map((value) => expect.closeTo(value, 6));

type Files = Record<string, unknown>;
const read = (files: Files, more: Partial<ForeignPreprocessingSources> = {}) =>
  readForeignPreprocessing({
    model: 'net.onnx',
    metadata: {},
    files: new Map(
      Object.entries(files).map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)]),
    ),
    inputName: 'pixel_values',
    inputShape: ['batch', 3, 'height', 'width'],
    ...more,
  });
const complete = (files: Files, more?: Partial<ForeignPreprocessingSources>) => requireComplete(read(files, more));
const processor = (config: object) => ({ 'preprocessor_config.json': config });
const timm = (config: object) => ({ 'config.json': { architecture: 'net', pretrained_cfg: config } });
const failure = (act: () => unknown): LesionlabError => {
  try {
    act();
  } catch (error) {
    return error as LesionlabError;
  }
  throw new Error('nothing was thrown');
};

describe('published preprocessor_config.json files', () => {
  const squash = { fit: 'squash', resize: 'bilinear-antialiased' };

  it.each<[string, object, object]>([
    [
      'ViT',
      {
        do_normalize: true,
        do_rescale: true,
        do_resize: true,
        image_processor_type: 'ViTImageProcessor',
        ...half,
        resample: 2,
        rescale_factor: byte,
        size: { height: 224, width: 224 },
      },
      { imageSize: 224, ...squash, mean: close([0.5, 0.5, 0.5]), std: close([0.5, 0.5, 0.5]) },
    ],
    [
      'ViT of before version 4.26',
      {
        do_normalize: true,
        do_resize: true,
        feature_extractor_type: 'ViTFeatureExtractor',
        ...half,
        resample: 2,
        size: 384,
      },
      { imageSize: 384, ...squash, mean: close([0.5, 0.5, 0.5]), std: close([0.5, 0.5, 0.5]) },
    ],
    [
      'Swin',
      {
        do_normalize: true,
        do_resize: true,
        feature_extractor_type: 'ViTFeatureExtractor',
        ...imagenet,
        resample: 3,
        size: 224,
      },
      {
        imageSize: 224,
        fit: 'squash',
        resize: 'bicubic-antialiased',
        mean: close(imagenet.image_mean),
        std: close(imagenet.image_std),
      },
    ],
    [
      'ConvNeXt at 224',
      {
        crop_pct: 0.875,
        do_normalize: true,
        do_resize: true,
        feature_extractor_type: 'ConvNextFeatureExtractor',
        ...imagenet,
        resample: 3,
        size: 224,
      },
      {
        imageSize: 224,
        fit: 'crop',
        resizeTo: 256,
        resize: 'bicubic-antialiased',
        mean: close(imagenet.image_mean),
        std: close(imagenet.image_std),
      },
    ],
    [
      'ConvNeXt at 384',
      {
        crop_pct: 0.875,
        do_normalize: true,
        do_resize: true,
        image_processor_type: 'ConvNextImageProcessor',
        ...imagenet,
        resample: 3,
        size: { shortest_edge: 384 },
      },
      {
        imageSize: 384,
        fit: 'squash',
        resize: 'bicubic-antialiased',
        mean: close(imagenet.image_mean),
        std: close(imagenet.image_std),
      },
    ],
    [
      'DINOv2',
      {
        crop_size: { height: 224, width: 224 },
        do_center_crop: true,
        do_convert_rgb: true,
        do_normalize: true,
        do_rescale: true,
        do_resize: true,
        image_processor_type: 'BitImageProcessor',
        ...imagenet,
        resample: 3,
        rescale_factor: byte,
        size: { shortest_edge: 256 },
      },
      {
        imageSize: 224,
        fit: 'crop',
        resizeTo: 256,
        resize: 'bicubic-antialiased',
        mean: close(imagenet.image_mean),
        std: close(imagenet.image_std),
      },
    ],
    [
      'BEiT',
      {
        crop_size: 224,
        do_center_crop: false,
        do_normalize: true,
        do_reduce_labels: false,
        do_resize: true,
        feature_extractor_type: 'BeitFeatureExtractor',
        ...half,
        resample: 2,
        size: 224,
      },
      { imageSize: 224, ...squash, mean: close([0.5, 0.5, 0.5]), std: close([0.5, 0.5, 0.5]) },
    ],
    [
      'DeiT, which squashes and cuts',
      {
        crop_size: 224,
        do_center_crop: true,
        do_normalize: true,
        do_resize: true,
        feature_extractor_type: 'DeiTFeatureExtractor',
        ...imagenet,
        resample: 3,
        size: 256,
      },
      {
        imageSize: 224,
        fit: 'squash',
        resizeTo: 256,
        resize: 'bicubic-antialiased',
        mean: close(imagenet.image_mean),
        std: close(imagenet.image_std),
      },
    ],
    [
      'MobileViT, which takes blue first and no mean',
      {
        crop_size: { height: 256, width: 256 },
        do_center_crop: true,
        do_flip_channel_order: true,
        do_resize: true,
        feature_extractor_type: 'MobileViTFeatureExtractor',
        resample: 2,
        size: { shortest_edge: 288 },
      },
      {
        imageSize: 256,
        fit: 'crop',
        resizeTo: 288,
        resize: 'bilinear-antialiased',
        mean: [0, 0, 0],
        std: close([1, 1, 1]),
        channelOrder: 'bgr',
      },
    ],
  ])('%s', (_, config, expected) => {
    const preprocessing = complete(processor(config));
    expect(preprocessing).toEqual({ ...expected, statistics: expect.stringContaining('preprocessor_config.json') });
    expect(preprocessing.mean).toHaveLength(3);
  });

  it('take the class of the architecture where they name none, and say so', () => {
    const old = { do_normalize: true, do_resize: true, ...half, size: 224 };
    const found = read({ ...processor(old), 'config.json': { model_type: 'vit', image_size: 224 } });
    expect(requireComplete(found)).toMatchObject({ imageSize: 224, fit: 'squash', resize: 'bilinear-antialiased' });
    expect(found.sources.resize).toContain('resample of ViTImageProcessor, which the file leaves to it');
    const { message, details } = failure(() => complete(processor(old)));
    expect(message).toContain("size 224 doesn't say whether it is the short side or both");
    expect(details).toHaveLength(1);
  });

  it.each<[string, object, RegExp]>([
    ['do_pad', { do_pad: true, pad_size: { height: 9, width: 9 } }, /do_pad true is a step.*and 1 more/],
    ['do_thumbnail', { do_thumbnail: true }, /do_thumbnail true is a step/],
    ['do_reduce_labels', { do_reduce_labels: true }, /do_reduce_labels true is a step/],
    ['a field that nobody knows', { sharpen: 0.5 }, /sharpen 0.5 is a step/],
    ['a rectangle', { size: { height: 224, width: 192 } }, /rectangle/],
    ['no resizing', { do_resize: false }, /do_resize is false/],
    ['a filter that is none', { resample: 9 }, /resample 9/],
    ['two sides at most', { size: { shortest_edge: 8, longest_edge: 16 } }, /longest_edge/],
    ['no deviation', { image_std: [0.5, 0, 0.5] }, /image_std/],
    ['a cut that is larger', { do_center_crop: true, crop_size: 300 }, /crop_size 300 is more than the 224/],
    ['another class', { image_processor_type: 'PerceiverImageProcessor' }, /PerceiverImageProcessor/],
  ])('are refused by name with %s', (_, change, expected) => {
    const error = failure(() =>
      read(processor({ image_processor_type: 'ViTImageProcessor', ...half, size: 224, ...change })),
    );
    expect([error.kind, error.code]).toEqual(['run', 'foreign-preprocessing']);
    expect(error.message).toMatch(expected);
  });

  it('need nothing that is given', () => {
    const broken = { image_processor_type: 'ViTImageProcessor', size: 224, do_pad: true, ...half };
    const given: GivenPreprocessing = {
      imageSize: 96,
      fit: 'crop',
      crop: 0.75,
      resize: 'nearest',
      mean: [0, 0, 0],
      std: [1, 1, 1],
      channelOrder: 'bgr',
    };
    expect(complete(processor(broken), { given })).toEqual({
      ...{ imageSize: 96, fit: 'crop', resizeTo: 128, resize: 'nearest', mean: [0, 0, 0], std: [1, 1, 1] },
      ...{ channelOrder: 'bgr', statistics: 'given' },
    });
  });
});

describe('what transformers makes of a picture', () => {
  const bytes = (text: string) => new Uint8Array(Buffer.from(text, 'base64'));
  const fixture = JSON.parse(
    readFileSync(new URL('../fixtures/preprocessing/foreign.json', import.meta.url), 'utf8'),
  ) as {
    pictures: { width: number; height: number; image: string }[];
    cases: { config: { image_processor_type: string }; side: number; values: string[] }[];
  };

  it.each(fixture.cases)('is what its configuration is read as: $config', ({ config, side, values }) => {
    const preprocessing = complete(processor(config));
    expect(preprocessing.imageSize).toBe(side);
    for (const [i, { width, height, image }] of fixture.pictures.entries()) {
      const { data } = fitImage({ width, height, channels: 3, data: bytes(image) }, preprocessing);
      const found = new Float32Array(data.length);
      normaliseImage(data, preprocessing, found);
      const expected = new Float32Array(bytes(values[i]).buffer);
      expect(expected.length).toBe(found.length);
      const scale = Math.max(...expected.map(Math.abs));
      for (let at = 0; at < found.length; at++) expect(Math.abs(found[at] - expected[at])).toBeLessThan(1e-5 * scale);
    }
  });
});

describe("timm's config.json", () => {
  const settings = {
    input_size: [3, 224, 224],
    interpolation: 'bicubic',
    crop_pct: 0.9,
    crop_mode: 'center',
    mean: [0.5, 0.5, 0.5],
    std: [0.5, 0.5, 0.5],
  };

  it('says everything', () => {
    expect(complete(timm({ ...settings, fixed_input_size: true, num_classes: 1000, pool_size: null }))).toEqual({
      ...{ imageSize: 224, fit: 'crop', resizeTo: 248, resize: 'bicubic-antialiased' },
      ...{ mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5], statistics: 'config.json: mean; config.json: std' },
    });
    const padded = complete(
      timm({ ...settings, crop_mode: 'border', crop_pct: 1, mean: [1, 0.5, 0], interpolation: 'nearest' }),
    );
    expect(padded).toMatchObject({ fit: 'pad', padFill: [255, 128, 0], resize: 'nearest' });
    expect(padded).not.toHaveProperty('resizeTo');
    expect(complete(timm({ ...settings, crop_mode: 'squash' }))).toMatchObject({ fit: 'squash', resizeTo: 248 });
  });

  it('takes the size and share of its tests where the model was exported so', () => {
    const both = { ...settings, test_input_size: [3, 288, 288], test_crop_pct: 1 };
    expect(complete(timm(both), { inputShape: [1, 3, 288, 288] })).toMatchObject({ imageSize: 288, fit: 'crop' });
    expect(complete(timm(both), { inputShape: [1, 3, 224, 224] })).toMatchObject({ imageSize: 224, resizeTo: 248 });
  });

  it.each<[string, object, RegExp]>([
    ['interpolation', { interpolation: 'random' }, /interpolation "random"/],
    ['crop_mode', { crop_mode: 'tile' }, /crop_mode "tile"/],
    ['input_size', { input_size: [1, 224, 224] }, /three channels/],
    ['a rectangle', { input_size: [3, 224, 320] }, /rectangle/],
    ['crop_pct', { crop_pct: -1 }, /crop_pct -1/],
    ['a squash into less', { crop_pct: 1.1, crop_mode: 'squash' }, /leaves borders/],
    ['mean', { mean: [0.5] }, /mean \[0.5\]/],
  ])('is refused where %s is none that lesionlab has', (_, change, expected) => {
    expect(failure(() => read(timm({ ...settings, ...change }))).message).toMatch(expected);
  });

  it('that lacks a share leaves the fit open', () => {
    expect(read(timm({ ...settings, crop_pct: undefined })).missing).toEqual(['fit']);
  });
});

describe("the model's metadata", () => {
  const rest = { imageSize: 32, fit: 'squash', resize: 'bilinear-antialiased' } as const;

  it.each<[string, readonly number[], readonly number[]]>([
    ['NominalRange_0_255', [0, 0], [0, 255]],
    ['normalized_0_1', [0, 0], [0, 1]],
    ['Normalized_1_1', [0, -1], [0, 1]],
    ['NominalRange_16_235', [0, 16], [0, 235]],
  ])('says the range %s, in any case', (range, [, low], [, high]) => {
    const metadata = {
      'image.nominalpixelrange': range,
      'Image.BitmapPixelFormat': 'BGR8',
      'Image.ColorSpaceGamma': 'sRGB',
    };
    const { mean, std, channelOrder } = complete({}, { metadata, given: rest, inputShape: [1, 32, 32, 3] });
    expect((0 - mean[0]) / std[0]).toBeCloseTo(low, 9);
    expect((1 - mean[0]) / std[0]).toBeCloseTo(high, 9);
    expect(channelOrder).toBe('bgr');
  });

  it.each([
    ['Image.BitmapPixelFormat', 'Gray8'],
    ['Image.ColorSpaceGamma', 'Linear'],
    ['Image.NominalPixelRange', 'Normalized_2_2'],
  ])('is refused with %s %s', (key, value) => {
    expect(failure(() => read({}, { metadata: { [key]: value } })).message).toContain(`${key} `);
  });

  it("has lesionlab's own key, and another's of that name is passed over", () => {
    const own = {
      imageSize: 32,
      fit: 'pad',
      padFill: [1, 2, 3],
      resize: 'nearest',
      resizeTo: 24,
      mean: [0.1, 0.2, 0.3],
      std: [1, 2, 3],
      statistics: 'train-split',
      layout: 'nhwc',
    };
    const found = complete({}, { metadata: { preprocessing: JSON.stringify(own) }, inputShape: ['N', 32, 32, 3] });
    expect(found).toEqual({ ...own, statistics: "the model's metadata: preprocessing" });
    expect(read({}, { metadata: { preprocessing: 'none' } }).missing).toContain('mean');
    const bad = JSON.stringify({ ...own, resize: 'magic' });
    expect(failure(() => read({}, { metadata: { preprocessing: bad } })).message).toContain('preprocessing: resize');
  });
});

describe('the shape of the input', () => {
  it.each<[(number | string | null)[], string | undefined, number | undefined]>([
    [[1, 3, 224, 224], 'nchw', 224],
    [['N', 3, 'H', 'W'], 'nchw', undefined],
    [['N', 'C', 224, 224], 'nchw', 224],
    [[null, 224, 224, 3], 'nhwc', 224],
    [['N', 'H', 'W', 3], 'nhwc', undefined],
    [['N', 3, 3, 3], undefined, undefined],
    [['N', 'C', 'H', 'W'], undefined, undefined],
  ])('%j is %s of %s pixels', (inputShape, layout, imageSize) => {
    const { preprocessing } = read({}, { inputShape });
    expect([preprocessing.layout, preprocessing.imageSize]).toEqual([layout, imageSize]);
  });

  it.each<[(number | string)[], RegExp]>([
    [['N', 3, 224, 320], /rectangle of 224 x 320/],
    [['N', 1, 28, 28], /no axis of three channels/],
    [['N', 512], /no batch of images/],
  ])('%j is refused, whatever is given', (inputShape, expected) => {
    const given = { fit: 'squash', resize: 'nearest', mean: [0, 0, 0], std: [1, 1, 1], channelOrder: 'rgb' } as const;
    expect(failure(() => read({}, { inputShape, given })).message).toMatch(expected);
  });

  it('goes before the usual layout of PyTorch', () => {
    const vit = { image_processor_type: 'ViTImageProcessor' };
    expect(complete(processor(vit))).not.toHaveProperty('layout');
    expect(complete(processor(vit), { inputShape: ['N', 224, 224, 3] }).layout).toBe('nhwc');
  });
});

describe('contradictions and gaps', () => {
  const vit = { image_processor_type: 'ViTImageProcessor', ...half, size: 224 };

  it('between a file and the shape, or between files, are errors that name both', () => {
    const error = failure(() => read(processor(vit), { inputShape: ['N', 3, 256, 256] }));
    expect([error.kind, error.code]).toEqual(['run', 'foreign-preprocessing']);
    expect(error.message).toContain(
      'imageSize is 224 (preprocessor_config.json: size) and 256 (the shape of the input',
    );
    const files = {
      ...processor(vit),
      ...timm({ input_size: [3, 224, 224], crop_pct: 0.9, mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] }),
    };
    const { details } = failure(() => read(files));
    expect(details.map((text) => text.split(' ')[0])).toEqual(['fit', 'resizeTo', 'mean', 'std']);
    expect(error.hintFor('terminal')).toContain('--image-size');
    expect(error.hintFor('page')).not.toContain('--');
  });

  it('are settled by what is given; the side that is resized to follows the size', () => {
    const dino = { ...vit, image_processor_type: 'BitImageProcessor', size: { shortest_edge: 256 }, crop_size: 224 };
    const more = { inputShape: ['N', 3, 448, 448], given: { imageSize: 448 } };
    const found = read(processor(dino), more);
    expect(requireComplete(found)).toMatchObject({ imageSize: 448, fit: 'crop', resizeTo: 512 });
    expect(found.sources).toMatchObject({
      imageSize: 'given',
      resizeTo: expect.stringContaining('in proportion to 448'),
    });
    expect(complete(processor(dino), { ...more, given: { imageSize: 448, crop: 1 } })).not.toHaveProperty('resizeTo');
    expect(complete(processor(dino), { ...more, given: { imageSize: 448, fit: 'squash' } })).not.toHaveProperty(
      'resizeTo',
    );
  });

  it('of what is given and the shape are wrong usage', () => {
    const error = failure(() => read(processor(vit), { inputShape: ['N', 3, 256, 256], given: { imageSize: 224 } }));
    expect([error.kind, error.code]).toEqual(['usage', 'given-against-shape']);
    expect(failure(() => read({}, { given: { crop: 1.5 } })).code).toBe('bad-crop');
  });

  it('a weak size is used where nothing else says one', () => {
    const files = { 'config.json': { model_type: 'net', image_size: 224 } };
    expect(read(files).preprocessing.imageSize).toBe(224);
    expect(read(files, { inputShape: [1, 3, 96, 96] }).preprocessing.imageSize).toBe(96);
  });

  it('of everything name everything, with the options that say it', () => {
    const error = failure(() => complete({}));
    expect([error.kind, error.code]).toEqual(['usage', 'preprocessing-unknown']);
    expect(error.message).toContain('image size, fit, interpolation, mean, standard deviation, channel order');
    for (const option of ['--image-size', '--fit', '--interpolation', '--mean', '--std', '--channel-order'])
      expect(error.hintFor('terminal')).toContain(option);
    expect(error.hintFor('terminal')).not.toContain('--layout');
    expect(error.hintFor('page')).not.toContain('--');
    expect(error.details).toContain('layout: "nchw" (the shape of the input pixel_values: [batch, 3, height, width])');
  });

  it('files that are no JSON are named', () => {
    expect(failure(() => read({ 'sub/preprocessor_config.json': '{' })).message).toContain(
      'preprocessor_config.json: it is no JSON',
    );
  });
});

describe('class names', () => {
  const names = (files: Files, more: Partial<ForeignPreprocessingSources> = {}) =>
    read(files, { classCount: 3, ...more }).classNames;
  const labels = { 'config.json': { id2label: { 2: 'nevus', 0: 'melanoma', 1: 'keratosis' } } };

  it('are what is given, else of the metadata, else of config.json, else numbers that say so', () => {
    expect(names(labels)).toEqual({ names: ['melanoma', 'keratosis', 'nevus'], source: 'config.json: id2label' });
    expect(names(labels, { metadata: { classNames: '["a","b","c"]' } })?.names).toEqual(['a', 'b', 'c']);
    expect(names(labels, { given: { classNames: ['x', 'y', 'z'] } })).toEqual({
      names: ['x', 'y', 'z'],
      source: 'given',
    });
    expect(names({ 'config.json': { architecture: 'net', label_names: ['a', 'b', 'c'] } })?.names).toEqual([
      'a',
      'b',
      'c',
    ]);
    expect(names({})).toEqual({
      names: ['class 0', 'class 1', 'class 2'],
      source: 'nothing says them: they are numbered',
    });
    expect(names({}, { classCount: undefined })).toBeUndefined();
  });

  it('that a file has twice get their numbers: ImageNet has two cranes', () => {
    expect(names({ 'config.json': { id2label: { 0: 'crane', 1: 'nevus', 2: 'crane' } } })?.names).toEqual([
      'crane (0)',
      'nevus',
      'crane (2)',
    ]);
  });

  it('must be as many as the outputs, all different, and one for each number', () => {
    expect(failure(() => names(labels, { classCount: 7 })).message).toContain(
      '3 class names, and the network has 7 classes',
    );
    expect(failure(() => names({}, { given: { classNames: ['a', 'a', 'b'] } })).message).toContain(
      'two classes are named "a"',
    );
    expect(failure(() => names({ 'config.json': { id2label: { 0: 'a', 1: 'b', 7: 'c' } } })).message).toContain(
      'id2label',
    );
  });
});
