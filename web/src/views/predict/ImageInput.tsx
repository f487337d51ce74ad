import { type ChangeEvent, type DragEvent, useEffect, useState } from 'react';
import { formatNames, imageFormats } from '../../../../src/image/formats/registry.js';
import { pickDropped, pickFiles } from '../../browser/pickedFiles.js';
import { type Collected, collectImages } from './collectImages.js';

/** Systems know no media type of some formats. */
const chosen = [
  'image/*',
  ...Object.values(imageFormats).flatMap(({ endings }) => endings.map((ending) => `.${ending}`)),
  '.onnx',
].join(',');

export interface ImageInputProps {
  readonly onCollected: (collected: Collected) => void;
  /** A folder that can't be read. */
  readonly onProblem: (problem: unknown) => void;
}

/** Images by drag and drop, from the clipboard, by choice of files or a folder, or from a camera. */
export function ImageInput({ onCollected, onProblem }: ImageInputProps) {
  const [hovered, setHovered] = useState(false);
  useEffect(() => {
    const paste = (event: ClipboardEvent) => {
      const files = [...(event.clipboardData?.files ?? [])];
      if (files.length === 0) return;
      event.preventDefault();
      onCollected(collectImages(pickFiles(files)));
    };
    document.addEventListener('paste', paste);
    return () => document.removeEventListener('paste', paste);
  }, [onCollected]);
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setHovered(false);
    pickDropped(event.dataTransfer).then((files) => onCollected(collectImages(files)), onProblem);
  };
  const hover = (event: DragEvent) => {
    event.preventDefault();
    setHovered(true);
  };
  const choose = ({ currentTarget }: ChangeEvent<HTMLInputElement>) => {
    const collected = collectImages(pickFiles(currentTarget.files ?? []));
    // The same file can be chosen again.
    currentTarget.value = '';
    onCollected(collected);
  };
  return (
    <section
      aria-label="Images to look at"
      className={hovered ? 'image-input hovered' : 'image-input'}
      onDragOver={hover}
      onDragLeave={() => setHovered(false)}
      onDrop={drop}
    >
      <p>
        <strong>Drop images or a folder here</strong>, paste one (Ctrl+V), or choose:
      </p>
      <div className="choices">
        <FileButton words="Choose images" primary onChange={choose} accept={chosen} multiple />
        <FileButton words="Choose a folder" onChange={choose} {...{ webkitdirectory: '' }} />
        <span className="camera">
          <FileButton words="Take a photograph" onChange={choose} accept="image/*" capture="environment" />
        </span>
      </div>
      <p className="muted small">{formatNames}. Images stay in this browser: nothing is sent anywhere.</p>
    </section>
  );
}

interface FileButtonProps extends React.InputHTMLAttributes<HTMLInputElement> {
  readonly words: string;
  readonly primary?: boolean;
}

/** A file input that looks like the page's other buttons. */
export function FileButton({ words, primary = false, ...input }: FileButtonProps) {
  return (
    <label className={primary ? 'file-button action' : 'file-button plain'}>
      <input type="file" className="unseen" {...input} />
      {words}
    </label>
  );
}
