const commandKey = 'cerevisor.command';

export const keepCommand = (command: string): void => localStorage.setItem(commandKey, command);

/** What starts Cerevisor on this machine, as it said itself when it last answered. */
export const knownCommand = (): string => localStorage.getItem(commandKey) ?? 'cerevisor';
