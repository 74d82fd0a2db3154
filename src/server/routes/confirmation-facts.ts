import { z } from 'zod';
import type { ConfirmationKind } from '../../engine/api.ts';
import type { Journal } from '../../journal/types.ts';

const PREFIX = 'confirmation:';
const kinds: readonly ConfirmationKind[] = ['auto-create-pr-enable', 'auto-create-pr-fire'];
const storedConfirmation = z.object({ confirmedAt: z.number() });

/** Where the journal keeps that a person confirmed something for a workflow. */
export const confirmationKey = (workflowId: string, kind: ConfirmationKind): string =>
  `${PREFIX}${kind}:${workflowId}`;

/** All that was confirmed, for all workflows or for one. */
export function confirmationFacts(facts: Journal['facts'], workflowId?: string) {
  return kinds.flatMap((kind) =>
    facts
      .list(confirmationKey('', kind))
      .map(({ key, value }) => {
        const stored = storedConfirmation.safeParse(value);
        return {
          workflowId: key.slice(confirmationKey('', kind).length),
          kind,
          confirmedAt: stored.success ? stored.data.confirmedAt : null,
        };
      })
      .filter((fact) => workflowId === undefined || fact.workflowId === workflowId),
  );
}
