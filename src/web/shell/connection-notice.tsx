import { LoaderCircle } from 'lucide-react';
import { useConnectionState } from '../kernel/connection.ts';

/** Shows in a dialog, which dims the status bar, that its content may be out of date. */
export function ConnectionNotice() {
  const state = useConnectionState();
  if (state === 'live') return null;
  return (
    <span className="flex items-center gap-1.5 text-sm text-warn">
      <LoaderCircle aria-hidden size={12} />
      {state === 'offline' ? 'Not up to date: reconnecting' : 'Catching up…'}
    </span>
  );
}
