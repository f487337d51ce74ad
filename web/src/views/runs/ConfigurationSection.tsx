import { useMemo } from 'react';
import { renderConfiguration } from '../../../../src/report/parts/configuration.js';
import { renderEnsembleConfiguration } from '../../../../src/report/parts/ensemble.js';
import { isEnsemble } from '../../../../src/training/recipe/ensembleConfig.js';
import { ReportHtml } from '../../components/ReportHtml.js';
import type { RunNow } from './useRun.js';

/** Everything needed to do the run again, in words. */
export function ConfigurationSection({ run: { config } }: { readonly run: RunNow }) {
  const html = useMemo(() => {
    const writtenBy = `lesionlab ${config.lesionlab}`;
    return isEnsemble(config)
      ? renderEnsembleConfiguration({ config, writtenBy })
      : renderConfiguration({ config, writtenBy });
  }, [config]);
  return <ReportHtml html={html} />;
}
