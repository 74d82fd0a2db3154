/**
 * A new id for a session, minted by the client that starts it. It is what makes a start repeatable: the daemon
 * answers a second request with the same id with the session that the first one started.
 */
export function newSessionId(): string {
  return `s_${crypto.randomUUID().replaceAll('-', '')}`;
}
