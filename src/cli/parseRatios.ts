import { InvalidArgumentError } from 'commander';

/** Parser of shares of train, validation and test, as in `64/16/20`. */
export function parseRatios(text: string): [number, number, number] {
  const shares = text.split(/[/:,]/).map(Number);
  if (shares.length !== 3 || !shares.every((share) => Number.isFinite(share) && share > 0))
    throw new InvalidArgumentError('Expected three numbers above 0, as in 64/16/20.');
  return shares as [number, number, number];
}
