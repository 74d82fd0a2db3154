import { Eye, EyeOff } from 'lucide-react';
import type { SessionDetail } from '../../contract/session-views.ts';
import { shortId } from '../../lib/format.ts';
import { Button } from '../design/button.tsx';
import { IconButton } from '../design/icon-button.tsx';
import { SessionStatusBadge } from '../design/status.tsx';
import { openExecution } from '../kernel/route.ts';

/** The session whose ways the canvas shows: how it stands, the way to it, and whether it is drawn. */
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
        // A narrow window has room for what is done with the workflow alone.
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
