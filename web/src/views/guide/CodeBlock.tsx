import { useEffect, useState } from 'react';

const names: Readonly<Record<string, string>> = { sh: 'Command line', ts: 'Library', text: 'Formula' };

/** Commands and code with a button that copies them; `text` is a formula, to be read. */
export function CodeBlock({ language, text }: { readonly language: string; readonly text: string }) {
  const [copied, setCopied] = useState<boolean>();
  useEffect(() => {
    if (copied === undefined) return;
    const timer = setTimeout(() => setCopied(undefined), 2500);
    return () => clearTimeout(timer);
  }, [copied]);
  if (language === 'text') return <pre className="formula">{text}</pre>;
  const copy = () =>
    navigator.clipboard.writeText(text).then(
      () => setCopied(true),
      () => setCopied(false),
    );
  const name = names[language] ?? language;
  return (
    <div className="code-block">
      <p className="code-head">
        <span>{name}</span>
        <span role="status">{copied === false && 'The browser allows no copying here.'}</span>
        <button type="button" className="plain" onClick={copy} aria-label={`Copy: ${name.toLowerCase()}`}>
          {copied ? 'Copied' : 'Copy'}
        </button>
      </p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: long lines scroll, by keyboard too */}
      <pre tabIndex={0}>
        <code>{text}</code>
      </pre>
    </div>
  );
}
