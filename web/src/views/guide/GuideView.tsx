import { Link, useParams } from 'wouter';
import { ChapterPage } from './ChapterPage.js';
import { chapters } from './chapters.js';
import './guide.css';

/** The course: a list of its chapters, and each chapter with figures that move. */
export default function GuideView() {
  const slug = useParams<{ '*'?: string }>()['*'] ?? '';
  if (slug === '') return <ChapterList />;
  const chapter = chapters.find((candidate) => candidate.slug === slug);
  if (chapter) return <ChapterPage key={slug} chapter={chapter} />;
  return (
    <>
      <h1>There is no such chapter</h1>
      <p>
        The guide's chapters are <Link href="/guide">listed here</Link>.
      </p>
    </>
  );
}

function ChapterList() {
  return (
    <>
      <h1>Guide</h1>
      <p>
        From images with a table to a trained classifier and an honest judgement of it, one step a chapter. Each has
        figures that answer when you change something, a command to run, and what can go wrong. No image leaves this
        machine.
      </p>
      <p>
        Passages for doctors, students and researchers are marked; everything else is for all three. Figures show
        synthetic images and a network trained on them, unless you choose a run of your own.
      </p>
      <ol className="chapter-list">
        {chapters.map(({ slug, title }) => (
          <li key={slug}>
            <Link href={`/guide/${slug}`}>{title}</Link>
          </li>
        ))}
      </ol>
      {reference && (
        <p>
          For programs of your own: <a href={reference}>the reference</a> of everything that the package exports.
        </p>
      )}
    </>
  );
}

/** Address of the API reference where `npm run docs` has put one beside the page. */
const reference = document.querySelector<HTMLMetaElement>('meta[name="reference"]')?.content;
