/** `layer1.0.bn1.weight` belongs to the module `layer1.0.bn1`. */
export const moduleOf = (name: string) => name.slice(0, Math.max(0, name.lastIndexOf('.'))) || name;

/** ... and to the stage `layer1`. */
export const stageOf = (name: string) => name.split('.')[0];

/** The first names, and how many more there are. */
export const listSome = (names: readonly string[]) =>
  names.length === 0
    ? 'nothing'
    : names.slice(0, 6).join(', ') + (names.length > 6 ? ` and ${names.length - 6} more` : '');
