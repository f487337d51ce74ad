/** `640 kB`, `2.1 MB`, `1.4 GB` */
export function formatBytes(bytes: number): string {
  if (bytes < 1e6) return `${Math.max(1, Math.round(bytes / 1e3))} kB`;
  const [count, unit] = bytes < 1e9 ? [bytes / 1e6, 'MB'] : [bytes / 1e9, 'GB'];
  return `${count.toFixed(count < 10 ? 1 : 0)} ${unit}`;
}
