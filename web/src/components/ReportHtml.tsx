import { useEffect, useRef, useState } from 'react';
import { glossary, termId } from '../../../src/report/glossary.js';
import { Dialog } from './Dialog.js';

/**
 * A part of the report inside the page. Words that link to the report's glossary open their meaning here, since the address behind
 * the `#` is the studio's own.
 * @param html of the report's own functions, which escape every text
 */
export function ReportHtml({ html }: { readonly html: string }) {
  const content = useRef<HTMLDivElement>(null);
  const [term, setTerm] = useState<(typeof glossary)[number]>();
  useEffect(() => {
    const element = content.current;
    const open = (event: MouseEvent) => {
      const link = (event.target as Element).closest('a.term');
      const found = glossary.find((entry) => link?.getAttribute('href') === `#${termId(entry.term)}`);
      if (!found) return;
      event.preventDefault();
      setTerm(found);
    };
    element?.addEventListener('click', open);
    return () => element?.removeEventListener('click', open);
  }, []);
  return (
    <>
      {/* biome-ignore lint/security/noDangerouslySetInnerHtml: the report's own code, which escapes every text */}
      <div ref={content} dangerouslySetInnerHTML={{ __html: html }} />
      {term && (
        <Dialog label={term.term} className="meaning" onClose={() => setTerm(undefined)}>
          <p>{term.meaning}</p>
        </Dialog>
      )}
    </>
  );
}
