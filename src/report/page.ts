import { escapeText } from './html.js';
import { pageStyle } from './pageStyle.js';

export interface PageSection {
  /** Address within the page. */
  readonly id: string;
  readonly title: string;
  /** HTML. */
  readonly body: string;
}

export interface PageContent {
  readonly title: string;
  /** What kind of page it is, above the title: `Report`, `Exploration`. */
  readonly kind: string;
  /** One or two sentences of HTML under the title. */
  readonly lead: string;
  /** Images drawn by lesionlab itself: the page says so and keeps saying so. */
  readonly synthetic: boolean;
  readonly sections: readonly PageSection[];
  /** HTML of the last lines. */
  readonly footer: string;
}

/** What every page says of its purpose. */
export const purposeNotice = 'Research and education only. Not a medical device.';
/** What every page about painted images says. */
export const syntheticNotice = 'Synthetic images, drawn by a program. The numbers say nothing about real skin.';

/** A whole page in one file: nothing is fetched from anywhere, which its content security policy also forbids. */
export function renderPage(page: PageContent): string {
  const contents = page.sections.map(({ id, title }) => `<li><a href="#${id}">${escapeText(title)}</a></li>`).join('');
  const sections = page.sections
    .map(
      ({ id, title, body }) =>
        `<section id="${id}" aria-labelledby="${id}-title"><h2 id="${id}-title">${escapeText(title)}</h2>\n${body}\n</section>`,
    )
    .join('\n');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'">
<meta name="referrer" content="no-referrer">
<title>${escapeText(page.title)} · lesionlab</title>
<style>
${pageStyle()}</style>
</head>
<body>
<a class="skip" href="#content">Skip to the content</a>
<aside class="notices" aria-label="Notices">
${page.synthetic ? `<p class="synthetic">${syntheticNotice}</p>\n` : ''}<p class="purpose">${purposeNotice}</p>
</aside>
<header class="frame">
<div class="kicker"><span><strong>lesionlab</strong> · ${escapeText(page.kind)}</span><button class="theme" type="button" hidden>Dark colours</button></div>
<h1>${escapeText(page.title)}</h1>
<p class="lead">${page.lead}</p>
</header>
<nav class="contents frame" aria-label="Contents"><ul>${contents}</ul></nav>
<main id="content" class="frame" tabindex="-1">
${sections}
</main>
<footer class="frame">${page.footer}</footer>
<script>${script}</script>
</body>
</html>
`;
}

// The switch only appears where it works; what a page's address may not store is forgotten. Browsers unfold what a link leads into on
// their own; older ones do not.
const script = `(function(){
var root=document.documentElement,button=document.querySelector('button.theme'),media=matchMedia('(prefers-color-scheme: dark)');
var kept=null;try{kept=localStorage.getItem('lesionlab-theme')}catch(e){}
if(kept==='light'||kept==='dark')root.dataset.theme=kept;
function isDark(){return root.dataset.theme?root.dataset.theme==='dark':media.matches}
function show(){button.textContent=isDark()?'Light colours':'Dark colours'}
button.hidden=false;show();media.addEventListener('change',show);
button.addEventListener('click',function(){root.dataset.theme=isDark()?'light':'dark';try{localStorage.setItem('lesionlab-theme',root.dataset.theme)}catch(e){}show()});
function unfold(){var target=location.hash.length>1&&document.getElementById(location.hash.slice(1)),folded=target&&target.closest('details:not([open])');if(folded){folded.open=true;target.scrollIntoView()}}
addEventListener('hashchange',unfold);unfold();
addEventListener('beforeprint',function(){document.querySelectorAll('details').forEach(function(d){d.open=true})});
})();`;
