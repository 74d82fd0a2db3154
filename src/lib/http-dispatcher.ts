import { Agent, type Dispatcher, EnvHttpProxyAgent } from 'undici';
import { isLoopback, proxiesOf } from './proxies.ts';

type Environment = Readonly<Record<string, string | undefined>>;

export type HttpDispatcher = {
  readonly dispatcher: Dispatcher;
  readonly close: () => Promise<void>;
  /** Aborts the requests in progress. */
  readonly destroy: () => Promise<void>;
};

/** Sends requests through the proxies that the environment names, and directly to this machine, which no proxy can reach. */
export function createHttpDispatcher(
  options: Agent.Options & { readonly connectTimeoutMs: number },
  environment: Environment = process.env,
): HttpDispatcher {
  const { connectTimeoutMs, connect, ...rest } = options;
  const agentOptions = { ...rest, connect: { timeout: connectTimeoutMs, ...connect } };
  const direct = new Agent(agentOptions);
  const { http, https, noProxy } = proxiesOf(environment);
  if (http === null && https === null) {
    return { dispatcher: direct, close: () => direct.close(), destroy: () => direct.destroy() };
  }
  const proxied = new EnvHttpProxyAgent({
    ...agentOptions,
    httpProxy: http ?? '',
    httpsProxy: https ?? '',
    noProxy,
    connectTimeout: connectTimeoutMs,
  });
  return {
    dispatcher: proxied.compose((dispatch) => (request, handler) => {
      return isLoopback(request.origin)
        ? direct.dispatch(request, handler)
        : dispatch(request, handler);
    }),
    close: async () => {
      await Promise.all([direct.close(), proxied.close()]);
    },
    destroy: async () => {
      await Promise.all([direct.destroy(), proxied.destroy()]);
    },
  };
}
