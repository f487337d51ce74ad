import { lazy, Suspense, useMemo, useState } from 'react';
import { Link } from 'wouter';
import { ProblemBoundary } from '../../components/Problem.js';
import { CodeBlock } from './CodeBlock.js';
import { type ChapterBlock, chapterBlocks } from './chapterBlocks.js';
import { type Chapter, chapters } from './chapters.js';
import { RunChoice } from './RunChoice.js';
import { RunContext } from './runContext.js';
import { exampleRun } from './runSource.js';

/** Figures bring the chart library along; the text is there before. */
const LiveFigure = lazy(() => import('./figures/LiveFigure.js'));

export function ChapterPage({ chapter }: { readonly chapter: Chapter }) {
  const blocks = useMemo(() => chapterBlocks(chapter.markdown), [chapter]);
  const [run, setRun] = useState(exampleRun);
  const headings = blocks.filter((block) => block.kind === 'heading');
  return (
    <RunContext value={run}>
      <article className="chapter">
        <p className="muted kicker-line">
          <Link href="/guide">Guide</Link>, chapter {chapter.number} of {chapters.length}
        </p>
        <h1>{chapter.title}</h1>
        <nav aria-label="In this chapter" className="chapter-contents">
          <ul>
            {headings.map(({ id, text }) => (
              <li key={id}>
                <button type="button" onClick={() => goTo(id)}>
                  {text}
                </button>
              </li>
            ))}
          </ul>
        </nav>
        <RunChoice run={run} onChange={setRun} />
        {blocks.map((block, position) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a chapter's blocks never move
          <ChapterPart key={`${chapter.slug}-${position}-${block.kind === 'figure' ? run.id : ''}`} block={block} />
        ))}
        <Neighbours chapter={chapter} />
      </article>
    </RunContext>
  );
}

function ChapterPart({ block }: { readonly block: ChapterBlock }) {
  switch (block.kind) {
    case 'heading':
      return (
        <h2 id={block.id} tabIndex={-1}>
          {block.text}
        </h2>
      );
    case 'code':
      return <CodeBlock language={block.language} text={block.text} />;
    case 'figure':
      return (
        <ProblemBoundary>
          <Suspense fallback={<p className="live muted loading">Drawing…</p>}>
            <LiveFigure name={block.name} />
          </Suspense>
        </ProblemBoundary>
      );
    case 'html':
      // biome-ignore lint/security/noDangerouslySetInnerHtml: the guide's own Markdown, bundled with the page
      return <div className="prose" dangerouslySetInnerHTML={{ __html: block.html }} />;
  }
}

/** No link: the address behind the `#` is the studio's own. */
function goTo(id: string) {
  const heading = document.getElementById(id);
  heading?.scrollIntoView();
  heading?.focus({ preventScroll: true });
}

function Neighbours({ chapter }: { readonly chapter: Chapter }) {
  const position = chapters.indexOf(chapter);
  const [before, after] = [chapters[position - 1], chapters[position + 1]];
  return (
    <nav aria-label="Chapters before and after" className="neighbours">
      {before ? (
        <Link href={`/guide/${before.slug}`}>
          <span className="muted small">Before</span> {before.number}. {before.title}
        </Link>
      ) : (
        <span />
      )}
      {after && (
        <Link href={`/guide/${after.slug}`} className="after">
          <span className="muted small">Next</span> {after.number}. {after.title}
        </Link>
      )}
    </nav>
  );
}
