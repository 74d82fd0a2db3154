/**
 * The paths of all endpoints. Clients need nothing else at run time. Requests and responses are described by the routes,
 * from which the server and the OpenAPI document are made; clients use the routes only as types.
 */
export const endpoints = {
  health: { method: 'get', path: '/health' },
  createLogin: { method: 'post', path: '/api/logins' },
  login: { method: 'post', path: '/api/login' },
  logout: { method: 'post', path: '/api/logout' },
  browserSession: { method: 'get', path: '/api/me-session' },
  status: { method: 'get', path: '/api/status' },
  doctor: { method: 'get', path: '/api/doctor' },
  stop: { method: 'post', path: '/api/stop' },
  openApi: { method: 'get', path: '/api/openapi.json' },
  validate: { method: 'post', path: '/api/workflows/validate' },
  preflight: { method: 'post', path: '/api/preflight' },
  confirmations: { method: 'get', path: '/api/confirmations' },
  confirm: { method: 'post', path: '/api/confirmations' },
  files: { method: 'get', path: '/api/files' },
  readFile: { method: 'get', path: '/api/files/content' },
  saveFile: { method: 'put', path: '/api/files/content' },
  createFile: { method: 'post', path: '/api/files/create' },
  duplicateFile: { method: 'post', path: '/api/files/duplicate' },
  start: { method: 'post', path: '/api/sessions' },
  sessions: { method: 'get', path: '/api/sessions' },
  session: { method: 'get', path: '/api/sessions/{id}' },
  sessionEvents: { method: 'get', path: '/api/sessions/{id}/events' },
  events: { method: 'get', path: '/api/events' },
  artifacts: { method: 'get', path: '/api/sessions/{id}/artifacts' },
  artifactFile: { method: 'get', path: '/api/sessions/{id}/artifacts/{agent}/{file}' },
  exportSession: { method: 'get', path: '/api/sessions/{id}/export' },
  reconnect: { method: 'post', path: '/api/sessions/{id}/reconnect' },
  cancel: { method: 'post', path: '/api/sessions/{id}/cancel' },
  dismiss: { method: 'post', path: '/api/sessions/{id}/dismiss' },
  dismissMany: { method: 'post', path: '/api/sessions/dismiss' },
  restore: { method: 'post', path: '/api/sessions/{id}/restore' },
  retry: { method: 'post', path: '/api/sessions/{id}/retry' },
  followUp: { method: 'post', path: '/api/sessions/{id}/follow-ups' },
  refetchArtifacts: { method: 'post', path: '/api/sessions/{id}/artifacts/refetch' },
  orphans: { method: 'get', path: '/api/orphans' },
  adopt: { method: 'post', path: '/api/orphans/{id}/adopt' },
  license: { method: 'get', path: '/api/license' },
  activateLicense: { method: 'post', path: '/api/license/activate' },
  deactivateLicense: { method: 'post', path: '/api/license/deactivate' },
  credentials: { method: 'get', path: '/api/credentials' },
  saveCredentials: { method: 'put', path: '/api/credentials' },
  clearCredentials: { method: 'delete', path: '/api/credentials' },
  validateCredentials: { method: 'post', path: '/api/credentials/validate' },
  smokeTest: { method: 'post', path: '/api/smoke-test' },
  preferences: { method: 'get', path: '/api/preferences' },
  savePreferences: { method: 'put', path: '/api/preferences' },
  repositories: { method: 'get', path: '/api/repositories' },
  models: { method: 'get', path: '/api/models' },
  compareEnvironment: { method: 'post', path: '/api/environment/compare' },
  forgetFile: { method: 'post', path: '/api/files/forget' },
  restoreMany: { method: 'post', path: '/api/sessions/restore' },
} as const;

export type EndpointName = keyof typeof endpoints;

/** Header by which a browser proves that a mutation comes from our page. */
export const CSRF_HEADER = 'x-cerevisor-csrf';

/** Header of every response that names the contract with which the daemon was built: see `contractFingerprint`. */
export const CONTRACT_HEADER = 'x-cerevisor-contract';
