import { postError } from '../../postedError.js';
import { estimatePlan } from '../jobs/estimatePlan.js';
import type { OpenedPlan } from '../jobs/openedPlan.js';
import type { EstimateAnswer } from './estimateWork.js';

/** The process that `estimateWork` starts: measures one plan. */
process.once('message', async (opened: OpenedPlan) => {
  const answer: EstimateAnswer = await estimate(opened).then(
    (estimate) => ({ estimate }),
    (error: unknown) => ({ error: postError(error) }),
  );
  process.send?.(answer, () => process.disconnect());
});
process.once('disconnect', () => process.exit());

async function estimate(opened: OpenedPlan) {
  const { jobs, secondsHere, memoryBytes, cacheBytes } = await estimatePlan(opened);
  const costs = jobs.flatMap(({ cost }) => cost ?? []);
  return {
    data: costs[0].data,
    trainings: costs.length,
    seconds: secondsHere,
    memoryBytes: memoryBytes!,
    cacheBytes,
    runBytes: costs.reduce((sum, { runBytes }) => sum + runBytes, 0),
  };
}
