import type { ReaderAnalysis } from '../evaluation/readers/analyseReaders.js';
import type { Kappa } from '../evaluation/readers/kappa.js';

/** What figures of merit are called. */
export const figureNames = { auroc: 'AUROC', sensitivity: 'sensitivity', specificity: 'specificity' } as const;

const randomWords = {
  'readers-and-cases': 'Readers and cases are random: the results are about readers like these and lesions like these.',
  cases: 'Cases are random and readers fixed: the results are about these very readers.',
  readers: 'Readers are random and cases fixed: the results are about these very images.',
} as const;

/** With more readers than this the guarded interval says nothing of its own. */
export const fewReaders = 5;

/** `95%` */
export const levelWords = (level: number): string => `${Number((100 * level).toPrecision(6))}%`;

/** By which method a study was analysed, and what its results are about. */
export function describeReaderMethod({ level, random, covariance, lesions, images }: ReaderAnalysis): string {
  const errors =
    covariance === 'jackknife'
      ? 'Covariances by the jackknife over lesions.'
      : lesions < images
        ? 'Covariances of images that come in lesions after Obuchowski 1997.'
        : 'Covariances after DeLong 1988.';
  return `Obuchowski and Rockette's analysis with Hillis's degrees of freedom; ${levelWords(level)} intervals. ${randomWords[random]} ${errors}`;
}

/** How many readings lie above the model's curve; undefined where there is nothing to compare. */
export function describeBeyondModel({ ofReaders }: ReaderAnalysis): string | undefined {
  const compared = ofReaders.filter(({ modelAt }) => modelAt);
  if (compared.length === 0) return undefined;
  const beyond = compared.filter(({ sensitivity, modelAt }) => sensitivity!.value > modelAt!.specificity.sensitivity);
  return `Of ${compared.length} readings ${beyond.length} ${beyond.length === 1 ? 'lies' : 'lie'} above its curve on the images that were read: more sensitivity at the same specificity. Read off the curve that is scored, this is descriptive.`;
}

export const resampledWords =
  'Resampled: readers and lesions drawn anew, a sensitivity analysis; its error is too small with few readers.';

/** How far some readers agree. */
export interface AgreementRow {
  /** `all readers`, `a and b`, `a again` */
  readonly who: string;
  readonly condition: string;
  readonly of: 'yes or no' | 'diagnoses';
  readonly kappa: Kappa;
}

/** Who agrees with whom: all readers, each two of them, and each with what he or she said before. Two readers are a pair and nothing else. */
export function agreementRows({
  agreement,
  selfAgreement,
}: Pick<ReaderAnalysis, 'agreement' | 'selfAgreement'>): AgreementRow[] {
  const ofWords = (of: 'answers' | 'diagnoses') => (of === 'answers' ? 'yes or no' : of);
  return [
    ...agreement.flatMap(({ condition, of, all, pairs }) =>
      [
        ...(all && pairs.length !== 1 ? [{ who: 'all readers', kappa: all }] : []),
        ...pairs.map((kappa) => ({ who: `${kappa.first} and ${kappa.second}`, kappa })),
      ].map((row) => ({ ...row, condition, of: ofWords(of) }) as const),
    ),
    ...selfAgreement.map(
      (kappa) => ({ who: `${kappa.reader} again`, condition: kappa.condition, of: ofWords(kappa.of), kappa }) as const,
    ),
  ];
}
