import type { ClassCount } from '../../../../src/data/audit/exploration.js';
import { splitNames } from '../../../../src/data/dataset.js';
import { formatCount, formatCountOf, formatPercent } from '../../../../src/report/format.js';
import { renderSplitProof, renderSplitRule } from '../../../../src/report/parts/splitProof.js';
import { saveFile } from '../../browser/saveFile.js';
import { ReportHtml } from '../../components/ReportHtml.js';
import type { SplitFiles } from '../../dataset/divideData.js';

interface SplitResultProps {
  readonly files: SplitFiles;
  readonly seed: number;
  readonly classes: readonly ClassCount[];
}

/** How a split came out, the report's proof of it, and its files. */
export function SplitResult({ files: { csv, summary }, seed, classes }: SplitResultProps) {
  const { leakage, hasLesionIds } = summary;
  return (
    <div>
      <p role="status">
        {hasLesionIds
          ? `Counted leakage: ${formatCountOf(leakage.lesions, 'lesion')} and ${formatCountOf(leakage.images, 'image')} on two sides.`
          : `Counted leakage: ${formatCountOf(leakage.images, 'image')} on two sides; the data has no lesion ids to look at.`}{' '}
        A training divides the data in this way, too.
      </p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls sideways on narrow screens */}
      <section className="scroll" aria-label="The split" tabIndex={0}>
        <table>
          <caption>
            <span>The split with seed {seed}: images by diagnosis.</span>
          </caption>
          <thead>
            <tr>
              <th scope="col">Split</th>
              <th scope="col" className="number">
                Images
              </th>
              <th scope="col" className="number">
                Share
              </th>
              {hasLesionIds && (
                <th scope="col" className="number">
                  Lesions
                </th>
              )}
              {classes.map(({ dx }) => (
                <th key={dx} scope="col" className="number">
                  {dx}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {splitNames.map((name) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                <td className="number">{formatCount(summary.images[name])}</td>
                <td className="number">{formatPercent(summary.shares[name])}</td>
                {hasLesionIds && <td className="number">{formatCount(summary.lesions[name])}</td>}
                {classes.map(({ dx }) => (
                  <td key={dx} className="number">
                    {formatCount(summary.counts[name][dx])}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      <ReportHtml html={`${renderSplitRule(summary)}${renderSplitProof(summary)}`} />
      <p className="actions">
        <button type="button" className="plain" onClick={() => saveFile('splits.csv', csv, 'text/csv')}>
          Save splits.csv
        </button>
        <button
          type="button"
          className="plain"
          onClick={() => saveFile('splits.json', `${JSON.stringify(summary, null, 2)}\n`, 'application/json')}
        >
          Save splits.json
        </button>
      </p>
    </div>
  );
}
