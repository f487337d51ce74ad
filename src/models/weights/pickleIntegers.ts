/** Bytes; the time to read one grows with the square of its length. */
export const longestInteger = 1024;

/** Two's complement, little-endian. */
export function toInteger(bytes: Uint8Array): number | bigint {
  let value = 0n;
  for (let i = bytes.length - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[i]);
  const signed = BigInt.asIntN(8 * bytes.length, value);
  return Number.isSafeInteger(Number(signed)) ? Number(signed) : signed;
}

/** `12`, `12L`, and `00` and `01` for False and True. */
export function fromLine(line: string): unknown {
  if (line === '00' || line === '01') return line === '01';
  return Number(line.replace(/L$/, ''));
}
