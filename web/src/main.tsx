import { createRoot } from 'react-dom/client';
import { pageStyle } from '../../src/report/pageStyle.js';
import { App } from './App.js';
import './style.css';
import { restoreTheme } from './components/ThemeSwitch.js';
import { takeToken } from './work/workServer.js';

// The report's own style, so that both look alike.
const sheet = new CSSStyleSheet();
sheet.replaceSync(pageStyle());
document.adoptedStyleSheets = [sheet];
restoreTheme();
takeToken();

createRoot(document.getElementById('studio')!).render(<App />);
