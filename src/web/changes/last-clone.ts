const storageKey = (repoUrl: string): string => `cerevisor.clone:${repoUrl}`;

/** The clone to which changes in a repository were last applied, or null. */
export const lastClone = (repoUrl: string): string | null =>
  localStorage.getItem(storageKey(repoUrl));

export const rememberClone = (repoUrl: string, folder: string): void =>
  localStorage.setItem(storageKey(repoUrl), folder);
