import { pageColours } from './palette.js';

/** Style of every page: system fonts, one column of text, figures beside each other where there is room. */
export function pageStyle(): string {
  return `${pageColours()}${style.replace(/\n\s*/g, '\n')}`;
}

const style = `
*,*::before,*::after{box-sizing:border-box}
html{scroll-padding-top:6rem;-webkit-text-size-adjust:100%}
body{margin:0;background:var(--page-paper);color:var(--page-ink);
  font:1rem/1.6 system-ui,-apple-system,'Segoe UI',Roboto,'Noto Sans','Liberation Sans',Arial,sans-serif;
  overflow-wrap:break-word}
h1,h2,h3{font-family:'Iowan Old Style',Charter,'Bitstream Charter','Palatino Linotype',Georgia,'Noto Serif','Liberation Serif',serif;
  line-height:1.2;font-weight:600;text-wrap:balance}
h1{font-size:clamp(1.9rem,5vw,2.7rem);margin:0 0 .6rem;letter-spacing:-.01em}
h2{font-size:1.65rem;margin:0 0 1rem}
h3{font-size:1.2rem;margin:2.2rem 0 .6rem}
p,ul,ol,dl{max-width:42rem;margin:0 0 1rem}
li{margin:.2rem 0}
a{color:var(--page-accent);text-underline-offset:.15em}
a.term{color:inherit;text-decoration:underline dotted;text-decoration-color:var(--page-muted)}
a:focus-visible,button:focus-visible,summary:focus-visible,.scroll:focus-visible{outline:3px solid var(--page-accent);outline-offset:2px;border-radius:3px}
code{font:.9em ui-monospace,'Cascadia Code',Menlo,Consolas,'Liberation Mono',monospace;background:var(--page-soft);padding:.1em .35em;border-radius:4px}
small,.small{font-size:.875rem}
.muted{color:var(--page-muted)}
.skip{position:absolute;left:-999rem;top:0;z-index:3;background:var(--page-surface);padding:.6rem 1rem}
.skip:focus{left:.5rem;top:.5rem}
.notices{position:sticky;top:0;z-index:2;font-size:.84rem;line-height:1.4;text-align:center}
.notices p{margin:0;max-width:none;padding:.38rem 1rem}
.notices .purpose{background:var(--page-soft);color:var(--page-ink);border-bottom:1px solid var(--page-line)}
.notices .synthetic{background:var(--page-notice);color:var(--page-noticeInk);border-bottom:1px solid var(--page-noticeLine);font-weight:600}
.frame{max-width:64rem;margin:0 auto;padding:0 1.25rem}
header.frame{padding-top:2.6rem;padding-bottom:1.2rem}
header .lead{font-size:1.12rem;color:var(--page-muted);max-width:44rem;margin:0}
.kicker{display:flex;justify-content:space-between;align-items:center;gap:1rem;margin-bottom:1.4rem;font-size:.9rem;color:var(--page-muted)}
.kicker strong{color:var(--page-ink);letter-spacing:.02em}
button.theme{font:inherit;font-size:.84rem;color:var(--page-ink);background:var(--page-surface);border:1px solid var(--page-line);border-radius:999px;padding:.3rem .9rem;cursor:pointer;min-height:2rem}
nav.contents{border-top:1px solid var(--page-line);border-bottom:1px solid var(--page-line);margin-bottom:2.5rem}
nav.contents ul{list-style:none;display:flex;flex-wrap:wrap;gap:.1rem 1.3rem;padding:.7rem 0;margin:0;max-width:none;font-size:.94rem}
nav.contents a{color:var(--page-ink);text-decoration:none;display:inline-block;padding:.2rem 0}
nav.contents a:hover{text-decoration:underline}
main section{margin:0 0 3.6rem}
main section>h2{padding-top:.4rem}
figure{margin:0 0 1.5rem;background:var(--page-surface);border:1px solid var(--page-line);border-radius:10px;padding:1rem;min-width:0}
figure svg{display:block;width:100%;height:auto;max-width:34rem;margin:0 auto}
figure img{display:block;max-width:100%;height:auto;margin:0 auto;border-radius:4px}
figcaption{font-size:.9rem;line-height:1.5;color:var(--page-muted);margin-top:.8rem;max-width:46rem}
.figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,24rem),1fr));gap:1.25rem;align-items:start;margin:1.4rem 0}
.figures figure{margin:0}
.figures>figure:only-child{max-width:31rem}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(12.5rem,1fr));gap:1rem;margin:1.4rem 0 1.6rem;padding:0;list-style:none;max-width:none}
.tiles>div{background:var(--page-surface);border:1px solid var(--page-line);border-radius:10px;padding:1rem 1.1rem;margin:0}
.tiles dt{font-size:.9rem;color:var(--page-muted)}
.tiles dd{margin:0}
.tiles .value{font-size:2rem;line-height:1.25;font-weight:600;font-variant-numeric:tabular-nums;letter-spacing:-.01em}
.tiles .note{font-size:.86rem;color:var(--page-muted);line-height:1.45}
.scroll{overflow-x:auto;margin:1.2rem 0 1.6rem;max-width:100%}
table{border-collapse:collapse;font-size:.92rem;line-height:1.4;font-variant-numeric:tabular-nums;min-width:min(100%,30rem)}
caption{text-align:left;color:var(--page-muted);font-size:.9rem;padding:0 0 .6rem;max-width:46rem}
caption span{display:block;max-width:min(46rem,calc(100vw - 2.4rem))}
th,td{text-align:left;padding:.45rem .8rem .45rem 0;border-bottom:1px solid var(--page-line);vertical-align:top}
thead th{border-bottom:2px solid var(--page-line);font-weight:600;vertical-align:bottom}
tbody th{font-weight:500}
td.number,th.number{text-align:right;padding-left:.55rem;padding-right:.55rem}
tr>.number:last-child{padding-right:.2rem}
td.number{white-space:nowrap}
td .range,tbody th .range{display:block;color:var(--page-muted);font-size:.82rem;white-space:nowrap}
td.word{white-space:nowrap}
.chip{display:inline-block;width:.75em;height:.75em;border-radius:2px;border:1px solid var(--page-ink);flex:none}
.class{display:inline-flex;gap:.5em;align-items:baseline}
.thumbnails{display:grid;grid-template-columns:repeat(auto-fill,minmax(6.6rem,1fr));gap:.7rem;margin:.5rem 0 1.6rem;padding:0;list-style:none;max-width:none}
.thumbnails.five{grid-template-columns:repeat(5,minmax(0,1fr));max-width:44rem}
.thumbnails li{margin:0;font-size:.78rem;line-height:1.35;color:var(--page-muted)}
.thumbnails img{display:block;width:100%;height:auto;aspect-ratio:1;object-fit:cover;border-radius:6px;background:var(--page-soft);margin-bottom:.25rem}
.thumbnails .wrong img{outline:3px solid var(--page-accent);outline-offset:-3px}
figure svg a{cursor:pointer}
figure svg a:focus{outline:none}
figure svg a:hover rect{stroke:var(--chart-ink);stroke-width:1.5}
figure svg a:focus-visible rect{stroke:var(--page-accent);stroke-width:3.5}
details.confusion{border-bottom:1px solid var(--page-line);margin:0}
details.confusion summary{padding:.45rem 0;color:var(--page-ink)}
details.confusion .class{display:inline}
details.confusion .chip{margin-right:.4em}
details.confusion summary:hover{text-decoration:underline}
details.confusion>div{scroll-margin-top:2.6rem;padding:.2rem 0 .6rem}
details.confusion>div:target{border-left:3px solid var(--page-accent);padding-left:.9rem}
details.confusion>div:focus{outline:none}
details.confusion .thumbnails{margin-bottom:.8rem}
.panels{display:grid;grid-template-columns:repeat(3,minmax(0,1fr));gap:.8rem;max-width:46rem}
.panels p{margin:0 0 .3rem;font-size:.86rem;color:var(--page-muted)}
.panels img{width:100%;margin:0}
pre{font:.82rem/1.5 ui-monospace,'Cascadia Code',Menlo,Consolas,'Liberation Mono',monospace;margin:0}
.absent{border-left:3px solid var(--page-line);padding:.2rem 0 .2rem 1rem;color:var(--page-muted)}
.aside{background:var(--page-soft);border-radius:10px;padding:1rem 1.2rem;margin:1.2rem 0 1.6rem;max-width:46rem}
.aside>:last-child{margin-bottom:0}
ol.flow{list-style:none;margin:0 0 1.6rem;padding:0;max-width:none}
ol.flow li{max-width:none;display:flex;flex-wrap:wrap;gap:.6rem 2rem;align-items:center;margin:0}
ol.flow li+li::before{content:'↓';flex-basis:100%;padding-left:1.4rem;line-height:1.5;color:var(--page-muted)}
ol.flow div{background:var(--page-surface);border:1px solid var(--page-line);border-radius:8px;padding:.5rem .9rem}
ol.flow .left{background:none;border-style:dashed;color:var(--page-muted);position:relative}
ol.flow .left::before{content:'→';position:absolute;left:-1.5rem}
details{margin:0 0 1.2rem;max-width:100%}
summary{cursor:pointer;padding:.3rem 0;color:var(--page-accent)}
.scroll:has(+.download){margin-bottom:.3rem}
.download{font-size:.8rem;line-height:1.4;margin:0 0 1.4rem}
figure .download{margin:.5rem 0 0;text-align:right}
.download a{color:var(--page-muted)}
.unseen{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
details.document{background:var(--page-surface);border:1px solid var(--page-line);border-radius:10px;padding:.5rem 1.2rem}
details.document h3{font-size:1.25rem}
details.document h4{margin:0 0 .2rem;font-size:1rem}
details.document .item{margin:0 0 1.6rem;max-width:46rem}
details.document .item p,details.document .item ul{margin-bottom:.4rem}
details.document td.number{white-space:normal}
pre.command{white-space:pre-wrap;overflow-wrap:anywhere;margin:0 0 1rem}
dl.glossary dt{font-weight:600;margin-top:1rem}
dl.glossary dd{margin:.1rem 0 0}
dl.settings{display:grid;grid-template-columns:minmax(9rem,max-content) 1fr;gap:.3rem 1.4rem;font-size:.94rem;max-width:none}
dl.settings dt{color:var(--page-muted)}
dl.settings dd{margin:0;min-width:0;overflow-wrap:anywhere}
footer.frame{border-top:1px solid var(--page-line);padding-top:1.2rem;padding-bottom:3rem;color:var(--page-muted);font-size:.9rem}
@media (max-width:64rem){
  td .range{white-space:normal}
}
@media (max-width:48rem){
  table.stacked,.stacked tbody,.stacked caption{display:block}
  .stacked thead{position:absolute;left:-999rem}
  .stacked tr{display:grid;grid-template-columns:repeat(3,minmax(0,1fr));gap:.5rem .8rem;padding:.8rem 0;border-bottom:1px solid var(--page-line)}
  .stacked tbody th{grid-column:1/-1;border:0;padding:0;font-weight:600}
  .stacked td,.stacked td.number{border:0;padding:0;text-align:left;white-space:normal}
  .stacked td::before{content:attr(data-column);display:block;font-size:.78rem;color:var(--page-muted)}
}
@media (max-width:40rem){
  tbody th{position:sticky;left:0;background:var(--page-paper)}
  .frame{padding:0 1rem}
  header.frame{padding-top:1.4rem}
  figure{padding:.5rem .4rem;border-radius:8px}
  figcaption{padding:0 .4rem}
  .thumbnails.five{grid-template-columns:repeat(3,minmax(0,1fr))}
  dl.settings{grid-template-columns:1fr;gap:0}
  dl.settings dd{margin-bottom:.6rem}
  h2{font-size:1.45rem}
  table{font-size:.88rem}
  th,td{padding-right:.55rem}
  td.number,th.number{padding-left:.4rem}
  .tiles{grid-template-columns:repeat(auto-fit,minmax(9.5rem,1fr));gap:.7rem}
  .tiles>div{padding:.8rem .9rem}
  .tiles .value{font-size:1.65rem}
}
@media print{
  @page{margin:16mm 14mm}
  body{background:#fff;font-size:10pt}
  .notices{position:static}
  .skip,button.theme,nav.contents,.download{display:none}
  .frame{max-width:none;padding:0}
  a{color:inherit}
  section,.scroll{overflow:visible}
  h2,h3,caption{break-after:avoid}
  details::details-content{content-visibility:visible;block-size:auto}
  details.document{border:0;padding:0}
  figure,.tiles>div,tr,.thumbnails li,.item{break-inside:avoid}
  figure,.tiles>div{border-color:#bbb}
  .figures{grid-template-columns:1fr 1fr}
  table{font-size:8.5pt}
}
`;
