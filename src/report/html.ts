/** The last part of a path. */
export function fileName(path: string): string {
  return path.split(/[\\/]/).at(-1) || path;
}

/** Text for element content and attributes. */
export function escapeText(text: string): string {
  return text
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/"/g, '&quot;')
    .replace(/'/g, '&#39;');
}

const base64Alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** Base64 (RFC 4648, section 4) of bytes, in Node and in the browser alike. */
export function toBase64(bytes: Uint8Array): string {
  const parts: string[] = [];
  for (let i = 0; i < bytes.length; i += 3) {
    const left = bytes.length - i;
    const bits = (bytes[i] << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
    parts.push(
      base64Alphabet[bits >> 18] +
        base64Alphabet[(bits >> 12) & 63] +
        (left > 1 ? base64Alphabet[(bits >> 6) & 63] : '=') +
        (left > 2 ? base64Alphabet[bits & 63] : '='),
    );
  }
  return parts.join('');
}

/** An encoded picture as an address that needs no network. */
export function dataUrl(bytes: Uint8Array, type: 'image/jpeg' | 'image/png'): string {
  return `data:${type};base64,${toBase64(bytes)}`;
}
