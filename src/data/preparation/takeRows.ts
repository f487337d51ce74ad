/** Some rows of a table, one after the other. @param table [count, width] @param rows positions in it, which may repeat @returns [rows, width] */
export function takeRows(table: Float32Array, width: number, rows: ArrayLike<number>): Float32Array {
  const taken = new Float32Array(rows.length * width);
  for (let i = 0; i < rows.length; i++) taken.set(table.subarray(rows[i] * width, (rows[i] + 1) * width), i * width);
  return taken;
}
