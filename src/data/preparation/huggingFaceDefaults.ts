/** What an image processor of the library transformers does where preprocessor_config.json is silent. */
export interface ProcessorDefaults {
  /** A plain number as `size` is both sides; otherwise the short side. */
  readonly square: boolean;
  /** Pillow's number of the filter. */
  readonly resample: number;
  readonly size: unknown;
  readonly do_center_crop: boolean;
  readonly crop_size?: unknown;
  readonly do_normalize: boolean;
  readonly image_mean: readonly number[];
  readonly image_std: readonly number[];
  readonly crop_pct?: number;
  readonly do_flip_channel_order?: boolean;
  readonly include_top?: boolean;
  /** What it does of its own with `size`: ConvNeXt's and PoolFormer's share that is kept, LeViT's 256 of 224. */
  readonly resizing?: 'convnext' | 'poolformer' | 'levit';
}

const half = { image_mean: [0.5, 0.5, 0.5], image_std: [0.5, 0.5, 0.5] };
const imagenet = { image_mean: [0.485, 0.456, 0.406], image_std: [0.229, 0.224, 0.225] };
const clip = {
  image_mean: [0.48145466, 0.4578275, 0.40821073],
  image_std: [0.26862954, 0.26130258, 0.27577711],
};
const short = (side: number) => ({ shortest_edge: side });
const both = (side: number) => ({ height: side, width: side });
const whole = { square: true, do_center_crop: false, do_normalize: true, size: both(224) };
const middle = { square: false, do_center_crop: true, do_normalize: true, size: short(224), crop_size: both(224) };
const [bilinear, bicubic] = [2, 3];

/** Classes of transformers 5 and of version 4, by the name that they share; all resize, and multiply by 1/255. */
export const processorDefaults: Readonly<Record<string, ProcessorDefaults>> = {
  ViTImageProcessor: { ...whole, resample: bilinear, ...half },
  BeitImageProcessor: { ...whole, resample: bicubic, crop_size: both(224), ...half },
  PvtImageProcessor: { ...whole, resample: bicubic, ...imagenet },
  DeiTImageProcessor: {
    ...whole,
    resample: bicubic,
    size: both(256),
    do_center_crop: true,
    crop_size: both(224),
    ...half,
  },
  DINOv3ViTImageProcessor: { ...whole, resample: bilinear, ...imagenet },
  EfficientNetImageProcessor: {
    ...whole,
    resample: bicubic,
    size: both(346),
    crop_size: both(289),
    include_top: true,
    ...half,
  },
  BitImageProcessor: { ...middle, resample: bicubic, ...clip },
  CLIPImageProcessor: { ...middle, resample: bicubic, ...clip },
  MobileNetV1ImageProcessor: { ...middle, resample: bilinear, size: short(256), ...half },
  MobileNetV2ImageProcessor: { ...middle, resample: bilinear, size: short(256), ...half },
  LevitImageProcessor: { ...middle, resample: bicubic, resizing: 'levit', ...imagenet },
  PoolFormerImageProcessor: { ...middle, resample: bicubic, crop_pct: 0.9, resizing: 'poolformer', ...imagenet },
  ConvNextImageProcessor: {
    ...middle,
    resample: bicubic,
    size: short(384),
    do_center_crop: false,
    crop_pct: 0.875,
    resizing: 'convnext',
    ...half,
  },
  MobileViTImageProcessor: {
    ...middle,
    resample: bicubic,
    crop_size: both(256),
    do_normalize: false,
    do_flip_channel_order: true,
    ...half,
  },
};

/** The class that a file names, whatever the version of transformers that wrote it: `ViTFeatureExtractor`, `ViTImageProcessorFast`. */
export const processorClass = (name: string): string =>
  name.replace(/FeatureExtractor$/, 'ImageProcessor').replace(/ImageProcessor(Fast|Pil)$/, 'ImageProcessor');

/** The processors of architectures: what transformers takes where preprocessor_config.json names none. */
const processorsByArchitecture: Readonly<Record<string, readonly string[]>> = {
  ViTImageProcessor: ['vit', 'vit_mae', 'vit_msn', 'swin', 'swinv2', 'swiftformer', 'ijepa', 'dinat'],
  BeitImageProcessor: ['beit', 'data2vec-vision'],
  PvtImageProcessor: ['pvt', 'pvt_v2'],
  DeiTImageProcessor: ['deit'],
  DINOv3ViTImageProcessor: ['dinov3_vit'],
  EfficientNetImageProcessor: ['efficientnet'],
  BitImageProcessor: ['bit', 'dinov2', 'focalnet', 'hiera'],
  MobileNetV1ImageProcessor: ['mobilenet_v1'],
  MobileNetV2ImageProcessor: ['mobilenet_v2'],
  LevitImageProcessor: ['levit'],
  PoolFormerImageProcessor: ['poolformer'],
  ConvNextImageProcessor: ['convnext', 'convnextv2', 'cvt', 'regnet', 'resnet'],
  MobileViTImageProcessor: ['mobilevit', 'mobilevitv2'],
};

/** The class for an architecture, `model_type` in config.json; undefined for one that isn't known. */
export const processorOfArchitecture = (modelType: unknown): string | undefined =>
  Object.keys(processorsByArchitecture).find((name) => processorsByArchitecture[name].includes(String(modelType)));
