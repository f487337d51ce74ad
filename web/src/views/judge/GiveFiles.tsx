import { type DragEvent, type ReactNode, useId, useRef, useState } from 'react';
import { type PickedFile, pickDropped, pickFiles } from '../../browser/pickedFiles.js';

export interface GiveFilesProps {
  readonly title: string;
  readonly onFiles: (files: Promise<readonly PickedFile[]> | readonly PickedFile[]) => void;
  readonly children: ReactNode;
}

/** A place to drop tables, networks and datasets on, or to choose them. */
export function GiveFiles({ title, onFiles, children }: GiveFilesProps) {
  const id = useId();
  const [over, setOver] = useState(false);
  const files = useRef<HTMLInputElement>(null);
  const folder = useRef<HTMLInputElement>(null);
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    onFiles(pickDropped(event.dataTransfer));
  };
  const take = (input: HTMLInputElement) => {
    if (input.files && input.files.length > 0) onFiles(pickFiles(input.files));
    // The same file may be chosen again after it was changed.
    input.value = '';
  };
  return (
    <section
      aria-labelledby={id}
      className={over ? 'judge-drop over' : 'judge-drop'}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      <h2 id={id}>{title}</h2>
      {children}
      <p className="actions">
        <button type="button" className="action" onClick={() => files.current?.click()}>
          Choose files
        </button>
        <button type="button" className="plain" onClick={() => folder.current?.click()}>
          Choose a folder
        </button>
      </p>
      <input
        ref={files}
        className="unseen"
        type="file"
        aria-label="Files to judge"
        tabIndex={-1}
        multiple
        onChange={({ currentTarget }) => take(currentTarget)}
      />
      <input
        ref={folder}
        className="unseen"
        type="file"
        aria-label="Folder with a dataset"
        tabIndex={-1}
        multiple
        // @ts-expect-error: every browser has it, React's types do not
        webkitdirectory=""
        onChange={({ currentTarget }) => take(currentTarget)}
      />
    </section>
  );
}
