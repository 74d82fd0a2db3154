/** Class names of a tab with a line below the chosen one. */
export const tabClass =
  'h-9 border-transparent border-b-2 font-medium text-muted hover:text-ink data-active:border-accent data-active:text-ink';
