// Plain JavaScript for any Node from 20 on. With NODE_USE_ENV_PROXY=1 Node sends even requests to this machine through
// the proxy, which cannot reach it: our programs talk to each other there.
const HERE = ['localhost', '127.0.0.1', '::1'];

/** Adds this machine to what goes past the proxy, for this process and those that it starts. */
export function keepLoopbackDirect(environment = process.env) {
  const hasProxy = ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY'].some(
    (name) => environment[name.toLowerCase()] || environment[name],
  );
  if (!hasProxy) return;
  const before = environment.no_proxy || environment.NO_PROXY || '';
  const names = before.split(/[,\s]+/).filter((name) => name !== '');
  const all = [...new Set([...names, ...HERE])].join(',');
  // Both: lower case goes before upper case, and some programs know only one of them.
  environment.no_proxy = all;
  environment.NO_PROXY = all;
}
