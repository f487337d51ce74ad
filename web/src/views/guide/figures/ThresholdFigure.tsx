import { useCallback, useMemo, useState } from 'react';
import { binaryQuestions, scoreQuestion } from '../../../../../src/evaluation/metrics/binaryQuestion.js';
import { scoreImages } from '../../../../../src/evaluation/metrics/scoredImages.js';
import { barRows } from '../../../../../src/report/charts/barRows.js';
import { formatCountOf, formatPercent } from '../../../../../src/report/format.js';
import { Chart } from '../../../components/Chart.js';
import { Choice, Say, Slider } from './Controls.js';
import { usePredictions } from './usePredictions.js';

/** A question with two answers: what a threshold on its probability finds, and what it costs. */
export function ThresholdFigure() {
  const predictions = usePredictions();
  const questions = useMemo(() => binaryQuestions(predictions.classes), [predictions]);
  const [id, setId] = useState(questions.at(-1)?.id ?? '');
  const [threshold, setThreshold] = useState(0.5);
  const question = questions.find((candidate) => candidate.id === id);
  const counts = useMemo(() => {
    const found = { caught: 0, missed: 0, alarms: 0, cleared: 0 };
    if (!question) return found;
    const { scores, truths } = scoreQuestion(scoreImages(predictions), predictions.classes, question);
    for (let i = 0; i < truths.length; i++) {
      const called = scores[i] >= threshold;
      if (truths[i] === 1) found[called ? 'caught' : 'missed']++;
      else found[called ? 'alarms' : 'cleared']++;
    }
    return found;
  }, [predictions, question, threshold]);
  const { caught, missed, alarms, cleared } = counts;
  const draw = useCallback(
    (options: { idPrefix: string }) => {
      const rows = [
        { label: 'found (true positives)', value: counts.caught, colour: '#009e73' },
        { label: 'missed (false negatives)', value: counts.missed, colour: '#d55e00' },
        { label: 'false alarms (false positives)', value: counts.alarms, colour: '#e69f00' },
        { label: 'rightly passed (true negatives)', value: counts.cleared, colour: '#56b4e9' },
      ];
      return barRows(
        {
          name: 'threshold',
          title: question?.title ?? 'No such question',
          subtitle: `Test images; yes from ${formatPercent(threshold, 0)} on.`,
          description: `Bar chart. ${rows.map(({ label, value }) => `${label}: ${value}`).join('; ')}.`,
          rows: rows.map((row) => ({ ...row, text: formatCountOf(row.value, 'image') })),
        },
        options,
      );
    },
    [counts, question, threshold],
  );
  if (!question) return <p className="muted">The classes of this run ask no question with two answers.</p>;
  return (
    <>
      <div className="controls">
        <Choice label="Question" options={questions.map((q) => [q.id, q.title] as const)} value={id} onChange={setId} />
        <Slider
          label="Yes from a probability of"
          min={0}
          max={1}
          step={0.01}
          value={threshold}
          onChange={setThreshold}
          format={(v) => formatPercent(v, 0)}
        />
      </div>
      <Chart draw={draw} name="threshold" />
      <Say>
        Sensitivity (recall) {formatPercent(caught / (caught + missed), 0)}, specificity{' '}
        {formatPercent(cleared / (cleared + alarms), 0)}; of the {caught + alarms} called yes,{' '}
        {formatPercent(caught / (caught + alarms), 0)} are (precision).
      </Say>
    </>
  );
}
