import type { Raster } from '../../image/raster.js';
import type { Random } from '../../random.js';
import type { Colour } from './looks.js';

/** Pixels as floats (sRGB, 0 to 255) that soft shapes are painted on. */
export class Canvas {
  readonly width: number;
  readonly height: number;
  readonly data: Float32Array;

  constructor(width: number, height: number) {
    this.width = width;
    this.height = height;
    this.data = new Float32Array(width * height * 3);
  }

  /** Moves pixel `index` towards a colour by `alpha` in [0, 1]. */
  blend(index: number, red: number, green: number, blue: number, alpha: number): void {
    const { data } = this;
    const at = index * 3;
    data[at] += (red - data[at]) * alpha;
    data[at + 1] += (green - data[at + 1]) * alpha;
    data[at + 2] += (blue - data[at + 2]) * alpha;
  }

  /** A soft-edged ellipse; `tilt` in radians; `softness` is the share of the radius over which it fades. */
  ellipse(
    x: number,
    y: number,
    radius: number,
    aspect: number,
    tilt: number,
    colour: Colour,
    alpha: number,
    softness = 0.5,
  ): void {
    const reach = radius * Math.max(aspect, 1) + 1;
    const [cos, sin] = [Math.cos(tilt), Math.sin(tilt)];
    const fade = Math.max(softness * radius, 0.7);
    this.#box(x - reach, y - reach, x + reach, y + reach, (px, py, index) => {
      const [dx, dy] = [px - x, py - y];
      const along = (dx * cos + dy * sin) / aspect;
      const across = dy * cos - dx * sin;
      const inside = (radius - Math.hypot(along, across)) / fade + 0.5;
      if (inside > 0) this.blend(index, colour[0], colour[1], colour[2], alpha * Math.min(1, inside));
    });
  }

  /** A line with round ends along points; widths may be below a pixel. */
  stroke(points: readonly (readonly [number, number])[], width: number, colour: Colour, alpha: number): void {
    // The strongest cover counts where segments of one stroke meet; otherwise their joints would show.
    const covers = new Map<number, number>();
    const half = Math.max(width, 1) / 2;
    const thin = Math.min(1, width);
    for (let i = 1; i < points.length; i++) {
      const [x0, y0] = points[i - 1];
      const [dx, dy] = [points[i][0] - x0, points[i][1] - y0];
      const length = dx * dx + dy * dy || 1e-9;
      const reach = half + 1;
      this.#box(
        Math.min(x0, x0 + dx) - reach,
        Math.min(y0, y0 + dy) - reach,
        Math.max(x0, x0 + dx) + reach,
        Math.max(y0, y0 + dy) + reach,
        (px, py, index) => {
          const t = Math.min(1, Math.max(0, ((px - x0) * dx + (py - y0) * dy) / length));
          const cover = half + 0.5 - Math.hypot(px - x0 - t * dx, py - y0 - t * dy);
          if (cover > 0 && cover * thin > (covers.get(index) ?? 0)) covers.set(index, Math.min(1, cover) * thin);
        },
      );
    }
    for (const [index, cover] of covers) this.blend(index, colour[0], colour[1], colour[2], alpha * cover);
  }

  /** Blurs a little (1 2 1 in both directions), as optics do; borders keep their outermost pixels. */
  soften(): void {
    const { width, height, data } = this;
    for (const [stride, lines, step, length] of [
      [3, height, width * 3, width],
      [width * 3, width, 3, height],
    ]) {
      for (let line = 0; line < lines; line++) {
        for (let c = 0; c < 3; c++) {
          const first = line * step + c;
          let before = data[first];
          for (let i = 1; i < length - 1; i++) {
            const at = first + i * stride;
            const here = data[at];
            data[at] = 0.25 * before + 0.5 * here + 0.25 * data[at + stride];
            before = here;
          }
        }
      }
    }
  }

  /** Rounds to 8 bits, with the noise of a sensor (standard deviation in levels). */
  toRaster(random: Random, noise: number): Raster {
    const painted = this.data;
    const data = new Uint8Array(painted.length);
    for (let i = 0; i < data.length; i++) {
      // Three uniform draws look normal enough and are cheaper than a logarithm.
      const bits = random.uint32();
      const draw = ((bits & 0x3ff) + ((bits >>> 10) & 0x3ff) + ((bits >>> 20) & 0x3ff)) / 511.5 - 3;
      const level = painted[i] + noise * draw + 0.5;
      data[i] = level > 0 ? (level < 255 ? level : 255) : 0;
    }
    return { width: this.width, height: this.height, channels: 3, data };
  }

  #box(left: number, top: number, right: number, bottom: number, visit: (x: number, y: number, i: number) => void) {
    const [x0, x1] = [Math.max(0, Math.floor(left)), Math.min(this.width - 1, Math.ceil(right))];
    const [y0, y1] = [Math.max(0, Math.floor(top)), Math.min(this.height - 1, Math.ceil(bottom))];
    for (let y = y0; y <= y1; y++) for (let x = x0; x <= x1; x++) visit(x, y, y * this.width + x);
  }
}
