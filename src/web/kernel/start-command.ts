const commandKey = 'cerevisor.command';

export const storeStartCommand = (command: string): void =>
  localStorage.setItem(commandKey, command);

/** The command that starts Cerevisor on this machine, as the daemon last reported it. */
export const startCommand = (): string => localStorage.getItem(commandKey) ?? 'cerevisor';
