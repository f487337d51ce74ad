/** Bytes of a NumPy array of bytes (`|u1`) or of 64-bit whole numbers (`<i8`), as numpy.save writes it. */
export function npy(type: '|u1' | '<i8', shape: readonly number[], values: readonly number[]): Uint8Array {
  const text = `{'descr': '${type}', 'fortran_order': False, 'shape': (${shape.join(', ')}${shape.length === 1 ? ',' : ''}), }`;
  const padded = `${text.padEnd(Math.ceil((text.length + 11) / 64) * 64 - 11)}\n`;
  const size = type === '|u1' ? 1 : 8;
  const bytes = new Uint8Array(10 + padded.length + values.length * size);
  bytes.set([
    0x93,
    ...[...'NUMPY'].map((letter) => letter.charCodeAt(0)),
    1,
    0,
    padded.length & 255,
    padded.length >> 8,
  ]);
  bytes.set(new TextEncoder().encode(padded), 10);
  const view = new DataView(bytes.buffer, 10 + padded.length);
  for (const [i, value] of values.entries())
    if (size === 1) view.setUint8(i, value);
    else view.setBigInt64(8 * i, BigInt(value), true);
  return bytes;
}
