import { InvalidArgumentError } from 'commander';

type Parameters = Readonly<Record<string, string>>;

/** Parses `ID=VALUE` and adds it to the values given before; the value may contain further `=`. */
export function collectModelParameter(text: string, before: Parameters = {}): Parameters {
  const [, id, value] = /^([^=]+)=(.+)$/s.exec(text) ?? [];
  if (id === undefined || value === undefined) {
    throw new InvalidArgumentError('Write it as ID=VALUE, such as thinking=high.');
  }
  return { ...before, [id]: value };
}
