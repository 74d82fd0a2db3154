const isMac = navigator.userAgent.includes('Mac');

/** How this machine writes a key that is pressed together with Ctrl or Cmd. */
export const shortcutOf = (key: string): string => (isMac ? `⌘${key}` : `Ctrl+${key}`);
