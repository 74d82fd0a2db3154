import { cloudName } from '../../contract/cloud-name.ts';
import type { SessionDetail } from '../../contract/session-views.ts';
import { SafeLink } from '../design/markdown.tsx';
import { isSettled } from '../design/status.tsx';

/** Where to stop an agent oneself that Cursor has not confirmed to have stopped. */
export function UnconfirmedPages({ session }: { session: SessionDetail }) {
  if (session.needsYou?.code !== 'cancel_unconfirmed') return null;
  const place = cloudName(session.backend);
  return session.agents.map(({ id, name, status, agentUrl }) =>
    isSettled(status) || agentUrl === null ? null : (
      <SafeLink key={id} href={agentUrl}>
        Open {name} on {place}
      </SafeLink>
    ),
  );
}
