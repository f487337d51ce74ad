/** Rows of logits [N, K] whose largest is that of the label. */
export function countCorrect(logits: Float32Array, labels: Int32Array, classCount: number): number {
  let correct = 0;
  for (let n = 0; n < labels.length; n++) {
    let best = 0;
    for (let k = 1; k < classCount; k++) {
      if (logits[n * classCount + k] > logits[n * classCount + best]) best = k;
    }
    if (best === labels[n]) correct += 1;
  }
  return correct;
}
