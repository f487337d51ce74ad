import { type Command, InvalidArgumentError, Option } from 'commander';

/** Adds the options that every command takes; commander finds them before and after the command's name. */
export function addGlobalOptions(program: Command): void {
  program
    .option('--json', 'print the result as one JSON object on stdout, everything else on stderr')
    .option('--quiet', 'no progress and no notes')
    .addOption(new Option('--seed <integer>', 'seed of everything random').default(0).argParser(parseInteger(0)))
    .addOption(
      new Option('--threads <count>', 'threads for computing (default: the cores available)').argParser(
        parseInteger(1),
      ),
    )
    .addOption(
      new Option('--device <device>', 'where networks run; auto is the CPU')
        .choices(['auto', 'cpu', 'webgpu'])
        .default('auto'),
    );
}

/** Parser of an option's whole number, `lowest` or more. */
export function parseInteger(lowest: number, highest = Number.MAX_SAFE_INTEGER): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^[+-]?\d+$/.test(text.trim()) || value < lowest || value > highest) {
      const range = highest === Number.MAX_SAFE_INTEGER ? `${lowest} or more` : `from ${lowest} to ${highest}`;
      throw new InvalidArgumentError(`Expected a whole number, ${range}.`);
    }
    return value;
  };
}

/** Parser of an option's number, finite and from `lowest` to `highest`. */
export function parseNumber(lowest = -Infinity, highest = Infinity): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() === '' || !Number.isFinite(value) || value < lowest || value > highest) {
      const range =
        lowest === -Infinity && highest === Infinity
          ? 'a number'
          : highest === Infinity
            ? `a number, ${lowest} or more`
            : `a number from ${lowest} to ${highest}`;
      throw new InvalidArgumentError(`Expected ${range}.`);
    }
    return value;
  };
}
