import type { ComponentType } from 'react';
import { AugmentationFigure } from './AugmentationFigure.js';
import { ClassCountsFigure } from './ClassCountsFigure.js';
import { ClassWeightsFigure } from './ClassWeightsFigure.js';
import { ConfusionFigure } from './ConfusionFigure.js';
import { ConvolutionFigure } from './ConvolutionFigure.js';
import { CrossTableFigure } from './CrossTableFigure.js';
import { CurvesFigure } from './CurvesFigure.js';
import { DescentFigure } from './DescentFigure.js';
import { FrozenFigure } from './FrozenFigure.js';
import { GradCamFigure } from './GradCamFigure.js';
import { IntervalFigure } from './IntervalFigure.js';
import { LayersFigure } from './LayersFigure.js';
import { LossFigure } from './LossFigure.js';
import { MissingValuesFigure } from './MissingValuesFigure.js';
import { PaintedImagesFigure } from './PaintedImagesFigure.js';
import { PreprocessingFigure } from './PreprocessingFigure.js';
import { PrevalenceFigure } from './PrevalenceFigure.js';
import { RecallFigure } from './RecallFigure.js';
import { ReliabilityFigure } from './ReliabilityFigure.js';
import { ScheduleFigure } from './ScheduleFigure.js';
import { SplitFigure } from './SplitFigure.js';
import { ThresholdFigure } from './ThresholdFigure.js';
import { TrainingsFigure } from './TrainingsFigure.js';

/** Every figure by the name that `<!-- live: name -->` gives it in the guide's Markdown. */
export const figures: Readonly<Record<string, ComponentType>> = {
  augmentation: AugmentationFigure,
  'class-counts': ClassCountsFigure,
  'class-weights': ClassWeightsFigure,
  'confusion-matrix': ConfusionFigure,
  convolution: ConvolutionFigure,
  'cross-entropy': LossFigure,
  'cross-table': CrossTableFigure,
  curves: CurvesFigure,
  descent: DescentFigure,
  frozen: FrozenFigure,
  'grad-cam': GradCamFigure,
  'interval-width': IntervalFigure,
  layers: LayersFigure,
  'missing-values': MissingValuesFigure,
  'painted-images': PaintedImagesFigure,
  preprocessing: PreprocessingFigure,
  prevalence: PrevalenceFigure,
  recall: RecallFigure,
  reliability: ReliabilityFigure,
  schedule: ScheduleFigure,
  split: SplitFigure,
  threshold: ThresholdFigure,
  'trainings-beside': TrainingsFigure,
};
