import { basename } from 'node:path';
import { type ChallengeId, challenges } from '../../evaluation/official/challenges.js';
import { challengeAnswers, formatSubmission } from '../../evaluation/official/isicSubmission.js';
import { readChallengeTruth, readSubmission } from '../../evaluation/official/readChallengeTable.js';
import { type ChallengeScore, scoreChallenge } from '../../evaluation/official/scoreChallenge.js';
import { parsePredictionsCsv } from '../../evaluation/predictions/predictionsCsv.js';
import { readTextFile } from '../files/readTextFile.js';
import { writeFileWhole } from '../files/writeFile.js';

/** What is scored as which challenge scores it. */
export interface OfficialScoreOptions {
  /** A submission in the challenge's form, any table with its columns, or predictions.csv of a run. */
  readonly predictions: string;
  readonly challenge: ChallengeId;
  /** The challenge's truth; left out where a submission is written and nothing scored. */
  readonly truth?: string;
  /** Where a submission is written. */
  readonly submission?: string;
}

/** A challenge's own number of somebody's predictions. */
export interface OfficialScoreResult {
  readonly challenge: ChallengeId;
  readonly title: string;
  /** What the challenge ranks by, in words. */
  readonly metric: string;
  /** Null where no truth was given. */
  readonly result: ChallengeScore | null;
  /** Files written. */
  readonly files: readonly string[];
}

/**
 * Scores predictions as an ISIC challenge does, and writes them in its form.
 * @throws LesionlabError kind `data` where tables can't be used or their images don't match; kind `usage` where classes aren't the challenge's
 */
export async function officialScoreStep({
  predictions,
  challenge,
  truth,
  submission,
}: OfficialScoreOptions): Promise<OfficialScoreResult> {
  const text = await readTextFile(predictions);
  const isRuns = /^\uFEFF?image_id,lesion_id,dx,predicted,/.test(text);
  const parsed = isRuns ? parsePredictionsCsv(text, { file: predictions }) : undefined;
  const answers = parsed ? challengeAnswers(parsed, challenge) : readSubmission(text, basename(predictions), challenge);
  const files: string[] = [];
  if (submission !== undefined) {
    await writeFileWhole(submission, formatSubmission(answers, challenge));
    files.push(submission);
  }
  const result =
    truth === undefined
      ? null
      : scoreChallenge(challenge, readChallengeTruth(await readTextFile(truth), basename(truth), challenge), answers);
  const { title, score } = challenges[challenge];
  return { challenge, title, metric: score, result, files };
}
