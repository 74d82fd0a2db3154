import { Cloud, History } from 'lucide-react';
import { Button } from '../design/button.tsx';
import { IconButton } from '../design/icon-button.tsx';
import { useStatus, useWaitingSessions } from '../kernel/queries.ts';
import { navigate } from '../kernel/route.ts';

/** Buttons for the lists of sessions: all of them and, once there is one, those in the cloud. */
export function SessionsButtons() {
  const { data: status } = useStatus();
  const needYou = status?.needYou ?? 0;
  const inCloud = useWaitingSessions('cloud', needYou).data?.total ?? 0;
  return (
    <>
      {status?.hasCloudSessions ? <CloudSessionsButton needYou={inCloud} /> : null}
      <span className="relative inline-flex">
        <IconButton
          label="Sessions"
          icon={History}
          aria-description={needYouLabel(needYou)}
          onClick={() => navigate({ dialog: 'all-sessions' })}
        />
        {needYou > inCloud ? (
          <Badge amount={needYou} className="-top-0.5 -right-0.5 pointer-events-none absolute" />
        ) : null}
      </span>
    </>
  );
}

const needYouLabel = (amount: number): string | undefined =>
  amount === 0 ? undefined : `${amount} ${amount === 1 ? 'needs' : 'need'} you`;

function CloudSessionsButton({ needYou }: { needYou: number }) {
  return (
    <Button
      tone="quiet"
      aria-label="Cloud Sessions"
      aria-description={needYouLabel(needYou)}
      onClick={() => navigate({ dialog: 'sessions' })}
    >
      <Cloud aria-hidden size={16} />
      <span className="max-sm:hidden">Cloud Sessions</span>
      {needYou > 0 ? <Badge amount={needYou} className="" /> : null}
    </Button>
  );
}

function Badge({ amount, className }: { amount: number; className: string }) {
  return (
    <span
      aria-hidden
      title={needYouLabel(amount)}
      className={`min-w-4 rounded-full bg-danger px-1 text-center text-surface text-xs ${className}`}
    >
      {amount}
    </span>
  );
}
