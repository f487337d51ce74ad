import {
  adjustBrightness,
  adjustContrast,
  adjustHue,
  adjustSaturation,
  affineMap,
  colorHeat,
  colormapTable,
  cropImage,
  drawMontage,
  drawSeenPart,
  enlargeField,
  fitImage,
  fitToSquare,
  flipMap,
  identity,
  measureText,
  overlayHeat,
  perspectiveMap,
  resizeImage,
  turnImage,
  warpSquare,
} from '../../src/image/index.js';
import { type Contract, notFrom, notWhole, testContracts } from './contract.js';

const image = { width: 4, height: 3, channels: 3, data: new Uint8Array(36) };
const notRaster: Contract['bad'] = [
  ['0.width', [...notWhole(1), 5]],
  ['0.height', [...notWhole(1), 4]],
  ['0.channels', [2, 0, Number.NaN, null]],
  ['0.data', [new Uint8Array(35), null]],
];
const heat = { width: 2, height: 2, values: Float32Array.of(0, 1, 0.5, 0.2) };
const planes = () => [new Float32Array(12), 0, 4, 0.1];
const corners = [0, 0, 3, 0, 3, 3, 0, 3];
const adjust = (call: Contract['call'], notAmount: readonly unknown[]): Contract => ({
  call,
  good: planes,
  bad: [
    ['1', [1, -1, 0.5, Number.NaN]],
    ['2', [5, ...notWhole(1)]],
    ['3', notAmount],
  ],
});

testContracts('pictures', [
  { call: resizeImage, good: () => [image, 2, 5], bad: [...notRaster, ['1', notWhole(1)], ['2', notWhole(1)]] },
  {
    call: cropImage,
    good: () => [image, 1, 1, 2, 2],
    bad: [
      ...notRaster,
      ['1', [3, ...notWhole(0)]],
      ['2', [2, ...notWhole(0)]],
      ['3', [4, ...notWhole(1)]],
      ['4', notWhole(1)],
    ],
  },
  { call: turnImage, good: () => [image, 6], bad: [...notRaster, ['1', [0, 9, 1.5, Number.NaN, null]]] },
  {
    call: fitImage,
    good: () => [image, { imageSize: 2, fit: 'pad', resize: 'nearest', resizeTo: 3, padFill: [1, 2, 3] }],
    bad: [
      ...notRaster,
      ['1.imageSize', notWhole(1)],
      ['1.fit', ['letterbox', null]],
      ['1.resize', ['bicubic', null]],
      ['1.resizeTo', notWhole(1)],
      ['1.padFill', [[1, 2], null]],
    ],
  },
  {
    call: drawSeenPart,
    good: () => [image, { imageSize: 2, fit: 'squash', resizeTo: 3 }, 5],
    bad: [...notRaster, ['2', notWhole(1)]],
  },
  {
    call: fitToSquare,
    good: () => [image, 2, 'crop'],
    bad: [...notRaster, ['1', notWhole(1)], ['2', ['letterbox', null]]],
  },
  {
    call: warpSquare,
    good: () => [new Uint8Array(48), 4, identity, 'reflect', new Float32Array(48), 0],
    bad: [
      ['0', [new Uint8Array(47)]],
      ['1', [5, ...notWhole(1)]],
      ['2', [[1, 0, 0]]],
      ['4', [new Float32Array(47)]],
      ['5', [1, -1, 0.5]],
    ],
  },
  adjust(adjustBrightness, notFrom(0)),
  adjust(adjustContrast, notFrom(0)),
  adjust(adjustSaturation, notFrom(0)),
  adjust(adjustHue, notFrom(-0.5, 0.5)),
  {
    call: flipMap,
    good: () => [4, 3, true, false],
    bad: [
      ['0', notWhole(1)],
      ['1', notWhole(1)],
    ],
  },
  {
    call: affineMap,
    good: () => [4, 3, 90, [1, 0], 1.5],
    bad: [
      ['0', notWhole(1)],
      ['2', [Number.NaN, null]],
      ['3', [[Number.NaN, 0]]],
      ['4', [0, -1, Number.NaN]],
    ],
  },
  {
    call: perspectiveMap,
    good: () => [corners, corners],
    bad: [
      ['0', [[0, 0], corners.map(() => Number.NaN)]],
      ['1', [[0, 0]]],
    ],
  },
  {
    call: enlargeField,
    good: () => [heat.values, 2, 2, 4, 4],
    bad: [
      ['0', [[1, 2, 3]]],
      ['1', [3, ...notWhole(1)]],
      ['4', notWhole(1)],
    ],
  },
  {
    call: overlayHeat,
    good: () => [image, heat, { opacity: 0.5 }],
    bad: [
      ...notRaster,
      ['0', [{ width: 2, height: 2, channels: 1, data: new Uint8Array(4) }]],
      ['1.values', [[1, 2, 3]]],
      ['1.width', notWhole(1)],
      ['2.opacity', notFrom(0, 1)],
      ['2.colormap', ['jet']],
    ],
  },
  {
    call: colorHeat,
    good: () => [heat, 4, 4],
    bad: [
      ['1', notWhole(1)],
      ['2', notWhole(1)],
    ],
  },
  { call: colormapTable, good: () => ['viridis'], bad: [['0', ['jet', 'toString', null]]] },
  {
    call: drawMontage,
    good: () => [[{ image }], { columns: 1, gap: 2, textScale: 1 }],
    bad: [
      [
        '0.0.image',
        [
          { ...image, channels: 1, data: new Uint8Array(12) },
          { ...image, width: 9 },
        ],
      ],
      ['1.columns', notWhole(1)],
      ['1.gap', notWhole(0)],
      ['1.textScale', notWhole(1)],
    ],
  },
  { call: measureText, good: () => ['text', 2], bad: [['1', notWhole(1)]] },
]);
