import { useState } from 'react';
import { Problem } from '../../components/Problem.js';
import type { InputImage } from './collectImages.js';

/** An entry of example/images.json. */
interface ExampleImage {
  readonly imageId: string;
  readonly file: string;
  readonly dx?: string;
  /** What kind of picture it is where it shows no skin. */
  readonly foreign?: string;
}

const address = (file: string) => `./example/${file}`;

/** Images to try things out with, drawn by a program: a test split's, and some that show no skin. */
export function ExampleImages({ onChosen }: { readonly onChosen: (images: readonly InputImage[]) => void }) {
  const [images, setImages] = useState<readonly ExampleImage[]>();
  const [problem, setProblem] = useState<unknown>();
  const open = async () => {
    if (images) return;
    try {
      setImages((await (await fetchFile('images.json')).json()) as readonly ExampleImage[]);
    } catch (error) {
      setProblem(error);
    }
  };
  const choose = async (chosen: readonly ExampleImage[]) => {
    try {
      onChosen(
        await Promise.all(chosen.map(async ({ file }) => ({ name: nameOf(file), file: await fetchImage(file) }))),
      );
    } catch (error) {
      setProblem(error);
    }
  };
  return (
    <details className="example-images" onToggle={open}>
      <summary>No image at hand? Take a synthetic one</summary>
      {problem !== undefined && <Problem error={problem} />}
      {images && (
        <>
          <p className="small muted">
            Drawn by a program, like those that the example model was trained on, but not among them. The last ones show
            no skin.
          </p>
          <ul>
            {images.map((image) => (
              <li key={image.imageId}>
                <button type="button" className="example-image" onClick={() => choose([image])}>
                  <img src={address(image.file)} alt="" loading="lazy" width={100} height={75} />
                  <span>{image.dx ?? `${image.foreign}, no skin`}</span>
                  <span className="unseen"> {describeExample(image)}</span>
                </button>
              </li>
            ))}
          </ul>
          <p>
            <button type="button" className="plain" onClick={() => choose(images)}>
              All {images.length} of them
            </button>
          </p>
        </>
      )}
    </details>
  );
}

const describeExample = ({ imageId, dx, foreign }: ExampleImage) =>
  foreign ? `${imageId}: a picture of something else (${foreign})` : `${imageId}, drawn as ${dx}`;

const nameOf = (file: string) => file.slice(file.lastIndexOf('/') + 1);

async function fetchImage(file: string): Promise<File> {
  return new File([await (await fetchFile(file)).blob()], nameOf(file), { type: 'image/jpeg' });
}

async function fetchFile(file: string): Promise<Response> {
  const answer = await fetch(address(file)).catch(() => undefined);
  if (answer?.ok) return answer;
  throw { message: `Cannot fetch example/${file}.`, hint: 'Load the page again.' };
}
