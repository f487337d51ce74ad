import { useMemo } from 'react';
import { renderConfiguration } from '../../../../src/report/parts/configuration.js';
import { ReportHtml } from '../../components/ReportHtml.js';
import type { RunNow } from './useRun.js';

/** Everything needed to do the run again, in words. */
export function ConfigurationSection({ run: { config } }: { readonly run: RunNow }) {
  const html = useMemo(() => renderConfiguration({ config, writtenBy: `lesionlab ${config.lesionlab}` }), [config]);
  return <ReportHtml html={html} />;
}
