import { cloudName } from '../../contract/cloud-name.ts';
import type { SessionDetail } from '../../contract/session-views.ts';
import { SafeLink } from '../design/markdown.tsx';
import { isSettled } from '../design/status.tsx';

/** Links to agents whose cancellation Cursor has not confirmed, so that the user can stop them there. */
export function UnconfirmedPages({ session }: { session: SessionDetail }) {
  if (session.needsYou?.code !== 'cancel_unconfirmed') return null;
  const cloud = cloudName(session.backend);
  return session.agents.map(({ id, name, status, agentUrl }) =>
    isSettled(status) || agentUrl === null ? null : (
      <SafeLink key={id} href={agentUrl}>
        Open {name} on {cloud}
      </SafeLink>
    ),
  );
}
