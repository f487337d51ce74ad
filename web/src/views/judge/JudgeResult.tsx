import { useId, useMemo } from 'react';
import { Link } from 'wouter';
import { readerSections, renderReaders } from '../../../../src/report/readersPage.js';
import { saveFile } from '../../browser/saveFile.js';
import { useTask } from '../../browser/useTask.js';
import { Problem } from '../../components/Problem.js';
import { ReportHtml } from '../../components/ReportHtml.js';
import { judgeCalls, type JudgeResult as Result } from '../../judge/judgeSession.js';
import { version } from '../../training/version.js';
import { ResultsSection } from '../runs/ResultsSection.js';
import { runsAddress } from '../runs/runAddress.js';
import { useRun } from '../runs/useRun.js';

/** What came of judging: the report's parts, and how to keep them. */
export function JudgeResult({ result }: { readonly result: Result }) {
  return result.kind === 'run' ? <JudgedRun {...result} /> : <ReaderStudy {...result} />;
}

function JudgedRun({ id, name, texts }: Extract<Result, { kind: 'run' }>) {
  const { run, error } = useRun(id);
  const task = useTask();
  const save = () =>
    task.run(async (options) => {
      saveFile(`${name}.zip`, await judgeCalls().call('pack', { folder: name, texts }, options));
    });
  return (
    <section aria-labelledby="judged-title" className="judge-result">
      <h2 id="judged-title">What came of it</h2>
      <p className="actions">
        <button type="button" className="action" onClick={save}>
          Save the run folder (zip)
        </button>
        <button
          type="button"
          className="plain"
          onClick={() => saveFile('report.html', texts['report.html'], 'text/html')}
        >
          Save the report
        </button>
        <Link className="plain" href={runsAddress({ kind: 'run', id, section: 'results' })}>
          Look at it among the runs
        </Link>
      </p>
      <p className="small muted">
        The page forgets it when it is loaded anew. The folder is a run folder like any other: <code>compare</code> and{' '}
        <code>report</code> take it, and the list of runs opens it and compares it with others.
      </p>
      {task.error !== undefined && <Problem error={task.error} />}
      {error !== undefined && <Problem error={error} />}
      {run && <ResultsSection id={id} run={run} />}
    </section>
  );
}

function ReaderStudy({ name, found }: Extract<Result, { kind: 'readers' }>) {
  const idPrefix = `${useId().replace(/[^\w-]/g, '')}-`;
  const html = useMemo(
    () =>
      readerSections(found, { idPrefix })
        .map(({ title, body }) => `<h3>${title}</h3>\n${body}`)
        .join('\n'),
    [found, idPrefix],
  );
  const task = useTask();
  const page = () => renderReaders({ ...found, source: name, writtenBy: `lesionlab ${version}` });
  const save = () =>
    task.run(async (options) => {
      const texts = { 'readers.json': `${JSON.stringify(found, undefined, 2)}\n`, 'readers.html': page() };
      saveFile('readers.zip', await judgeCalls().call('pack', { folder: 'readers', texts }, options));
    });
  return (
    <section aria-labelledby="judged-title" className="judge-result">
      <h2 id="judged-title">What came of it</h2>
      <p className="actions">
        <button type="button" className="action" onClick={() => saveFile('readers.html', page(), 'text/html')}>
          Save the report
        </button>
        <button type="button" className="plain" onClick={save}>
          Save report and numbers (zip)
        </button>
      </p>
      {task.error !== undefined && <Problem error={task.error} />}
      <ReportHtml html={html} />
    </section>
  );
}
