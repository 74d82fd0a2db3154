import { formatUsd } from '../../lib/format.ts';

/** An unknown cost is not zero. `isPending`: it will be known once the current turns have ended. */
export function formatCost(usd: number | null, isPending: boolean): string {
  if (usd !== null) return formatUsd(usd);
  return isPending ? 'Cost not known yet' : 'Cost unknown';
}
