import { describe, expect, it } from 'vitest';
import { fBound, fTail, noncentralFTail } from '../../../src/evaluation/distributions/fisherF.js';
import { normalBound, normalQuantile, normalTail } from '../../../src/evaluation/distributions/normal.js';
import { tBound, tTails } from '../../../src/evaluation/distributions/studentT.js';

/** To so many digits, whatever the size. */
const near = (found: number, expected: number, digits = 10) => expect(found / expected).toBeCloseTo(1, digits);

// All numbers are SciPy's 1.12.
describe('the normal distribution', () => {
  it('has tails and quantiles', () => {
    near(normalTail(0.3), 0.3820885778110474);
    near(normalTail(-1.96), 1 - 0.024997895148220435);
    near(normalTail(4.9), 4.791832765903185e-7, 8);
    near(normalTail(5.1), 1.698267407147597e-7);
    near(normalTail(8), 6.22096057427174e-16);
    near(normalQuantile(0.001), -3.090232306167813);
    near(normalQuantile(0.8), 0.8416212335729143);
    near(normalBound(0.95), 1.959963984540054);
  });
});

describe("Student's t", () => {
  it.each([
    [1, 0.2817538613379888, 12.706204736432095],
    [2.5, 0.14328762798015005, 3.5746548420118773],
    [15.25967, 0.05176349042470271, 2.128294850018148],
    [300, 0.035686194026480565, 1.9679030112607843],
    [1e6, 0.03485860359780673, 1.9599663568141066],
    [1e8, 0.03485835835253717, 1.9599640082627663],
    [1e60, 0.03485835587734896, 1.959963984540054],
    [Number.POSITIVE_INFINITY, 0.03485835587734896, 1.959963984540054],
  ])('on %f degrees of freedom', (freedom, tails, bound) => {
    near(tTails(2.11, freedom), tails, 7);
    near(tBound(0.95, freedom), bound, 7);
  });
});

describe("Fisher's F", () => {
  it('has tails, bounds and a noncentral form', () => {
    near(fTail(4.456319, 1, 15.25967), 0.05166568395729606);
    near(fTail(1.3, 3, 7.5), 0.34327257894946156);
    near(fTail(5.5 / 3, 3, Number.POSITIVE_INFINITY), 0.1386386173824151);
    near(fTail(5.5 / 3, 3, 1e9), 0.1386386173824151, 7);
    near(fBound(0.05, 2, 9.3), 4.2061374805657445);
    near(noncentralFTail(4.2, 1, 12.5, 6.1), 0.6659378744510438);
    near(noncentralFTail(3, 2, 40, 15), 0.9386268943272925);
    expect(noncentralFTail(3, 1, 400, 300)).toBeCloseTo(1, 10);
  });
});
