import { Sparkles } from 'lucide-react';
import { Button } from '../design/button.tsx';
import { useLicense } from '../kernel/queries.ts';
import { navigate } from '../kernel/route.ts';

/** Shown instead of a feature that the license tier does not include. */
export function UpgradeCard({ feature }: { feature: string }) {
  const { data: license } = useLicense();
  return (
    <div className="flex items-start gap-3 rounded-lg border border-accent bg-accent-soft p-4">
      <Sparkles aria-hidden size={16} className="mt-0.5 shrink-0 text-accent" />
      <div className="min-w-0 flex-1">
        <p className="font-semibold">{feature} need a subscription</p>
        <p className="text-muted">
          {license?.reason} Sessions that are already running are not affected.
        </p>
      </div>
      <Button tone="primary" onClick={() => navigate({ dialog: 'settings', tab: 'subscription' })}>
        Upgrade
      </Button>
    </div>
  );
}
