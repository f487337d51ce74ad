import { formatCountOf, formatDuration } from '../../../../src/report/format.js';
import { Problem } from '../../components/Problem.js';
import { formatBytes } from '../../work/formatBytes.js';
import type { Estimate } from '../../work/useWork.js';

/** What a training would cost, as the server has measured it. */
export function TrainingCosts({ estimate, planned }: { readonly estimate: Estimate; readonly planned: boolean }) {
  const { measuring, value, error } = estimate;
  return (
    <section className="costs" aria-label="What it costs">
      <p aria-live="polite" className={value ? 'unseen' : 'muted'}>
        {!planned
          ? 'What it costs is not known with these settings.'
          : measuring
            ? 'Looking at the data, and measuring a few steps…'
            : value
              ? `It takes about ${formatDuration(value.seconds)}.`
              : ''}
      </p>
      {error !== undefined && <Problem error={error} />}
      {value && (
        <ul>
          <li>
            Data: {formatCountOf(value.data.images, 'image')} of {value.data.name},{' '}
            {formatCountOf(value.data.classes.length, 'diagnosis', 'diagnoses')}.
          </li>
          <li>
            Time: about {formatDuration(value.seconds)}
            {value.trainings > 1 && ` for all ${value.trainings} trainings`}, by a few steps measured just now; images
            are prepared before it, once.
          </li>
          <li>
            Memory: about {formatBytes(value.memoryBytes)}
            {value.trainings > 1 && ' for each training that runs'}. Disk: {formatBytes(value.cacheBytes)} for prepared
            images, {formatBytes(value.runBytes)} for the results.
          </li>
        </ul>
      )}
    </section>
  );
}
