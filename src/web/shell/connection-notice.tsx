import { LoaderCircle } from 'lucide-react';
import { useConnectionState } from '../kernel/connection.ts';

/** Says in a dialog that what it shows may be old, while the status bar is in its shade. */
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
