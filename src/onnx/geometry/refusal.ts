/** Why a node can't be taken over, and a way out. Gathered for all nodes of a file before anybody sees them. */
export class Refusal extends Error {
  constructor(
    /** After the operator's name: `has no gradient here`. */
    readonly reason: string,
    readonly wayOut?: string,
  ) {
    super(reason);
    this.name = 'Refusal';
  }
}

/** The refusal of what depends on the pixels of an image where a graph of fixed sizes must know it before. */
export const dataDependent = (what: string) =>
  new Refusal(
    `takes ${what} from what it computes, so that its sizes differ between images`,
    'Export it for a fixed size, or run a simplifier (onnxsim) over it.',
  );
