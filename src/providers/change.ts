import { isAbsolute } from 'node:path';
import type { z } from 'zod';
import { type ProviderType, providerTypeNames } from '../workflow/providers.ts';
import { type ProviderEntry, providerEntrySchema } from './entry.ts';
import { harnessOf } from './programs.ts';

/** A requested change of an entry. Null resets a field; absent fields stay as they are. */
export type EntryChange = {
  readonly name?: string | undefined;
  readonly baseUrl?: string | null | undefined;
  readonly defaultModel?: string | null | undefined;
  readonly harness?: 'claude-agent-sdk' | 'own-loop' | null | undefined;
  readonly program?: string | null | undefined;
  readonly loginFolder?: string | null | undefined;
};

export type ChangeFailure = {
  readonly code: 'provider_invalid';
  readonly message: string;
  readonly suggestion: string;
};
export type ChangeResult =
  | { readonly ok: true; readonly value: ProviderEntry }
  | { readonly ok: false; readonly error: ChangeFailure };

/** The entry with the change applied, or why the change is not valid. */
export function applyChange(entry: ProviderEntry, change: EntryChange): ChangeResult {
  const next: Record<string, unknown> = { ...entry };
  const set = (field: string, value: unknown) => {
    if (value === undefined) return;
    if (value === null) delete next[field];
    else next[field] = value;
  };
  set('name', change.name);
  set('baseUrl', change.baseUrl);
  set('defaultModel', change.defaultModel);
  set('harness', change.harness);
  set('program', change.program && { kind: 'own', path: change.program });
  if (change.program === null) set('program', null);
  set('login', change.loginFolder && { kind: 'own', folder: change.loginFolder });
  if (change.loginFolder === null) set('login', null);
  const parsed = providerEntrySchema.safeParse(next);
  if (!parsed.success)
    return invalid(validationMessage(parsed.error), 'Correct it, then try again.');
  return findConflict(parsed.data) ?? { ok: true, value: parsed.data };
}

/** Rejects options that the type of provider does not support, secrets in addresses, and relative paths. */
function findConflict(entry: ProviderEntry): ChangeResult | null {
  const { type, baseUrl, harness, program, login } = entry;
  const typeName = providerTypeNames[type];
  if (harness !== undefined && type !== 'anthropic')
    return invalid(
      `${typeName} does not let you choose a harness.`,
      'Only Anthropic does; omit the option.',
    );
  if (type === 'cursor-agent' && baseUrl !== undefined)
    return invalid(
      'The address of Cursor cannot be changed here.',
      'Set CURSOR_BACKEND_URL to use another server that speaks its API.',
    );
  if (baseUrl !== undefined && holdsSecret(baseUrl))
    return invalid(
      'An address with a user name or password would be stored and shown in plain text.',
      'Write the address without it, and store the key separately.',
    );
  const isDriven = harnessOf(entry) !== null;
  if (program?.kind === 'own' && !isDriven)
    return invalid(
      `${typeName} runs agents with a part of Cerevisor, not with a separate program.`,
      'Omit the program.',
    );
  if (login?.kind === 'own' && !isDriven)
    return invalid(`${typeName} takes a key, not a login.`, 'Omit the login folder.');
  for (const path of [
    program?.kind === 'own' ? program.path : '',
    login?.kind === 'own' ? login.folder : '',
  ])
    if (path !== '' && !isAbsolute(path))
      return invalid(`"${path}" is not an absolute path.`, 'Write the full path.');
  return null;
}

function holdsSecret(address: string): boolean {
  const url = URL.parse(address);
  return url !== null && (url.username !== '' || url.password !== '');
}

/** An unused id, derived from a preferred name. */
export function uniqueId(preferred: string, taken: ReadonlySet<string>): string {
  const slug = preferred
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 32);
  const base = slug === '' ? 'provider' : slug;
  for (let number = 1; ; number += 1) {
    const id = number === 1 ? base : `${base}-${number}`;
    if (!taken.has(id)) return id;
  }
}

/** The name of a new entry when none is chosen: its type, and the host of its address. */
export function defaultName(type: ProviderType, baseUrl: string | null | undefined): string {
  const host = baseUrl ? URL.parse(baseUrl)?.host : undefined;
  return host === undefined ? providerTypeNames[type] : `${providerTypeNames[type]} (${host})`;
}

const invalid = (message: string, suggestion: string): ChangeResult => ({
  ok: false,
  error: { code: 'provider_invalid', message, suggestion },
});

const validationMessage = (error: z.ZodError): string => {
  const [first] = error.issues;
  const field = first?.path.join('.') ?? '';
  return `The provider is not valid: "${field}" ${first?.message ?? 'is not valid'}.`;
};
