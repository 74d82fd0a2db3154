import { z } from 'zod';
import { confirmationKindSchema } from '../../contract/preflight-views.ts';
import { confirmationKey } from '../../engine/start/confirmations.ts';
import type { Journal } from '../../journal/types.ts';

const storedConfirmation = z.object({ at: z.number() });

/** All stored confirmations, or those of one workflow. `confirmedAt` is in milliseconds since the epoch. */
export function confirmationFacts(facts: Journal['facts'], workflowId?: string) {
  return confirmationKindSchema.options.flatMap((kind) => {
    const prefix = confirmationKey(kind, '');
    return facts
      .list(prefix)
      .map(({ key, value }) => {
        const stored = storedConfirmation.safeParse(value);
        const confirmedAt = stored.success ? stored.data.at : null;
        return { workflowId: key.slice(prefix.length), kind, confirmedAt };
      })
      .filter((fact) => workflowId === undefined || fact.workflowId === workflowId);
  });
}
