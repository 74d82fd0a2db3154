/**
 * Node flags for starting one of our programs: those of this process, and one that hides the warning about SQLite in
 * Node 22.
 */
export const nodeFlags = (): string[] => [
  '--disable-warning=ExperimentalWarning',
  ...process.execArgv,
];
