import { useCallback, useState } from 'react';
import type { Exploration } from '../../../../src/data/audit/exploration.js';
import { explorationCharts } from '../../../../src/report/explorationCharts.js';
import { Chart } from '../../components/Chart.js';

/** The report's charts of a dataset. */
export function ExplorationSection({ exploration: latest }: { readonly exploration: Exploration }) {
  // What is found out about images later changes no count: drawing all charts again takes half a second.
  const [exploration] = useState(latest);
  const names = explorationCharts(exploration).map(({ name }) => name);
  return (
    <section aria-labelledby="charts">
      <h2 id="charts">In numbers</h2>
      <div className="figures">
        {names.map((name) => (
          <ExplorationChart key={name} exploration={exploration} name={name} />
        ))}
      </div>
    </section>
  );
}

function ExplorationChart({ exploration, name }: { readonly exploration: Exploration; readonly name: string }) {
  const draw = useCallback(
    (options: { readonly idPrefix: string }) =>
      explorationCharts(exploration, options).find((chart) => chart.name === name)?.svg ?? '',
    [exploration, name],
  );
  return <Chart draw={draw} name={name} />;
}
