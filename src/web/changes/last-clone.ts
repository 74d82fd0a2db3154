const storageKey = (repoUrl: string): string => `cerevisor.clone:${repoUrl}`;

/** The clone that changes in a repository were applied to last; null for none. */
export const lastClone = (repoUrl: string): string | null =>
  localStorage.getItem(storageKey(repoUrl));

export const rememberClone = (repoUrl: string, folder: string): void =>
  localStorage.setItem(storageKey(repoUrl), folder);
