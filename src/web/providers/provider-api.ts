import type {
  AddProviderBody,
  ChangeProviderBody,
  HarnessView,
  ProviderCheckView,
  ProviderModels,
  ProviderView,
} from '../../contract/providers.ts';
import type { CredentialBody } from '../../contract/requests.ts';
import { callDaemon } from '../kernel/http.ts';

const path = (id: string, rest = '') => `/api/providers/${encodeURIComponent(id)}${rest}`;
const post = <Result>(to: string, body: unknown = {}) =>
  callDaemon<Result>(to, { method: 'POST', body });

/** The daemon's API for providers. */
export const providerApi = {
  list: () => callDaemon<{ items: ProviderView[] }>('/api/providers'),
  add: (body: AddProviderBody) => post<ProviderView>('/api/providers', body),
  change: (id: string, body: ChangeProviderBody) =>
    callDaemon<ProviderView>(path(id), { method: 'PATCH', body }),
  remove: (id: string) => callDaemon<{ ok: true }>(path(id), { method: 'DELETE' }),
  makeDefault: (id: string) => post<ProviderView>(path(id, '/default')),
  saveKey: (id: string, body: CredentialBody) =>
    callDaemon<ProviderView>(path(id, '/key'), { method: 'PUT', body }),
  clearKey: (id: string) => callDaemon<ProviderView>(path(id, '/key'), { method: 'DELETE' }),
  detect: (id: string) => post<ProviderCheckView>(path(id, '/detect')),
  validate: (id: string, key?: string) =>
    post<ProviderCheckView>(path(id, '/validate'), key === undefined ? {} : { key }),
  smokeTest: (id: string) => post<ProviderCheckView>(path(id, '/smoke-test')),
  models: (id: string) => callDaemon<ProviderModels>(path(id, '/models')),
  harnesses: () => callDaemon<{ items: HarnessView[] }>('/api/harnesses'),
  fetchHarness: (name: HarnessView['name']) => post<HarnessView>(`/api/harnesses/${name}/fetch`),
  cancelFetch: (name: HarnessView['name']) =>
    callDaemon<HarnessView>(`/api/harnesses/${name}/fetch`, { method: 'DELETE' }),
};
