import type { LookedTruth } from '../../judge/judgeWorker.js';
import { SelectField, TextField } from './FormFields.js';
import { fieldChoices, type JudgeFields } from './judgeFields.js';

export interface EstimateFieldsProps {
  readonly fields: JudgeFields;
  /** Undefined until it was read. */
  readonly truth: LookedTruth | undefined;
  /** Name of the table of answers to calibrate on. */
  readonly calibration: string | undefined;
  readonly onChange: (fields: Partial<JudgeFields>) => void;
}

/** What is estimated: what counts once, what is fitted on which images, and where the classifier would be used. */
export function EstimateFields({ fields, truth, calibration, onChange }: EstimateFieldsProps) {
  const set = (name: keyof JudgeFields) => (value: string) => onChange({ [name]: value });
  const units = fieldChoices.unit.filter(
    ([unit]) =>
      !truth ||
      unit === 'image' ||
      (unit === 'lesion' && truth.hasLesions) ||
      (unit === 'patient' && truth.hasPatients),
  );
  return (
    <>
      <div className="judge-fields">
        <SelectField
          label="What counts once"
          value={fields.unit}
          options={units}
          about={
            truth && !truth.hasLesions && !truth.hasPatients
              ? 'The truth names neither lesions nor patients.'
              : 'Intervals allow for images of one lesion or patient in any case.'
          }
          onChange={set('unit')}
        />
        {fields.unit !== 'image' && (
          <SelectField label="Its answer" value={fields.join} options={fieldChoices.join} onChange={set('join')} />
        )}
        <SelectField
          label="Thresholds and temperature are fitted on"
          value={fields.calibrate}
          options={[
            ['nothing', 'nothing: points are descriptive'],
            ['share', 'a share set aside, by lesion'],
            ...(calibration !== undefined ? [['table', `other images: the answers in ${calibration}`] as const] : []),
            ...(truth?.hasValidation ? [['validation', 'the truth’s own validation split'] as const] : []),
          ]}
          onChange={(value) => onChange({ calibrate: value as JudgeFields['calibrate'] })}
        />
        {fields.calibrate === 'share' && (
          <TextField label="Share to set aside" value={fields.share} numeric onChange={set('share')} />
        )}
      </div>
      <details>
        <summary>Threshold, prevalence, how sure the truth is, resamples, name</summary>
        <div className="judge-fields">
          <TextField
            label="Threshold for yes, chosen before"
            value={fields.threshold}
            numeric
            about="A probability; empty where there is none."
            onChange={set('threshold')}
          />
          <TextField
            label="Prevalence where it would be used"
            value={fields.prevalence}
            numeric
            about="As 0.02; adds predictive values and net benefit."
            onChange={set('prevalence')}
          />
          <TextField
            label="Share of other truths that is wrong"
            value={fields.labelErrors}
            numeric
            about="Of those not confirmed by histology, for bounds."
            onChange={set('labelErrors')}
          />
          <TextField
            label="Resamples behind intervals"
            value={fields.resamples}
            numeric
            about="0 for none; fewer are faster."
            onChange={set('resamples')}
          />
          <TextField
            label="What the classifier is called"
            value={fields.name}
            about="Empty: as its file."
            onChange={set('name')}
          />
        </div>
      </details>
    </>
  );
}
