import { useEffect, useRef, useState } from 'react';
import type { Raster } from '../../../../src/image/raster.js';
import { drawPreview } from '../../../../src/report/drawPreview.js';
import type { Recipe } from '../../../../src/training/recipe/recipeSchema.js';
import { recipeFitting } from '../../../../src/training/recipe/trainingSplits.js';
import { previewRecipe } from '../../../../src/training/recipePreview.js';
import { Pixels } from '../../components/Pixels.js';
import { Problem } from '../../components/Problem.js';
import { datasetCalls } from '../../dataset/datasetSession.js';

const shown = { images: 5, draws: 4 };

export interface RecipePreviewProps {
  /** Changes with the form: what was drawn of another recipe is gone then. */
  readonly of: unknown;
  /** What the form says now. @throws LesionlabError where it is no recipe */
  readonly read: () => { readonly recipe: Recipe; readonly seed: number };
}

/** A button that draws what the recipe makes of some of the images that are open. */
export function RecipePreview({ of, read }: RecipePreviewProps) {
  const [picture, setPicture] = useState<Raster>();
  const [error, setError] = useState<unknown>();
  const [drawing, setDrawing] = useState(false);
  const latest = useRef(of);
  useEffect(() => {
    latest.current = of;
    setPicture(undefined);
    setError(undefined);
  }, [of]);
  const draw = async () => {
    setDrawing(true);
    setError(undefined);
    try {
      const { recipe, seed } = read();
      const request = { fitting: recipeFitting(recipe), count: shown.images, seed };
      const { imageIds, labels, classes, squares } = await datasetCalls().call('sampleImages', request);
      const images = {
        imageSize: recipe.imageSize,
        imageIds,
        read: (index: number, target: Uint8Array, offset = 0) => target.set(squares[index], offset),
      };
      const options = { recipe, images, labels, classCount: classes.length, seed, draws: shown.draws };
      // What was asked for before the form changed is of no interest any more.
      if (latest.current !== of) return;
      const previewed = previewRecipe(options);
      setPicture(
        drawPreview(
          previewed,
          classes.map((id) => ({ id })),
          'As they are, and in training',
        ),
      );
    } catch (problem) {
      if (latest.current !== of) return;
      setPicture(undefined);
      setError(problem);
    } finally {
      setDrawing(false);
    }
  };
  return (
    <>
      <p className="actions">
        <button type="button" className="plain" disabled={drawing} onClick={draw}>
          Preview
        </button>
        <span className="small muted">What this recipe makes of some of these images, by the code that trains.</span>
      </p>
      {error !== undefined && <Problem error={error} />}
      {picture && (
        <div className="preview">
          <Pixels
            image={picture}
            label="A row an image: as it is in prediction, then varied as in epochs of training, then mixed with another"
          />
        </div>
      )}
    </>
  );
}
