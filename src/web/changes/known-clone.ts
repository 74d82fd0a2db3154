const keyOf = (repoUrl: string): string => `cerevisor.clone:${repoUrl}`;

/** The clone that changes in a repository were applied to last; null for none. */
export const knownClone = (repoUrl: string): string | null => localStorage.getItem(keyOf(repoUrl));

export const rememberClone = (repoUrl: string, folder: string): void =>
  localStorage.setItem(keyOf(repoUrl), folder);
