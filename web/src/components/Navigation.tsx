import { Link, useLocation } from 'wouter';
import { useWorkOffered } from '../browser/localServer.js';
import { views } from '../views/views.js';
import { ThemeSwitch } from './ThemeSwitch.js';

/** Name of the studio, its parts, and the switch of colours. */
export function Navigation() {
  const [location] = useLocation();
  const worksHere = useWorkOffered();
  const current = location.split('/')[1] ?? '';
  return (
    <header className="studio-header frame">
      <Link href="/" className="studio-name">
        lesionlab <span className="muted">studio</span>
      </Link>
      <nav aria-label="Parts of the studio">
        <ul>
          {views
            .filter(({ path, work }) => path !== '' && (!work || worksHere))
            .map(({ path, title }) => (
              <li key={path}>
                <Link href={`/${path}`} aria-current={current === path ? 'page' : undefined}>
                  {title}
                </Link>
              </li>
            ))}
        </ul>
      </nav>
      <ThemeSwitch />
    </header>
  );
}
