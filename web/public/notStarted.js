// A classic script, which browsers run from disk too: they load modules (all of the studio) from web servers only, and say so in no place that a
// reader sees. It shows the words that stand in index.html where the studio's own script can't be loaded.
(() => {
  const show = () => {
    const words = document.getElementById(location.protocol === 'file:' ? 'opened-from-disk' : 'not-loaded');
    if (!words) {
      document.addEventListener('DOMContentLoaded', show, { once: true });
      return;
    }
    words.hidden = false;
    // The style sheet is not loaded either.
    words.style.cssText = 'max-width: 38rem; margin: 3rem auto; padding: 0 1rem; font: 1rem/1.6 system-ui, sans-serif';
  };
  addEventListener(
    'error',
    ({ target }) => {
      if (target instanceof HTMLScriptElement && target.type === 'module') show();
    },
    true,
  );
  if (!('noModule' in HTMLScriptElement.prototype)) show();
})();
