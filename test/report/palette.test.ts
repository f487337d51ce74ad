import { describe, expect, it } from 'vitest';
import { chartThemes, classColours, pageThemes } from '../../src/report/index.js';
import { heatTextSwitch } from '../../src/report/palette.js';

type Rgb = [number, number, number];
const parse = (hex: string) => [1, 3, 5].map((i) => Number.parseInt(hex.slice(i, i + 2), 16) / 255) as Rgb;
const linear = (c: number) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
const luminance = (rgb: Rgb) => rgb.reduce((sum, c, i) => sum + linear(c) * [0.2126, 0.7152, 0.0722][i], 0);
/** WCAG 2.2, relative contrast. */
function contrast(a: Rgb, b: Rgb): number {
  const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (high + 0.05) / (low + 0.05);
}
const mix = (over: string, under: string, share: number) =>
  parse(over).map((c, i) => c * share + parse(under)[i] * (1 - share)) as Rgb;

/** Machado, Oliveira and Fernandes 2009, severity 1. */
const deficiencies: Record<string, number[][]> = {
  none: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritanopia: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};

/** Ottosson's OKLab, in which distances are roughly as seen. */
function oklab([r, g, b]: number[]): number[] {
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}

describe('palette', () => {
  it.each(Object.entries(deficiencies))('keeps the seven class colours apart (%s)', (_, matrix) => {
    const seen = classColours.slice(0, 7).map((colour) => {
      const light = parse(colour).map(linear);
      return oklab(
        matrix.map((row) =>
          Math.max(
            0,
            row.reduce((sum, weight, i) => sum + weight * light[i], 0),
          ),
        ),
      );
    });
    for (let i = 0; i < seen.length; i++)
      for (let j = 0; j < i; j++) expect(Math.hypot(...seen[i].map((c, k) => c - seen[j][k]))).toBeGreaterThan(0.07);
  });

  describe.each(Object.entries(chartThemes))('charts, %s', (_, theme) => {
    it.each(['ink', 'muted', 'validation', 'train', 'accent'] as const)('%s is readable as text', (name) => {
      expect(contrast(parse(theme[name]), parse(theme.background))).toBeGreaterThanOrEqual(4.5);
    });

    it('outlines stand out', () => {
      expect(contrast(parse(theme.outline), parse(theme.background))).toBeGreaterThanOrEqual(3);
    });

    it('text on heat is readable at every share', () => {
      for (let share = 0; share <= 1; share += 0.01) {
        const text = share > heatTextSwitch ? theme.heatTextOn : theme.heatText;
        expect(contrast(parse(text), mix(theme.heat, theme.background, share))).toBeGreaterThan(4.4);
      }
    });
  });

  describe.each(Object.entries(pageThemes))('pages, %s', (_, theme) => {
    it.each([
      ['ink', 'paper'],
      ['ink', 'soft'],
      ['muted', 'paper'],
      ['muted', 'surface'],
      ['muted', 'soft'],
      ['accent', 'paper'],
      ['accent', 'surface'],
      ['noticeInk', 'notice'],
    ] as const)('%s on %s is readable', (text, background) => {
      expect(contrast(parse(theme[text]), parse(theme[background]))).toBeGreaterThanOrEqual(4.5);
    });
  });
});
