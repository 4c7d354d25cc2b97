/* global document, localStorage, matchMedia */
// Runs before the first paint, so that a dark page never flashes white. A file of its own, for the
// content security policy allows no inline scripts.
(function () {
  var scheme = 'auto';
  var language = '';
  try {
    scheme = localStorage.getItem('automl.theme') || 'auto';
    language = localStorage.getItem('automl.language') || '';
  } catch {
    // Storage may be blocked; the system's preference serves.
  }
  if (scheme !== 'light' && scheme !== 'dark') {
    scheme = matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
  }
  document.documentElement.setAttribute('data-mantine-color-scheme', scheme);
  if (language) document.documentElement.lang = language;
})();
