import type { RemoteFile } from '../source.js';

/** A file of an ISIC challenge: at the challenge's own store, and at the archive's, which has a copy. Neither publishes checksums. */
export const challengeFile =
  (year: number) =>
  (name: string): RemoteFile => ({
    name,
    urls: [
      `https://isic-challenge-data.s3.amazonaws.com/${year}/${name}`,
      `https://isic-archive.s3.amazonaws.com/challenges/${year}/${name}`,
    ],
  });
