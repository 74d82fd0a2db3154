import { createApp } from './app.ts';
import { EventStreams, type StreamTiming } from './event-stream.ts';
import type { Listening } from './http-server.ts';
import { FailedLogins } from './security/failed-logins.ts';
import { Logins } from './security/logins.ts';
import type { Services } from './services.ts';
import { SessionReader } from './session-reader.ts';
import { StatusReader } from './status.ts';

export type ServeOptions = {
  readonly services: Services;
  /** The token with which programs authenticate. */
  readonly token: string;
  readonly pagesFolder: string;
  readonly timing?: Partial<StreamTiming>;
};

export type RunningServer = {
  readonly port: number;
  readonly address: string;
  /** Creates a link that logs in one browser within a minute. */
  readonly newLoginUrl: () => string;
  readonly openStreams: () => number;
  /** Ends all event streams; clients reconnect and resume. */
  readonly endStreams: () => void;
  readonly close: () => Promise<void>;
};

/** Serves the API on a port that is already open, because the daemon reserves its port before it starts anything else. */
export function startServer(listening: Listening, options: ServeOptions): RunningServer {
  const { services, token } = options;
  const { port, setHandler, close } = listening;
  const address = `http://127.0.0.1:${port}`;
  const status = new StatusReader(services);
  const streams = new EventStreams(services.journal, () => status.json(), options.timing);
  const logins = new Logins(services.journal.facts, services.now);
  const security = {
    token,
    logins,
    failedLogins: new FailedLogins(services.now),
    command: services.command,
  };
  const sessions = new SessionReader(services.journal, services.home, () => status.trouble);
  const app = createApp(
    { services, security, sessions, status, streams, address },
    options.pagesFolder,
  );
  setHandler((request) => app.fetch(request));
  return {
    port,
    address,
    newLoginUrl: () => `${address}/#login=${logins.newCode()}`,
    openStreams: () => streams.openCount,
    endStreams: () => streams.end(),
    async close() {
      streams.close();
      status.close();
      await close();
    },
  };
}
