import fc from 'fast-check';

/** Values at which readers of numbers go wrong. */
const edges = [0, 1, 0x7f, 0x80, 0xff, 0x7fff, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff];
const words = [
  '',
  'NaN',
  '-1',
  '1e999',
  '99999999999999999999',
  '../../x',
  '\0',
  '"',
  ',',
  '\n',
  '{',
  '[[[[[[[[',
  '&a *a',
  'é',
  '__proto__',
];

const place = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true });
const mutation = fc.oneof(
  fc.record({ kind: fc.constant('flip'), at: place, bit: fc.integer({ min: 0, max: 7 }) }),
  fc.record({ kind: fc.constant('set'), at: place, value: fc.integer({ min: 0, max: 255 }) }),
  fc.record({
    kind: fc.constant('number'),
    at: place,
    value: fc.constantFrom(...edges),
    size: fc.constantFrom(2, 4, 8),
    big: fc.boolean(),
  }),
  fc.record({ kind: fc.constant('cut'), at: place }),
  fc.record({ kind: fc.constant('remove'), at: place, length: fc.integer({ min: 1, max: 64 }) }),
  fc.record({
    kind: fc.constant('repeat'),
    at: place,
    length: fc.integer({ min: 1, max: 64 }),
    times: fc.integer({ min: 1, max: 300 }),
  }),
  fc.record({ kind: fc.constant('zero'), at: place, length: fc.integer({ min: 1, max: 512 }) }),
  fc.record({ kind: fc.constant('move'), at: place, to: place, length: fc.integer({ min: 1, max: 256 }) }),
  fc.record({ kind: fc.constant('text'), at: place, value: fc.constantFrom(...words) }),
);

/** Changes to bytes; half of them within the first bytes, where headers are. */
const ofBytes = fc.tuple(fc.boolean(), fc.array(mutation, { minLength: 1, maxLength: 4 }));

const odd = fc.constantFrom(
  null,
  true,
  0,
  -1,
  1.5,
  1e300,
  '',
  'x',
  '../../../outside',
  '\0',
  [],
  {},
  [null],
  [[[]]],
  { a: { b: [] } },
  'x'.repeat(5000),
  Array.from({ length: 300 }, (_, i) => i),
  JSON.parse('{"__proto__": {"polluted": 1}, "length": -1}'),
);
/** Changes to what a JSON file holds: a value of it, chosen by its place among all, goes or becomes something else. */
const ofJson = fc.array(
  fc.record({
    at: place,
    how: fc.constantFrom('remove', 'replace', 'replace', 'double', 'rename', 'swap'),
    value: odd,
    other: place,
  }),
  { minLength: 1, maxLength: 3 },
);

const sample = (arbitrary, seed) => fc.sample(arbitrary, { seed, numRuns: 1 })[0];

/** The file with changes that follow from the seed. */
export function mutateBytes(bytes, seed) {
  const [nearBeginning, changes] = sample(ofBytes, seed);
  let out = Buffer.from(bytes);
  for (const change of changes) {
    const at = Math.floor(change.at * (nearBeginning ? Math.min(out.length, 200) : out.length));
    out = applyTo(out, at, change);
  }
  return out;
}

function applyTo(bytes, at, change) {
  const copy = Buffer.from(bytes);
  switch (change.kind) {
    case 'flip':
      if (copy.length) copy[at] ^= 1 << change.bit;
      return copy;
    case 'set':
      if (copy.length) copy[at] = change.value;
      return copy;
    case 'number':
      for (let i = 0; i < change.size && at + i < copy.length; i++) {
        const from = change.big ? change.size - 1 - i : i;
        copy[at + i] = from < 4 ? (change.value >>> (8 * from)) & 255 : change.value > 0x7fffffff ? 255 : 0;
      }
      return copy;
    case 'cut':
      return copy.subarray(0, at);
    case 'remove':
      return Buffer.concat([copy.subarray(0, at), copy.subarray(at + change.length)]);
    case 'repeat': {
      const piece = copy.subarray(at, at + change.length);
      return Buffer.concat([copy.subarray(0, at), ...Array(change.times).fill(piece), copy.subarray(at)]);
    }
    case 'zero':
      return copy.fill(0, at, Math.min(copy.length, at + change.length));
    case 'move': {
      const piece = Buffer.from(copy.subarray(at, at + change.length));
      piece.copy(copy, Math.floor(change.to * copy.length));
      return copy;
    }
    default:
      return Buffer.concat([copy.subarray(0, at), Buffer.from(change.value), copy.subarray(at)]);
  }
}

/** Every value within, with what holds it and under which name. */
function listPlaces(value, places = []) {
  if (typeof value !== 'object' || value === null) return places;
  for (const key of Object.keys(value)) {
    places.push([value, key]);
    listPlaces(value[key], places);
  }
  return places;
}

/** A JSON file, or a file of lines of JSON, with values changed. */
export function mutateJson(bytes, seed, lines) {
  const text = Buffer.from(bytes).toString();
  const value = lines
    ? text
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line))
    : JSON.parse(text);
  for (const { at, how, value: put, other } of sample(ofJson, seed)) {
    const places = listPlaces(value);
    if (places.length === 0) break;
    const [holder, key] = places[Math.floor(at * places.length)];
    const [otherHolder, otherKey] = places[Math.floor(other * places.length)];
    if (how === 'remove') {
      if (Array.isArray(holder)) holder.splice(Number(key), 1);
      else delete holder[key];
    } else if (how === 'replace') holder[key] = put;
    else if (how === 'double' && Array.isArray(holder)) holder.push(holder[key]);
    else if (how === 'swap') holder[key] = JSON.parse(JSON.stringify(otherHolder[otherKey] ?? null));
    else if (!Array.isArray(holder)) {
      holder[`${key}2`] = holder[key];
      delete holder[key];
    }
  }
  return Buffer.from(lines ? value.map((line) => `${JSON.stringify(line)}\n`).join('') : JSON.stringify(value));
}
