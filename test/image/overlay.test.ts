import { interpolateViridis } from 'd3-scale-chromatic';
import { describe, expect, it } from 'vitest';
import { colormapTable } from '../../src/image/colormap.js';
import { enlargeField } from '../../src/image/enlargeField.js';
import { colorHeat, overlayHeat } from '../../src/image/overlay.js';
import type { Raster } from '../../src/image/raster.js';

describe('colormapTable', () => {
  it('is close to viridis everywhere', () => {
    const table = colormapTable('viridis');
    for (let level = 0; level < 256; level++) {
      const hex = interpolateViridis(level / 255);
      for (let c = 0; c < 3; c++) {
        const expected = Number.parseInt(hex.slice(1 + 2 * c, 3 + 2 * c), 16);
        expect(Math.abs(table[level * 3 + c] - expected)).toBeLessThanOrEqual(6);
      }
    }
  });

  it('ends turbo in dark blue and dark red', () => {
    const table = colormapTable('turbo');
    expect([...table.subarray(0, 3)]).toEqual([48, 18, 59]);
    expect([...table.subarray(765)]).toEqual([122, 4, 3]);
  });
});

describe('enlargeField', () => {
  it('interpolates between centres and continues edges', () => {
    // torch.nn.functional.interpolate([[0, 1]], size=(1, 4), mode='bilinear', align_corners=False)
    expect([...enlargeField([0, 1], 2, 1, 4, 1)]).toEqual([0, 0.25, 0.75, 1]);
    expect([...enlargeField([0, 1, 2, 3], 2, 2, 2, 2)]).toEqual([0, 1, 2, 3]);
    expect([...enlargeField([5], 1, 1, 3, 2)]).toEqual([5, 5, 5, 5, 5, 5]);
  });
});

describe('overlayHeat', () => {
  const image: Raster = { width: 4, height: 2, channels: 3, data: new Uint8Array(24).fill(200) };
  const heat = { width: 2, height: 1, values: [0, 1] };

  it('mixes picture and colour by opacity', () => {
    expect(overlayHeat(image, heat, { opacity: 0 }).data).toEqual(image.data);
    const { data } = overlayHeat(image, heat, { opacity: 0.5 });
    const hot = colormapTable('turbo').subarray(765);
    expect([...data.subarray(9, 12)]).toEqual([...hot].map((value) => Math.round(100 + value / 2)));
    expect(image.data.every((value) => value === 200)).toBe(true);
  });

  it('leaves cold places alone where it fades', () => {
    const { data } = overlayHeat(image, heat, { opacity: 1, fade: true });
    expect([...data.subarray(0, 3)]).toEqual([200, 200, 200]);
    expect([...data.subarray(9, 12)]).toEqual([...colormapTable('turbo').subarray(765)]);
  });

  it('colours a map alone', () => {
    const { data } = colorHeat(heat, 2, 1, 'viridis');
    expect([...data]).toEqual([...colormapTable('viridis').subarray(0, 3), ...colormapTable('viridis').subarray(765)]);
  });
});
