import type { CredentialView } from '../contract/daemon-views.ts';
import type { Engine, Outcome } from '../engine/api.ts';
import { createCursorCloudRuntime } from '../runtimes/cursor-cloud/runtime.ts';
import type { Account } from '../runtimes/port.ts';
import type { Result } from '../runtimes/provider-error.ts';
import type { CredentialService } from '../server/services.ts';
import type { Credentials } from '../settings/credentials.ts';
import { maskKey } from '../settings/credentials.ts';
import type { Backend } from './backend.ts';

/** Cursor's key as the API shows it: where it comes from and whose it is, never the key. */
export function credentialService(
  credentials: Credentials,
  backend: Backend,
  engine: Pick<Engine, 'changeCredentials'>,
): CredentialService {
  const view = async (): Promise<CredentialView> => {
    const { source, masked, notice } = await credentials.status();
    return {
      source: source === 'none' && backend.isRehearsal ? 'rehearsal' : source,
      masked,
      account: null,
      error: notice === null ? null : { code: 'credential_notice', message: notice },
    };
  };
  const afterChange = async (changed: { ok: true } | (Outcome<never> & { ok: false })) => {
    if (!changed.ok) return changed;
    // Inside the engine's care: no agent of the old account is asked about with the new key.
    const switched = await engine.changeCredentials(() => backend.applyKeyChange());
    return switched.ok ? { ok: true as const, value: await view() } : switched;
  };
  return {
    view,
    // The engine holds what the new key may not touch, and that before anything is asked with it.
    save: ({ key, store, consent }) =>
      engine.changeCredentials(async () =>
        afterChange(await credentials.set(key, { store, consent })),
      ),
    clear: () => engine.changeCredentials(async () => afterChange(await credentials.clear())),
    async validate(key) {
      const known = await view();
      if (key === undefined) return withAccount(known, await backend.provider.account());
      const { url, isRehearsal } = backend.addressWithKey;
      // A provider of its own: the key in force must not change because another one is being tried.
      const trial = createCursorCloudRuntime({ apiKey: () => key, backendUrl: url, isRehearsal });
      try {
        const tried = { ...known, masked: maskKey(key), error: null };
        return withAccount(tried, await trial.account());
      } finally {
        await trial.close();
      }
    },
    smokeTest: () => smokeTest(backend),
  };
}

/** Proves key, network and backend with two calls that cost nothing; it starts no agent. */
async function smokeTest(backend: Backend): Promise<Outcome<{ detail: string }>> {
  const account = await backend.provider.account();
  if (!account.ok) return failed(account.error);
  const models = await backend.provider.models();
  if (!models.ok) return failed(models.error);
  const { userEmail, keyName } = account.value;
  const where = backend.isRehearsal ? 'the rehearsal cloud' : 'Cursor';
  return {
    ok: true,
    value: {
      detail: `Reached ${where} as ${userEmail ?? keyName}; ${models.value.length} models are available.`,
    },
  };
}

function withAccount(known: CredentialView, answer: Result<Account>): CredentialView {
  if (!answer.ok) return { ...known, account: null, error: failed(answer.error).error };
  const { keyName, userEmail, userName } = answer.value;
  return {
    ...known,
    account: { keyName, userEmail: userEmail ?? null, userName: userName ?? null },
    error: null,
  };
}

function failed({
  code,
  message,
  suggestion,
}: {
  code: string;
  message: string;
  suggestion?: string;
}) {
  return {
    ok: false as const,
    error: { code, message, ...(suggestion === undefined ? {} : { suggestion }) },
  };
}
