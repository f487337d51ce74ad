import type { NodeCall } from '../geometry/nodeCall.js';
import type { Constant } from '../mirror/tensorTypes.js';

/** Computes what a node gives of constants. @throws Refusal where it can't */
export type Fold = (call: NodeCall) => Constant | readonly Constant[];

/** Rules of one group, by operator. */
export type Folds = Readonly<Record<string, Fold>>;
