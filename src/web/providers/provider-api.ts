import type {
  AddProviderBody,
  ChangeProviderBody,
  HarnessView,
  ProviderCheckView,
  ProviderModels,
  ProviderView,
} from '../../contract/providers.ts';
import type { CredentialBody } from '../../contract/requests.ts';
import { call } from '../kernel/api.ts';

const path = (id: string, rest = '') => `/api/providers/${encodeURIComponent(id)}${rest}`;
const post = <Answer>(to: string, body: unknown = {}) => call<Answer>(to, { method: 'POST', body });

/** The provider library as the app calls it. */
export const providerApi = {
  list: () => call<{ items: ProviderView[] }>('/api/providers'),
  add: (body: AddProviderBody) => post<ProviderView>('/api/providers', body),
  change: (id: string, body: ChangeProviderBody) =>
    call<ProviderView>(path(id), { method: 'PATCH', body }),
  remove: (id: string) => call<{ ok: true }>(path(id), { method: 'DELETE' }),
  makeDefault: (id: string) => post<ProviderView>(path(id, '/default')),
  saveKey: (id: string, body: CredentialBody) =>
    call<ProviderView>(path(id, '/key'), { method: 'PUT', body }),
  clearKey: (id: string) => call<ProviderView>(path(id, '/key'), { method: 'DELETE' }),
  detect: (id: string) => post<ProviderCheckView>(path(id, '/detect')),
  validate: (id: string, key?: string) =>
    post<ProviderCheckView>(path(id, '/validate'), key === undefined ? {} : { key }),
  smokeTest: (id: string) => post<ProviderCheckView>(path(id, '/smoke-test')),
  models: (id: string) => call<ProviderModels>(path(id, '/models')),
  harnesses: () => call<{ items: HarnessView[] }>('/api/harnesses'),
  fetchHarness: (name: HarnessView['name']) => post<HarnessView>(`/api/harnesses/${name}/fetch`),
  cancelFetch: (name: HarnessView['name']) =>
    call<HarnessView>(`/api/harnesses/${name}/fetch`, { method: 'DELETE' }),
};
