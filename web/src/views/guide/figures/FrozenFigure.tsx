import { useCallback, useMemo, useState } from 'react';
import { findModel } from '../../../../../src/models/architectures/registry.js';
import { describeNetwork } from '../../../../../src/models/initialWeights.js';
import { barRows } from '../../../../../src/report/charts/barRows.js';
import { formatCount, formatPercent } from '../../../../../src/report/format.js';
import { chartColour } from '../../../../../src/report/palette.js';
import { findTrainable } from '../../../../../src/training/optimisation/parameterRoles.js';
import { Chart } from '../../../components/Chart.js';
import { Choice, Say } from './Controls.js';

const model = findModel('resnet18');
const { parameters } = describeNetwork({ model, classCount: 7, imageSize: 112 });
const sizes = model.stages.map((stage) => ({
  stage,
  count: parameters
    .filter(({ name }) => name.startsWith(`${stage}.`))
    .reduce((sum, { shape }) => sum + shape.reduce((product, side) => product * side, 1), 0),
}));
const total = sizes.reduce((sum, { count }) => sum + count, 0);
const choices = ['none', ...model.stages.slice(0, -1).filter((stage) => stage !== 'bn1'), 'backbone'];

/** Which stages of ResNet-18 are still trained when it is frozen up to one of them. */
export function FrozenFigure() {
  const [freeze, setFreeze] = useState('layer2');
  const isTrained = useMemo(() => {
    const trainable = findTrainable(model, freeze);
    return (stage: string) => trainable === undefined || trainable(`${stage}.weight`);
  }, [freeze]);
  const draw = useCallback(
    (options: { idPrefix: string }) =>
      barRows(
        {
          name: 'frozen',
          title: 'ResNet-18, parameters by stage',
          subtitle: 'Dark: trained. Light: kept as the weights file has it.',
          description: `Bar chart. ${sizes.map(({ stage, count }) => `${stage}: ${count}, ${isTrained(stage) ? 'trained' : 'frozen'}`).join('; ')}.`,
          rows: sizes.map(({ stage, count }) => ({
            label: `${stage} · ${isTrained(stage) ? 'trained' : 'frozen'}`,
            value: count,
            text: formatCount(count),
            colour: chartColour(isTrained(stage) ? 'train' : 'barSoft'),
          })),
        },
        options,
      ),
    [isTrained],
  );
  const trained = sizes.filter(({ stage }) => isTrained(stage)).reduce((sum, { count }) => sum + count, 0);
  return (
    <>
      <div className="controls">
        <Choice
          label="--freeze"
          options={choices.map((choice) => [choice, choice] as const)}
          value={freeze}
          onChange={setFreeze}
        />
      </div>
      <Chart draw={draw} name="frozen" />
      <Say>
        {formatCount(trained)} of {formatCount(total)} parameters are trained ({formatPercent(trained / total)}).
      </Say>
    </>
  );
}
