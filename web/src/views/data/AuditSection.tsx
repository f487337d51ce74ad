import type { AuditSummary, Finding, FindingKind } from '../../../../src/data/audit/audit.js';
import { formatCount, formatCountOf } from '../../../../src/report/format.js';
import { findingNames } from '../../../../src/report/parts/audit.js';
import { useTask } from '../../browser/useTask.js';
import { Problem } from '../../components/Problem.js';
import { Waiting } from '../../components/Waiting.js';
import { datasetCalls, updateDataset } from '../../dataset/datasetSession.js';
import type { OpenedDataset } from '../../dataset/openedDataset.js';

/** What is missing or cannot be read; every image is read where the reader asks for it. */
export function AuditSection({
  dataset: {
    exploration: { audit },
    findings,
    identical,
  },
}: {
  readonly dataset: OpenedDataset;
}) {
  const task = useTask();
  const check = () =>
    task.run(async (options) => updateDataset(await datasetCalls().call('checkImages', undefined, options)));
  const kinds = Object.keys(findingNames) as FindingKind[];
  const found = kinds.filter((kind) => audit.counts[kind] > 0);
  const absent = kinds.filter((kind) => audit.counts[kind] === 0);
  return (
    <section aria-labelledby="audit">
      <h2 id="audit">Is it all there?</h2>
      <p>
        The table has {formatCountOf(audit.rows, 'row')}; {formatCountOf(audit.files, 'image file')}{' '}
        {audit.files === 1 ? 'was' : 'were'} found
        {audit.decoded ? ' and every one was decoded' : ', and not read yet'}.{' '}
        {audit.unusable === 0
          ? audit.decoded
            ? 'All of them can be used.'
            : 'None is missing or empty.'
          : `${formatCountOf(audit.unusable, 'image')} can’t be used and will be left out.`}
        {audit.imageSizes.length > 0 && ` Sizes: ${describeSizes(audit)}.`}
      </p>
      {task.error !== undefined && <Problem error={task.error} />}
      {task.running ? (
        <Waiting task={task} label="Checking images" />
      ) : (
        !audit.decoded && (
          <p>
            <button type="button" className="plain" onClick={check}>
              Check every image
            </button>{' '}
            <span className="small muted">Decodes each, to find those that are damaged.</span>
          </p>
        )
      )}
      {found.length > 0 && (
        <table>
          <caption>What the audit found.</caption>
          <tbody>
            {found.map((kind) => (
              <tr key={kind}>
                <th scope="row">{findingNames[kind]}</th>
                <td className="number">{formatCount(audit.counts[kind])}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {absent.length > 0 && (
        <p className="small muted">
          {found.length > 0 ? 'Also looked' : 'Looked'} for, and not found:{' '}
          {absent
            .filter((kind) => audit.decoded || kind !== 'unreadable-image')
            .filter((kind) => identical !== null || (kind !== 'identical-images' && kind !== 'image-in-two-lesions'))
            .map((kind) => findingNames[kind].toLowerCase())
            .join('; ')}
          .
        </p>
      )}
      <Findings
        title="Images that can’t be used"
        count={findings.unusable}
        findings={audit.findings.filter((one) => one.severity === 'unusable')}
      />
      <Findings
        title="Worth knowing"
        count={findings.note}
        findings={audit.findings.filter((one) => one.severity === 'note')}
      />
    </section>
  );
}

const describeSizes = ({ imageSizes }: AuditSummary): string =>
  imageSizes
    .slice(0, 3)
    .map(({ width, height, images }) => `${width} × ${height} pixels (${formatCountOf(images, 'image')})`)
    .join(', ') + (imageSizes.length > 3 ? ` and ${imageSizes.length - 3} more` : '');

interface FindingsProps {
  readonly title: string;
  /** In all. */
  readonly count: number;
  /** The first of them. */
  readonly findings: readonly Finding[];
}

function Findings({ title, count, findings }: FindingsProps) {
  if (count === 0) return null;
  const rest = count - findings.length;
  return (
    <details>
      <summary>
        {title}: {formatCount(count)}
      </summary>
      <ul>
        {findings.map(({ message }) => (
          <li key={message}>{message}</li>
        ))}
      </ul>
      {rest > 0 && <p className="muted">{formatCount(rest)} more are not listed.</p>}
    </details>
  );
}
