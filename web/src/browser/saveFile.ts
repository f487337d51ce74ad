/** Hands a file to the reader's downloads. */
export function saveFile(name: string, content: Blob | string | Uint8Array, type = 'application/octet-stream'): void {
  const blob = content instanceof Blob ? content : new Blob([content as string | Uint8Array<ArrayBuffer>], { type });
  const url = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The download has begun by then.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
