const isMac = navigator.userAgent.includes('Mac');

/** A key combined with Ctrl or Cmd, as this platform writes it. */
export const formatShortcut = (key: string): string => (isMac ? `⌘${key}` : `Ctrl+${key}`);
