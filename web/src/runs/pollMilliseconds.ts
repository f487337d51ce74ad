/** How long until a run that the studio's server has is looked at again. */
export const pollMilliseconds = {
  training: 2000,
  /** It may still be evaluated, or another may begin. */
  over: 10_000,
};
