// Runs before the first paint, so that a chosen theme never flashes. Kept as a file: the content security policy allows no inline scripts.
try {
  var theme = localStorage.getItem('theme');
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
} catch {
  // Storage is closed to this page: the system's theme applies.
}
