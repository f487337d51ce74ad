import { describe, expect, it } from 'vitest';
import type { HeatMap } from '../../src/explain/heatmap.js';
import { localiseHeat, summariseLocalisation } from '../../src/explain/localisation.js';
import type { Raster } from '../../src/image/raster.js';

const heatOf = (size: number, heat: (x: number, y: number) => number): HeatMap => ({
  width: size,
  height: size,
  values: Float32Array.from({ length: size * size }, (_, i) => heat(i % size, Math.floor(i / size))),
});
const maskOf = (width: number, height: number, inside: (x: number, y: number) => boolean): Raster => ({
  width,
  height,
  channels: 1,
  data: Uint8Array.from({ length: width * height }, (_, i) => (inside(i % width, Math.floor(i / width)) ? 255 : 0)),
});
const squash = { fit: 'squash', imageSize: 40 } as const;
const leftHalf = maskOf(80, 60, (x) => x < 40);

describe('localiseHeat', () => {
  it('gives evenly spread heat a ratio of 1', () => {
    const found = localiseHeat(
      heatOf(5, () => 0.5),
      leftHalf,
      squash,
    );
    expect(found.lesionShare).toBeCloseTo(0.5, 12);
    expect(found.heatInside).toBeCloseTo(0.5, 6);
    expect(found.ratio).toBeCloseTo(1, 6);
  });

  it('tells heat inside from heat outside', () => {
    const inside = localiseHeat(
      heatOf(40, (x) => (x < 20 ? 1 : 0)),
      leftHalf,
      squash,
    );
    expect(inside).toEqual({ heatInside: 1, lesionShare: 0.5, ratio: 2, hit: true });
    const outside = localiseHeat(
      heatOf(40, (x) => (x < 20 ? 0 : 1)),
      leftHalf,
      squash,
    );
    expect(outside).toEqual({ heatInside: 0, lesionShare: 0.5, ratio: 0, hit: false });
    const mixed = localiseHeat(
      heatOf(40, (x) => (x < 20 ? 1 : 3)),
      leftHalf,
      squash,
    );
    expect(mixed.heatInside).toBeCloseTo(0.25, 12);
  });

  it('enlarges a coarse map, and its hottest place with it', () => {
    const corner = heatOf(4, (x, y) => (x === 0 && y === 0 ? 1 : 0));
    expect(localiseHeat(corner, leftHalf, squash)).toMatchObject({ heatInside: 1, hit: true });
    expect(
      localiseHeat(
        corner,
        maskOf(80, 60, (x, y) => x > 40 || y > 30),
        squash,
      ).hit,
    ).toBe(false);
  });

  it('looks only at the middle of the mask where the network saw only that', () => {
    // The outer 10 of 80 columns on either side are cropped away: 30 of the 60 that are left are lesion.
    const found = localiseHeat(
      heatOf(30, () => 1),
      maskOf(80, 60, (x) => x < 40),
      { fit: 'crop', imageSize: 30 },
    );
    expect(found.lesionShare).toBeCloseTo(0.5, 12);
    const outsideFrame = maskOf(80, 60, (x) => x < 8);
    expect(
      localiseHeat(
        heatOf(30, () => 1),
        outsideFrame,
        { fit: 'crop', imageSize: 30 },
      ),
    ).toEqual({
      heatInside: 0,
      lesionShare: 0,
      ratio: null,
      hit: false,
    });
  });

  it('says null of an empty map', () => {
    expect(
      localiseHeat(
        heatOf(4, () => 0),
        leftHalf,
        squash,
      ),
    ).toEqual({ heatInside: null, lesionShare: 0.5, ratio: null, hit: null });
  });

  it('reads the first channel of a colour mask, and counts grey from half on', () => {
    const grey = { ...leftHalf, data: leftHalf.data.map((value) => (value > 0 ? 140 : 110)) };
    const rgb: Raster = {
      ...leftHalf,
      channels: 3,
      data: Uint8Array.from({ length: leftHalf.data.length * 3 }, (_, i) => (i % 3 === 0 ? grey.data[i / 3] : 77)),
    };
    expect(
      localiseHeat(
        heatOf(5, () => 1),
        rgb,
        squash,
      ).lesionShare,
    ).toBeCloseTo(0.5, 12);
  });
});

describe('summariseLocalisation', () => {
  it('averages, leaving empty maps out', () => {
    const summary = summariseLocalisation([
      { heatInside: 0.8, lesionShare: 0.2, ratio: 4, hit: true },
      { heatInside: 0.4, lesionShare: 0.4, ratio: 1, hit: false },
      { heatInside: null, lesionShare: 0.3, ratio: null, hit: null },
    ]);
    expect(summary).toMatchObject({ images: 3, emptyMaps: 1, ratio: 2.5, hitRate: 0.5 });
    expect(summary.heatInside).toBeCloseTo(0.6, 12);
    expect(summary.lesionShare).toBeCloseTo(0.3, 12);
  });

  it('has nothing to say about nothing', () => {
    expect(summariseLocalisation([]).heatInside).toBeNull();
  });
});
