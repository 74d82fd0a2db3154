import type { CredentialView } from '../contract/daemon-views.ts';
import type { Engine, Outcome } from '../engine/api.ts';
import { createCursorCloudRuntime } from '../runtimes/cursor-cloud/runtime.ts';
import type { Account } from '../runtimes/port.ts';
import type { Result } from '../runtimes/provider-error.ts';
import type { CredentialService } from '../server/services.ts';
import type { Credentials } from '../settings/credentials.ts';
import { maskKey } from '../settings/credentials.ts';
import type { Backend } from './backend.ts';

/** Shows the source and the account of Cursor's key, but never the key itself, and changes it. */
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
    // The engine pauses requests meanwhile, so that agents of the old account are not queried with the new key.
    const switched = await engine.changeCredentials(() => backend.applyKeyChange());
    return switched.ok ? { ok: true as const, value: await view() } : switched;
  };
  return {
    view,
    // The engine holds sessions of other accounts before any request uses the new key.
    save: ({ key, store, consent }) =>
      engine.changeCredentials(async () =>
        afterChange(await credentials.set(key, { store, consent })),
      ),
    clear: () => engine.changeCredentials(async () => afterChange(await credentials.clear())),
    async validate(key) {
      const current = await view();
      if (key === undefined) return withAccount(current, await backend.provider.account());
      const { url, isRehearsal } = backend.addressWithKey;
      // A separate provider, because validating a key must not change the key in use.
      const trial = createCursorCloudRuntime({ apiKey: () => key, backendUrl: url, isRehearsal });
      try {
        const candidate = { ...current, masked: maskKey(key), error: null };
        return withAccount(candidate, await trial.account());
      } finally {
        await trial.close();
      }
    },
    smokeTest: () => smokeTest(backend),
  };
}

/** Tests key, network and backend with two free requests. It starts no agent. */
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

function withAccount(view: CredentialView, result: Result<Account>): CredentialView {
  if (!result.ok) return { ...view, account: null, error: failed(result.error).error };
  const { keyName, userEmail, userName } = result.value;
  return {
    ...view,
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
