import { useMemo } from 'react';
import { renderConfiguration } from '../../../../src/report/parts/configuration.js';
import { renderEnsembleConfiguration } from '../../../../src/report/parts/ensemble.js';
import { renderJudgedConfiguration } from '../../../../src/report/parts/judgement.js';
import { isEnsemble, isJudged } from '../../../../src/training/recipe/ensembleConfig.js';
import { ReportHtml } from '../../components/ReportHtml.js';
import type { RunNow } from './useRun.js';

/** Everything needed to do the run again, in words. */
export function ConfigurationSection({ run: { config } }: { readonly run: RunNow }) {
  const html = useMemo(() => {
    const writtenBy = `lesionlab ${config.lesionlab}`;
    return isEnsemble(config)
      ? renderEnsembleConfiguration({ config, writtenBy })
      : isJudged(config)
        ? renderJudgedConfiguration({ config, writtenBy })
        : renderConfiguration({ config, writtenBy });
  }, [config]);
  return <ReportHtml html={html} />;
}
