import type { ChartOptions } from './charts/chartOptions.js';
import { clearDermChecklist } from './documents/clearDerm.js';
import { modelCard } from './documents/modelCard.js';
import { formatCountOf } from './format.js';
import { renderGlossary } from './glossary.js';
import { escapeText } from './html.js';
import { renderPage } from './page.js';
import { renderConfiguration } from './parts/configuration.js';
import { renderData } from './parts/data.js';
import { renderDocument } from './parts/documents.js';
import { renderEnsemble, renderEnsembleConfiguration } from './parts/ensemble.js';
import { renderErrors } from './parts/errors.js';
import { renderExplanations } from './parts/explanations.js';
import { renderExternals } from './parts/external.js';
import { renderJudgedConfiguration, renderJudgement } from './parts/judgement.js';
import { renderLimits } from './parts/limits.js';
import { renderResults } from './parts/results.js';
import { renderShortcuts } from './parts/shortcuts.js';
import { renderSplit } from './parts/split.js';
import { renderSummary } from './parts/summary.js';
import { renderTraining } from './parts/training.js';
import { isOfEnsemble, isOfJudged, isOfTraining, modelName, type ReportInput } from './reportInput.js';

/** Names of the documents in a run's folder, beside report.html. */
export const documentFiles = { modelCard: 'model-card.md', clearDerm: 'clear-derm.md' } as const;

/** report.html: a run from its data to its limits, as one self-contained page. Parts that aren't there are named, with the command that makes them. */
export function renderReport(input: ReportInput, options: ChartOptions = {}): string {
  const { config } = input;
  const { data } = config;
  return renderPage({
    title: `${modelName(config.model.id)} on ${data.name}`,
    kind: 'Report',
    lead: isOfJudged(input)
      ? `How good the answers of a classifier are that was made elsewhere, on ${formatCountOf(input.evaluation?.images ?? data.images, 'image')}, and what these numbers rest on.`
      : `What ${isOfEnsemble(input) ? 'several networks together' : 'a network'} learned to tell apart in ${formatCountOf(data.images, 'image')}, how well ${isOfEnsemble(input) ? 'they do' : 'it does'} on images ${isOfEnsemble(input) ? 'they have' : 'it has'} never seen, and what these numbers don’t say.`,
    synthetic: data.synthetic,
    sections: [
      { id: 'summary', title: 'In short', body: renderSummary(input) },
      { id: 'data', title: 'Data', body: renderData(input, options) },
      ...(isOfJudged(input)
        ? [{ id: 'judgement', title: 'What was judged', body: renderJudgement(input) }]
        : [{ id: 'split', title: 'Split', body: renderSplit(input, options) }]),
      ...(isOfEnsemble(input) ? [{ id: 'ensemble', title: 'Members', body: renderEnsemble(input) }] : []),
      ...(isOfTraining(input) ? [{ id: 'training', title: 'Training', body: renderTraining(input, options) }] : []),
      { id: 'results', title: 'Results', body: renderResults(input, options) },
      { id: 'errors', title: 'Errors', body: renderErrors(input) },
      ...(isOfJudged(input)
        ? []
        : [
            { id: 'external', title: 'Other data', body: renderExternals(input, options) },
            { id: 'explanations', title: 'Where the model looks', body: renderExplanations(input) },
          ]),
      ...(isOfJudged(input) && !input.shortcuts?.length
        ? []
        : [{ id: 'shortcuts', title: 'What the answers rest on', body: renderShortcuts(input) }]),
      { id: 'configuration', title: 'Configuration', body: renderAnyConfiguration(input) },
      { id: 'limits', title: 'Limits', body: renderLimits(input) },
      { id: 'model-card', title: 'Model card', body: renderModelCard(input) },
      { id: 'clear-derm', title: 'CLEAR Derm checklist', body: renderChecklist(input) },
      { id: 'glossary', title: 'Glossary', body: renderGlossary() },
    ],
    footer: `<p>Written by ${escapeText(input.writtenBy)}; run begun ${escapeText(config.created)}.</p>${
      data.citation ? `<p>Data: ${escapeText(data.citation)}</p>` : ''
    }${data.licence ? `<p>Licence of the data, and of pictures from it on this page: ${escapeText(data.licence)}.</p>` : ''}`,
  });
}

const renderAnyConfiguration = (input: ReportInput) =>
  isOfEnsemble(input)
    ? renderEnsembleConfiguration(input)
    : isOfJudged(input)
      ? renderJudgedConfiguration(input)
      : isOfTraining(input)
        ? renderConfiguration(input)
        : '';

const renderModelCard = (input: ReportInput) =>
  renderDocument(
    modelCard(input),
    'What the model is, what it is for, what it was trained and tested on, and what is not known, in the form that is usual for models.',
    documentFiles.modelCard,
  );

const renderChecklist = (input: ReportInput) =>
  renderDocument(
    clearDermChecklist(input),
    'What reviewers of such models in dermatology ask, answered as far as the files of this run go. The rest is for a person to say.',
    documentFiles.clearDerm,
  );
