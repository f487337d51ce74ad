/** `scoreColumn`, as the program knows an option, as `--score-column`, as people write it. */
export const optionName = (attribute: string): string =>
  `--${attribute.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
