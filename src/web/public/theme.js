// Runs before the first paint, so that a dark screen never flashes white. Later changes: `design/theme.ts`.
{
  let chosen = null;
  try {
    chosen = localStorage.getItem('cerevisor.theme');
  } catch (error) {
    console.info('The chosen theme cannot be read, so the system decides.', error);
  }
  const isDark =
    chosen === 'dark' || (chosen !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.dataset.theme = isDark ? 'dark' : 'light';
}
