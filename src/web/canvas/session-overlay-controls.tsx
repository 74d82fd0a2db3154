import { Eye, EyeOff } from 'lucide-react';
import type { SessionDetail } from '../../contract/session-views.ts';
import { shortId } from '../../lib/format.ts';
import { Button } from '../design/button.tsx';
import { IconButton } from '../design/icon-button.tsx';
import { SessionStatusBadge } from '../design/status.tsx';
import { openExecution } from '../kernel/route.ts';

/** The session shown on the canvas: its status, a link to it, and whether it is shown. */
export function SessionOverlayControls({
  session,
  isShown,
  onToggle,
}: {
  session: SessionDetail;
  isShown: boolean;
  onToggle: () => void;
}) {
  const name = `session ${shortId(session.id)}`;
  return (
    <>
      <Button
        tone="quiet"
        title={`Open ${name}`}
        aria-label={`Open ${name}`}
        // A narrow window only has space for the workflow's actions.
        className="max-sm:hidden"
        onClick={() => openExecution(session.id)}
      >
        <SessionStatusBadge session={session} />
      </Button>
      <IconButton
        label={isShown ? `Hide the paths of ${name}` : `Show the paths of ${name}`}
        icon={isShown ? Eye : EyeOff}
        onClick={onToggle}
      />
    </>
  );
}
