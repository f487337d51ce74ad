import type { ClassInfo } from '../../../../src/data/dataset.js';
import { formatPercent } from '../../../../src/report/format.js';
import { classColour } from '../../../../src/report/palette.js';

export interface ProbabilityBarsProps {
  readonly classes: readonly ClassInfo[];
  /** [K]. */
  readonly probabilities: readonly number[];
  readonly caption: string;
}

/** Probabilities as bars with their numbers, the highest first. */
export function ProbabilityBars({ classes, probabilities, caption }: ProbabilityBarsProps) {
  const order = classes.map((_, k) => k).sort((a, b) => probabilities[b] - probabilities[a]);
  return (
    <table className="probabilities">
      <caption>{caption}</caption>
      <thead className="unseen">
        <tr>
          <th scope="col">Diagnosis</th>
          <th scope="col">Probability</th>
        </tr>
      </thead>
      <tbody>
        {order.map((k) => (
          <tr key={classes[k].id}>
            <th scope="row">
              {classes[k].name} <span className="muted small">{classes[k].id}</span>
            </th>
            <td className="number">{formatPercent(probabilities[k])}</td>
            <td aria-hidden="true" className="bar-cell">
              <div className="bar" style={{ width: `${100 * probabilities[k]}%`, background: classColour(k) }} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
