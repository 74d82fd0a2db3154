import { InvalidArgumentError } from 'commander';

/** Reads a port from the command line. */
export function parsePort(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  throw new InvalidArgumentError('A port is a number from 0 (any free port) to 65535.');
}

/** Reads a count, such as a `seq`, from the command line. */
export function parseCount(text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It must be a whole number, 0 or higher.');
}
