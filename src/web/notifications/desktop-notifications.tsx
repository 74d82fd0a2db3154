import { useState } from 'react';
import { Button } from '../design/button.tsx';

/** Asks for permission to show desktop notifications. */
export function DesktopNotifications() {
  const [permission, setPermission] = useState(
    'Notification' in window ? Notification.permission : 'denied',
  );
  if (permission === 'granted')
    return (
      <p className="text-muted">Shown on the desktop when this window is in the background.</p>
    );
  if (permission === 'denied')
    return (
      <p className="text-muted">
        The browser does not allow desktop notifications for this page; they are shown only here.
      </p>
    );
  return (
    <Button
      className="self-start"
      onClick={() => void Notification.requestPermission().then(setPermission)}
    >
      Allow desktop notifications
    </Button>
  );
}
