import { useState } from 'react';
import type { ClassInfo } from '../../../../src/data/dataset.js';
import { formatCount, formatPercent } from '../../../../src/report/format.js';
import { classColour } from '../../../../src/report/palette.js';

export interface ProbabilityBarsProps {
  readonly classes: readonly ClassInfo[];
  /** [K]. */
  readonly probabilities: readonly number[];
  readonly caption: string;
}

/** Of more classes than that, as many are shown at first. */
const shownFirst = 10;

/** Probabilities as bars with their numbers, the highest first. */
export function ProbabilityBars({ classes, probabilities, caption }: ProbabilityBarsProps) {
  const [all, setAll] = useState(false);
  const order = classes.map((_, k) => k).sort((a, b) => probabilities[b] - probabilities[a]);
  const shown = all || classes.length <= shownFirst + 2 ? order : order.slice(0, shownFirst);
  return (
    <>
      <table className="probabilities">
        <caption>{caption}</caption>
        <thead className="unseen">
          <tr>
            <th scope="col">Diagnosis</th>
            <th scope="col">Probability</th>
          </tr>
        </thead>
        <tbody>
          {shown.map((k) => (
            <tr key={classes[k].id}>
              <th scope="row">
                {classes[k].name}
                {classes[k].id !== classes[k].name && <span className="muted small"> {classes[k].id}</span>}
              </th>
              <td className="number">{formatPercent(probabilities[k])}</td>
              <td aria-hidden="true" className="bar-cell">
                <div className="bar" style={{ width: `${100 * probabilities[k]}%`, background: classColour(k) }} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {shown.length < order.length && (
        <p>
          <button type="button" className="plain" onClick={() => setAll(true)}>
            Show all {formatCount(order.length)} classes
          </button>
        </p>
      )}
    </>
  );
}
