/** What every exported model says of itself, and every command that asks one. */
export const purposeNotice =
  'Research and education only. Not a medical device: nothing this model says is a diagnosis.';
