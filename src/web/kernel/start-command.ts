const commandKey = 'cerevisor.command';

export const storeStartCommand = (command: string): void =>
  localStorage.setItem(commandKey, command);

/** What starts Cerevisor on this machine, as it said itself when it last answered. */
export const startCommand = (): string => localStorage.getItem(commandKey) ?? 'cerevisor';
