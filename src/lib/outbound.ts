import { Agent, type Dispatcher, EnvHttpProxyAgent } from 'undici';
import { isThisMachine, proxiesOf } from './proxies.ts';

type Environment = Readonly<Record<string, string | undefined>>;

export type Outbound = {
  readonly dispatcher: Dispatcher;
  readonly close: () => Promise<void>;
  /** Ends what is in progress. */
  readonly destroy: () => Promise<void>;
};

/**
 * The way out of this machine: through the proxies that the environment names, and straight to whatever runs on this
 * machine itself, which no proxy could reach.
 */
export function createOutbound(
  options: Agent.Options & { readonly connectTimeoutMs: number },
  environment: Environment = process.env,
): Outbound {
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
      const isHere = isThisMachine(request.origin);
      return isHere ? direct.dispatch(request, handler) : dispatch(request, handler);
    }),
    close: async () => {
      await Promise.all([direct.close(), proxied.close()]);
    },
    destroy: async () => {
      await Promise.all([direct.destroy(), proxied.destroy()]);
    },
  };
}
