import { useEffect, useState } from 'react';
import type { ClassHeat, OpenedModel } from '../../../../src/browser/predictedImage.js';
import { viewSets } from '../../../../src/data/augmentation/views.js';
import { formatDuration, formatPercent } from '../../../../src/report/format.js';
import { purposeNotice } from '../../../../src/report/page.js';
import type { Prediction } from '../../predictWorker/startPrediction.js';
import { HeatMapView } from './HeatMapView.js';
import { readFile } from './modelSources.js';
import { ProbabilityBars } from './ProbabilityBars.js';
import { SetsView } from './SetsView.js';
import type { AnsweredImage } from './useAnswers.js';

export interface AnswerViewProps {
  readonly prediction: Prediction;
  readonly image: AnsweredImage;
}

/** Everything that a model says about one image. */
export function AnswerView({ prediction, image }: AnswerViewProps) {
  const { model } = prediction;
  const { input, width, height } = image;
  const heat = useHeat(prediction, image);
  const { outOfDistribution, calibrated, probabilities } = image;
  return (
    <div className="answer">
      <HeatMapView
        key={input.name}
        model={model}
        image={input.file}
        width={width}
        height={height}
        heat={heat}
        predicted={image.predicted}
      />
      <div>
        <p className="no-diagnosis">
          <strong>{purposeNotice}</strong> This is what a program computes of pixels; it is no diagnosis.
          {model.synthetic && ' The model has only ever seen synthetic images.'}
        </p>
        {outOfDistribution?.flagged && (
          <div className="unlike" role="note">
            <strong>Unlike the images that the model was trained on.</strong> It is probably no dermatoscopic image, or
            one of a kind that the model does not know: its probabilities mean nothing then. About 1 in 100
            dermatoscopic images is flagged too, rare diagnoses more often. (Distance{' '}
            {formatScore(outOfDistribution.score)}; flagged above {formatScore(outOfDistribution.threshold)}.)
          </div>
        )}
        <ProbabilityBars
          classes={model.classes}
          probabilities={calibrated ?? probabilities}
          caption={
            calibrated
              ? 'Probabilities, calibrated: scaled so that on validation images the model was as sure as it was right.'
              : 'Probabilities as the network gives them. Nobody has checked whether it is as sure as it is right.'
          }
        />
        <SetsView model={model} sets={image.sets} />
        {outOfDistribution && !outOfDistribution.flagged && (
          <p className="small muted">
            As far as the model can tell, the image resembles those that it was trained on (distance{' '}
            {formatScore(outOfDistribution.score)}; flagged above {formatScore(outOfDistribution.threshold)}).
          </p>
        )}
        <details>
          <summary>Numbers behind this</summary>
          <p className="small">
            {width} x {height} pixels, {describeViews(model)}, {formatDuration(image.milliseconds / 1000)} with{' '}
            {model.device.words}.{' '}
            {model.certainty && `Temperature ${model.certainty.temperature.toFixed(2)}. Uncalibrated: `}
            {model.certainty &&
              model.classes.map(({ id }, k) => `${id} ${formatPercent(probabilities[k], 2)}`).join(', ')}
          </p>
        </details>
      </div>
    </div>
  );
}

const formatScore = (score: number) => (score < 100 ? score.toFixed(1) : Math.round(score).toLocaleString('en'));

const viewWords = {
  none: '',
  chosen: '',
  flips: 'mirrored',
  'flips-and-turns': 'mirrored and turned',
  scales: 'magnified',
  crops: 'parts',
  'flips-and-scales': 'mirrored and magnified',
} as const;

function describeViews({ testTimeAugmentation }: OpenedModel): string {
  const views = viewSets[testTimeAugmentation].length;
  return views === 1 ? 'seen once' : `mean of ${views} views (${viewWords[testTimeAugmentation]})`;
}

/** The heat maps of an image: those that came with the answer, or else computed now. */
function useHeat(prediction: Prediction, { heat, input }: AnsweredImage): ClassHeat | null {
  const [found, setFound] = useState<ClassHeat | null>(null);
  const wanted = heat === null && prediction.model.heatMapLayer !== undefined;
  useEffect(() => {
    setFound(null);
    if (!wanted) return;
    let stopped = false;
    readFile(input.file)
      .then((bytes) => prediction.predict(bytes, { heat: true }))
      .then(
        (again) => !stopped && setFound(again.heat),
        // The answer itself is there; a picture without heat says enough.
        () => {},
      );
    return () => {
      stopped = true;
    };
  }, [prediction, input, wanted]);
  return heat ?? found;
}
