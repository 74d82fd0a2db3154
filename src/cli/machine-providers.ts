import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fieldsOf } from '../lib/fields.ts';
import { type KnownProviders, providerTypes } from '../workflow/providers.ts';

/**
 * What a workflow may name on this machine, as far as `settings.json` says. Only the daemon knows which types have a key,
 * so all of them count as known here.
 */
export function machineProviders(home: string): KnownProviders {
  const entries = entriesIn(path.join(home, 'settings.json')).map(fieldsOf);
  const ids = entries.flatMap(({ id }) => (typeof id === 'string' ? [id] : []));
  const defaultId = entries.find(({ isDefault }) => isDefault === true)?.id;
  return {
    defaultId: typeof defaultId === 'string' ? defaultId : 'cursor-agent',
    references: [...new Set([...providerTypes, ...ids])],
  };
}

function entriesIn(file: string): readonly unknown[] {
  try {
    const { providers } = fieldsOf(JSON.parse(readFileSync(file, 'utf8')));
    return Array.isArray(providers) ? providers : [];
  } catch {
    return []; // Not there, or not readable: `run` says what is wrong with it.
  }
}
