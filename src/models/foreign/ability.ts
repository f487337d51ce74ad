/** Whether something can be done with a network out of a file, and why not. */
export interface Ability {
  readonly possible: boolean;
  /** One line where it isn't possible, or what it needs first. */
  readonly reason?: string;
  /** What stands in the way, one by one. */
  readonly details?: readonly string[];
}
