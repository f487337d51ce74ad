import { useEffect, useState } from 'react';

/** The report's pages keep the reader's choice under the same name. */
const storageName = 'lesionlab-theme';
const prefersDark = () => matchMedia('(prefers-color-scheme: dark)');

/** Colours that the reader chose before. */
export function restoreTheme(): void {
  const kept = readStored();
  if (kept === 'light' || kept === 'dark') document.documentElement.dataset.theme = kept;
}

function readStored(): string | null {
  try {
    return localStorage.getItem(storageName);
  } catch {
    return null;
  }
}

function isDark(): boolean {
  const { theme } = document.documentElement.dataset;
  return theme ? theme === 'dark' : prefersDark().matches;
}

/** Switches between light and dark colours, charts included. */
export function ThemeSwitch() {
  const [dark, setDark] = useState(isDark);
  useEffect(() => {
    const media = prefersDark();
    const follow = () => setDark(isDark());
    media.addEventListener('change', follow);
    return () => media.removeEventListener('change', follow);
  }, []);
  const change = () => {
    document.documentElement.dataset.theme = dark ? 'light' : 'dark';
    try {
      localStorage.setItem(storageName, dark ? 'light' : 'dark');
    } catch {
      // A browser that keeps nothing forgets the choice, and that is all.
    }
    setDark(!dark);
  };
  return (
    <button type="button" className="theme" onClick={change}>
      {dark ? 'Light colours' : 'Dark colours'}
    </button>
  );
}
