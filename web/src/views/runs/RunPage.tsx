import { Link } from 'wouter';
import { syntheticNotice } from '../../../../src/report/page.js';
import { modelName } from '../../../../src/report/reportInput.js';
import { Problem } from '../../components/Problem.js';
import { ProgressBar } from '../../components/ProgressBar.js';
import { runName, sourceOf } from '../../runs/runSources.js';
import { ConfigurationSection } from './ConfigurationSection.js';
import { ImagesSection } from './ImagesSection.js';
import { PaperButton } from './PaperButton.js';
import { ResultsSection } from './ResultsSection.js';
import { RunStateMark } from './RunTable.js';
import { type RunSection, runSections, runsAddress } from './runAddress.js';
import { ShortcutsSection } from './ShortcutsSection.js';
import { TrainingSection } from './TrainingSection.js';
import { type RunNow, useRun } from './useRun.js';

export interface RunPageProps {
  readonly id: string;
  readonly section: RunSection;
  /** Which evaluation results and images are of. */
  readonly evaluation?: string;
}

/** One run, section by section. */
export function RunPage({ id, section: asked, evaluation }: RunPageProps) {
  const { run, error } = useRun(id);
  // Where nothing was trained there is nothing to see of it.
  const sections = runSections.filter(({ path }) => path !== 'training' || !run?.summary.judged);
  const section = sections.some(({ path }) => path === asked) ? asked : 'results';
  return (
    <>
      <p className="small back">
        <Link href={runsAddress({ kind: 'list' })}>All runs</Link>
      </p>
      <h1>{runName(id)}</h1>
      {run && <RunLead run={run} />}
      <nav className="contents" aria-label="Sections of this run">
        <ul>
          {sections.map(({ path, title }) => (
            <li key={path}>
              <Link
                href={runsAddress({ kind: 'run', id, section: path })}
                aria-current={path === section ? 'page' : undefined}
              >
                {title}
              </Link>
            </li>
          ))}
          {run?.summary.report && <ReportLink id={id} />}
        </ul>
      </nav>
      {run && <PaperButton id={id} run={run} />}
      {error !== undefined && <Problem error={error} />}
      {!run && error === undefined && <ProgressBar label="Reading the run" />}
      {run && (
        <section className="run-section" aria-labelledby="section-title">
          <h2 id="section-title">{runSections.find(({ path }) => path === section)?.title}</h2>
          {section === 'training' && <TrainingSection id={id} run={run} />}
          {section === 'configuration' && <ConfigurationSection run={run} />}
          {section === 'results' && <ResultsSection id={id} run={run} evaluation={evaluation} />}
          {section === 'shortcuts' && <ShortcutsSection id={id} run={run} />}
          {section === 'images' && <ImagesSection id={id} run={run} evaluation={evaluation} />}
        </section>
      )}
    </>
  );
}

function RunLead({ run: { summary } }: { readonly run: RunNow }) {
  const { model, preset, data } = summary;
  return (
    <>
      <p className="lead">
        {modelName(model)}, {preset !== null && `preset ${preset}, `}
        {data.images.toLocaleString('en')} images of {data.lesions.toLocaleString('en')} lesions from {data.name}.{' '}
        <RunStateMark run={summary} />
      </p>
      {data.synthetic && <p className="synthetic-note">{syntheticNotice}</p>}
    </>
  );
}

/** The report that the run has written. */
function ReportLink({ id }: { readonly id: string }) {
  const address = sourceOf(id).fileUrl(id, 'report.html');
  if (address === null) return null;
  return (
    <li>
      <a href={address} target="_blank" rel="noreferrer">
        Report (opens in a new tab)
      </a>
    </li>
  );
}
