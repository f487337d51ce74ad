import type { CSSProperties } from 'react';
import type { Evaluation } from '../../../../src/evaluation/evaluate.js';
import { rowShares } from '../../../../src/evaluation/metrics/confusionMatrix.js';
import { shareText } from '../../../../src/report/charts/heatTable.js';
import { formatCount } from '../../../../src/report/format.js';
import { heatTextSwitch } from '../../../../src/report/palette.js';

/** A cell of the matrix, by class index. */
export interface Cell {
  readonly truth: number;
  readonly predicted: number;
}

export interface ConfusionTableProps {
  readonly evaluation: Evaluation;
  readonly chosen: Cell | undefined;
  readonly onChoose: (cell: Cell) => void;
}

/** The confusion matrix, shaded as the report's chart is; each cell that holds images is a button. */
export function ConfusionTable({ evaluation, chosen, onChoose }: ConfusionTableProps) {
  const { confusionMatrix: matrix, perClass } = evaluation;
  const shares = rowShares(matrix);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls sideways must be reachable by keyboard
    <section className="scroll lesionlab-chart confusion" tabIndex={0} aria-labelledby="confusion-title">
      <table>
        <thead>
          <tr>
            <th scope="col">True ↓ Answer →</th>
            {perClass.map(({ dx, name }) => (
              <th key={dx} scope="col">
                <abbr title={name}>{dx}</abbr>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {matrix.map((row, truth) => (
            <tr key={perClass[truth].dx}>
              <th scope="row">
                {perClass[truth].dx} <span className="muted long">{perClass[truth].name}</span>
              </th>
              {row.map((count, predicted) => (
                <td key={perClass[predicted].dx} className={truth === predicted ? 'right' : undefined}>
                  {count === 0 ? (
                    <span className="nothing">0</span>
                  ) : (
                    <button
                      type="button"
                      style={shade(shares[truth][predicted])}
                      aria-pressed={chosen?.truth === truth && chosen.predicted === predicted}
                      onClick={() => onChoose({ truth, predicted })}
                    >
                      {formatCount(count)}
                      <small>{shareText(shares[truth][predicted])}</small>
                      <span className="unseen">
                        {count === 1 ? 'image' : 'images'} of {perClass[truth].name},{' '}
                        {truth === predicted ? 'recognised' : `taken for ${perClass[predicted].name}`}: show
                      </span>
                    </button>
                  )}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function shade(share: number): CSSProperties {
  return {
    background: `color-mix(in srgb, var(--chart-heat) ${(share * 100).toFixed(1)}%, var(--chart-background))`,
    color: `var(--chart-${share > heatTextSwitch ? 'heatTextOn' : 'heatText'})`,
  };
}
