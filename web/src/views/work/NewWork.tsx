import type { WorkState } from '../../../../src/jobs/work.js';
import { EvaluateForm } from './EvaluateForm.js';
import { ExportForm } from './ExportForm.js';
import { JudgeForm } from './JudgeForm.js';
import { PredictForm } from './PredictForm.js';
import { TrainForm } from './TrainForm.js';
import type { WorkKind } from './workAddress.js';

export interface WorkFormProps {
  readonly work: WorkState;
  /** The run that is chosen at first, by its id. */
  readonly run?: string;
}

/** The form of a kind of work. */
export function NewWork({ kind, ...props }: WorkFormProps & { readonly kind: WorkKind }) {
  const Form = forms[kind];
  return <Form {...props} />;
}

const forms = {
  train: TrainForm,
  evaluate: EvaluateForm,
  export: ExportForm,
  predict: PredictForm,
  judge: JudgeForm,
} as const;
