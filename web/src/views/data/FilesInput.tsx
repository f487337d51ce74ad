import { type DragEvent, type ReactNode, useId, useRef, useState } from 'react';
import { filesOfDrop, filesOfInput, type PickedFiles } from '../../browser/pickedFiles.js';

interface FilesInputProps {
  readonly title: string;
  /** What is opened, for screen readers: `the dataset`. */
  readonly of: string;
  /** Level of the title. */
  readonly level: 2 | 3;
  readonly onFiles: (find: Promise<PickedFiles> | PickedFiles) => void;
  readonly children: ReactNode;
}

/** A place to drop a folder or files on, and buttons that choose them. */
export function FilesInput({ title, of, level, onFiles, children }: FilesInputProps) {
  const [over, setOver] = useState(false);
  const folder = useRef<HTMLInputElement>(null);
  const files = useRef<HTMLInputElement>(null);
  const id = useId();
  const Heading = `h${level}` as const;
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    onFiles(filesOfDrop(event.dataTransfer));
  };
  const choose = (input: HTMLInputElement) => {
    if (input.files) onFiles(filesOfInput(input.files));
    // The same files can be chosen again, where they were mended meanwhile.
    input.value = '';
  };
  return (
    <section
      aria-labelledby={id}
      className={over ? 'drop over' : 'drop'}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      <Heading id={id}>{title}</Heading>
      {children}
      <p className="actions">
        <button type="button" className={level === 2 ? 'action' : 'plain'} onClick={() => folder.current?.click()}>
          Choose a folder
        </button>
        <button type="button" className="plain" onClick={() => files.current?.click()}>
          Choose files or zips
        </button>
      </p>
      <input
        ref={folder}
        className="unseen"
        type="file"
        aria-label={`Folder with ${of}`}
        tabIndex={-1}
        multiple
        // @ts-expect-error: every browser has it, React's types do not
        webkitdirectory=""
        onChange={({ target }) => choose(target)}
      />
      <input
        ref={files}
        className="unseen"
        type="file"
        aria-label={`Files or zips of ${of}`}
        tabIndex={-1}
        multiple
        onChange={({ target }) => choose(target)}
      />
    </section>
  );
}
