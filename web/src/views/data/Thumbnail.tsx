import { useEffect, useState } from 'react';
import { datasetCalls } from '../../dataset/datasetSession.js';

/** Twice the size at which it is shown, for dense screens. */
const side = 200;

/** One image of the data, decoded when it is to be seen. */
export function Thumbnail({ imageId, name }: { readonly imageId: string; readonly name: string }) {
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
    </li>
  );
}
