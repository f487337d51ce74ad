import { useEffect, useState } from 'react';
import { datasetCalls } from '../../dataset/datasetSession.js';

/** Twice the size at which it is shown, for dense screens. */
const side = 200;

interface ThumbnailProps {
  readonly imageId: string;
  /** What it shows, for screen readers. */
  readonly name: string;
  /** What stands below it beside its id. */
  readonly caption?: string;
}

/** One image of the data, decoded when it is to be seen. */
export function Thumbnail({ imageId, name, caption }: ThumbnailProps) {
  const [url, setUrl] = useState<string>();
  const [failed, setFailed] = useState(false);
  useEffect(() => {
    let made: string | undefined;
    let gone = false;
    setFailed(false);
    datasetCalls()
      .call('thumbnail', { imageId, size: side })
      .then(
        (blob) => {
          if (gone) return;
          made = URL.createObjectURL(blob);
          setUrl(made);
        },
        () => setFailed(true),
      );
    return () => {
      gone = true;
      if (made) URL.revokeObjectURL(made);
    };
  }, [imageId]);
  return (
    <li>
      {url ? (
        <img src={url} alt={`${name} (${imageId})`} width={side} height={side} />
      ) : (
        <div className="empty-picture">{failed && 'can’t be read'}</div>
      )}
      {imageId}
      {caption && <span className="caption">{caption}</span>}
    </li>
  );
}
