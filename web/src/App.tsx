import { Suspense, useEffect, useRef } from 'react';
import { Route, Router, Switch, useLocation } from 'wouter';
import { useHashLocation } from 'wouter/use-hash-location';
import { purposeNotice } from '../../src/report/page.js';
import { Navigation } from './components/Navigation.js';
import { ProblemBoundary } from './components/Problem.js';
import { views } from './views/views.js';

/** The whole studio. Addresses stand behind a `#`, so that any host can serve the page. */
export function App() {
  return (
    <Router hook={useHashLocation}>
      <button type="button" className="skip" onClick={focusContent}>
        Skip to the content
      </button>
      <aside className="notices" aria-label="Notices">
        <p className="purpose">{purposeNotice} Images stay on this machine.</p>
      </aside>
      <Navigation />
      <Content />
    </Router>
  );
}

// No link: the address behind the `#` is the studio's own.
function focusContent() {
  document.getElementById('content')?.focus();
}

function Content() {
  const [location] = useLocation();
  const first = useRef(true);
  const view = location.split('/')[1] ?? '';
  const title = views.find(({ path }) => path === view)?.title ?? 'Not found';
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new address within a view counts too
  useEffect(() => {
    document.title = `${title} · lesionlab studio`;
    // A new view begins at its top, for the eye and for a screen reader; the first one where the browser puts it.
    if (!first.current) {
      document.getElementById('content')?.focus({ preventScroll: true });
      scrollTo(0, 0);
    }
    first.current = false;
  }, [location, title]);
  return (
    <main id="content" className="frame" tabIndex={-1}>
      <ProblemBoundary key={view}>
        <Suspense fallback={<p className="muted waiting">Opening…</p>}>
          <Switch>
            {views.map(({ path, component: View }) => (
              <Route key={path} path={path === '' ? '/' : `/${path}/*?`}>
                <View />
              </Route>
            ))}
            <Route>
              <h1>There is no such page</h1>
              <p>The parts of the studio are listed above.</p>
            </Route>
          </Switch>
        </Suspense>
      </ProblemBoundary>
    </main>
  );
}
