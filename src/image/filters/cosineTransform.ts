/**
 * The discrete cosine transform of 8 x 8 values and its inverse, in whole numbers of 13 bits behind the point: the algorithm of Loeffler, Ligtenberg and
 * Moschytz (1989) with eleven multiplications a row, rounded where libjpeg's exact one (`islow`) rounds, so that both give the same numbers.
 */

const bits = 13;
/** More precise between the two passes than at their ends. */
const passBits = 2;

const fix = (value: number) => Math.round(value * 2 ** bits);
const c0298 = fix(0.298631336);
const c0390 = fix(0.390180644);
const c0541 = fix(0.5411961);
const c0765 = fix(0.765366865);
const c0899 = fix(0.899976223);
const c1175 = fix(1.175875602);
const c1501 = fix(1.50132111);
const c1847 = fix(1.847759065);
const c1961 = fix(1.96157056);
const c2053 = fix(2.053119869);
const c2562 = fix(2.562915447);
const c3072 = fix(3.072711026);

/** Eight times the transform of a block, in place. @param block [8, 8], differences from 128 */
export function transformBlock(block: Int32Array): void {
  for (let row = 0; row < 64; row += 8) forward(block, row, 1, true);
  for (let column = 0; column < 8; column++) forward(block, column, 8, false);
}

/** The block that has this transform, in place: differences from 128. @param block [8, 8] */
export function restoreBlock(block: Int32Array): void {
  for (let column = 0; column < 8; column++) inverse(block, column, 8, true);
  for (let row = 0; row < 64; row += 8) inverse(block, row, 1, false);
}

function forward(d: Int32Array, at: number, step: number, first: boolean): void {
  const [i1, i2, i3] = [at + step, at + 2 * step, at + 3 * step];
  const [i4, i5, i6, i7] = [at + 4 * step, at + 5 * step, at + 6 * step, at + 7 * step];
  const [s0, s1, s2, s3] = [d[at] + d[i7], d[i1] + d[i6], d[i2] + d[i5], d[i3] + d[i4]];
  const [d0, d1, d2, d3] = [d[at] - d[i7], d[i1] - d[i6], d[i2] - d[i5], d[i3] - d[i4]];
  const [e0, e1, e2, e3] = [s0 + s3, s1 + s2, s1 - s2, s0 - s3];
  const shift = first ? bits - passBits : bits + passBits;
  const half = 1 << (shift - 1);
  if (first) {
    d[at] = (e0 + e1) << passBits;
    d[i4] = (e0 - e1) << passBits;
  } else {
    const round = 1 << (passBits - 1);
    d[at] = (e0 + e1 + round) >> passBits;
    d[i4] = (e0 - e1 + round) >> passBits;
  }
  const even = Math.imul(e2 + e3, c0541);
  d[i2] = (even + Math.imul(e3, c0765) + half) >> shift;
  d[i6] = (even - Math.imul(e2, c1847) + half) >> shift;
  const odd = Math.imul(d3 + d1 + d2 + d0, c1175);
  const z1 = -Math.imul(d3 + d0, c0899);
  const z2 = -Math.imul(d2 + d1, c2562);
  const z3 = odd - Math.imul(d3 + d1, c1961);
  const z4 = odd - Math.imul(d2 + d0, c0390);
  d[i7] = (Math.imul(d3, c0298) + z1 + z3 + half) >> shift;
  d[i5] = (Math.imul(d2, c2053) + z2 + z4 + half) >> shift;
  d[i3] = (Math.imul(d1, c3072) + z2 + z3 + half) >> shift;
  d[i1] = (Math.imul(d0, c1501) + z1 + z4 + half) >> shift;
}

function inverse(d: Int32Array, at: number, step: number, first: boolean): void {
  const [i1, i2, i3] = [at + step, at + 2 * step, at + 3 * step];
  const [i4, i5, i6, i7] = [at + 4 * step, at + 5 * step, at + 6 * step, at + 7 * step];
  const shift = first ? bits - passBits : bits + passBits + 3;
  const half = 1 << (shift - 1);
  const even = Math.imul(d[i2] + d[i6], c0541);
  const e2 = even - Math.imul(d[i6], c1847);
  const e3 = even + Math.imul(d[i2], c0765);
  const e0 = (d[at] + d[i4]) << bits;
  const e1 = (d[at] - d[i4]) << bits;
  const [s0, s3, s1, s2] = [e0 + e3, e0 - e3, e1 + e2, e1 - e2];
  const [d7, d5, d3, d1] = [d[i7], d[i5], d[i3], d[i1]];
  const odd = Math.imul(d7 + d3 + d5 + d1, c1175);
  const z1 = -Math.imul(d7 + d1, c0899);
  const z2 = -Math.imul(d5 + d3, c2562);
  const z3 = odd - Math.imul(d7 + d3, c1961);
  const z4 = odd - Math.imul(d5 + d1, c0390);
  const t0 = Math.imul(d7, c0298) + z1 + z3;
  const t1 = Math.imul(d5, c2053) + z2 + z4;
  const t2 = Math.imul(d3, c3072) + z2 + z3;
  const t3 = Math.imul(d1, c1501) + z1 + z4;
  d[at] = (s0 + t3 + half) >> shift;
  d[i7] = (s0 - t3 + half) >> shift;
  d[i1] = (s1 + t2 + half) >> shift;
  d[i6] = (s1 - t2 + half) >> shift;
  d[i2] = (s2 + t1 + half) >> shift;
  d[i5] = (s2 - t1 + half) >> shift;
  d[i3] = (s3 + t0 + half) >> shift;
  d[i4] = (s3 - t0 + half) >> shift;
}
