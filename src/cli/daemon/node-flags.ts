/**
 * For Node when it starts one of our programs: those of this process, and none of the warnings with which Node 22
 * greets everyone who uses its SQLite.
 */
export const nodeFlags = (): string[] => [
  '--disable-warning=ExperimentalWarning',
  ...process.execArgv,
];
