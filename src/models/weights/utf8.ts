// Node and browsers both have these two; the core compiles without the types of either.
declare class TextEncoder {
  encode(text: string): Uint8Array;
}
declare class TextDecoder {
  constructor(encoding?: string);
  decode(bytes: Uint8Array): string;
}

export const toUtf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
export const fromUtf8 = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
export const fromLatin1 = (bytes: Uint8Array): string => new TextDecoder('latin1').decode(bytes);
