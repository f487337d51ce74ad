import { requireLength, requireNumber } from '../../checks.js';

/** How much a student learns from a teacher's answers, and how softened they are. */
export interface Distillation {
  /** Of the loss that comes from the teacher's answers, [0, 1]; the rest comes from the labels. */
  readonly share: number;
  /** Both's logits are divided by it, from 1: the larger, the more the classes that a teacher holds for unlikely count. */
  readonly temperature: number;
}

/**
 * Targets of knowledge distillation (Hinton et al. 2015, arXiv 1503.02531): `share * temperature^2` times the mean over the batch of KL(teacher || student), both
 * softened by the temperature, is the cross-entropy of `targets` and the student's logits divided by it, plus the number that is returned, which no training changes.
 * @param teacher [N * K], the teacher's probabilities, each row adding up to 1 @param count N
 * @param targets [N * K], written
 * @throws LesionlabError kind `usage` where lengths don't fit or a setting is out of its range
 */
export function fillSoftTargets(
  teacher: ArrayLike<number>,
  count: number,
  { share, temperature }: Distillation,
  targets: Float32Array,
): number {
  requireNumber('distillation.share', share, { min: 0, max: 1 });
  requireNumber('distillation.temperature', temperature, { min: 1 });
  requireLength('teacher', teacher, targets.length, 'a probability for each image and class');
  const classCount = targets.length / count;
  const scale = (share * temperature ** 2) / count;
  let constant = 0;
  for (let start = 0; start < targets.length; start += classCount) {
    let sum = 0;
    // The softmax of logits divided by T is the probabilities to the power of 1 / T, scaled to 1.
    for (let i = start; i < start + classCount; i++) {
      targets[i] = teacher[i] ** (1 / temperature);
      sum += targets[i];
    }
    for (let i = start; i < start + classCount; i++) {
      const softened = targets[i] / sum;
      targets[i] = scale * softened;
      if (softened > 0) constant += scale * softened * Math.log(softened);
    }
  }
  return constant;
}
