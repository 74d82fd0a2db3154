import { Trash2 } from 'lucide-react';
import type { PermissionRuleView } from '../../contract/permissions.ts';
import { IconButton } from '../design/icon-button.tsx';
import { Age } from '../design/relative-time.tsx';
import { api } from '../kernel/api.ts';
import { usePermissionRules } from '../kernel/queries.ts';
import { useAction } from '../kernel/use-action.ts';
import { decisionLabels } from './permission-rules.tsx';

/** Answers that were given with "always". They are stored on this machine, not in the workflow file. */
export function RememberedRules({ workflowId }: { workflowId: string }) {
  const { data } = usePermissionRules(workflowId);
  const forget = useAction('The answer was not forgotten', (rule: PermissionRuleView) => {
    const { folder, category, pattern, isExact } = rule;
    return api.forgetPermissionRule({ workflowId, folder, category, pattern, isExact });
  });
  const rules = data?.items ?? [];
  if (rules.length === 0) return null;
  return (
    <section aria-label="Always answered" className="flex flex-col gap-2">
      <div>
        <h4 className="font-medium">Answered with “always” on this machine</h4>
        <p className="text-muted">Not part of the workflow file.</p>
      </div>
      <ul className="flex flex-col rounded-md border">
        {rules.map((rule) => (
          <li
            key={`${rule.folder} ${rule.category} ${rule.isExact} ${rule.pattern}`}
            className="flex items-center gap-3 border-line border-t px-3 py-1.5 first:border-t-0"
          >
            <div className="min-w-0 flex-1">
              <span className="font-medium">{decisionLabels[rule.decision]}</span>{' '}
              <code className="font-mono text-sm [overflow-wrap:anywhere]">{rule.pattern}</code>
              {rule.isExact ? <span className="text-muted"> exactly</span> : null}
              <div className="text-muted text-sm [overflow-wrap:anywhere]">
                in {rule.folder}, <Age instant={rule.answeredAt} />
              </div>
            </div>
            <IconButton
              label={`Forget ${rule.pattern}`}
              icon={Trash2}
              disabled={forget.isPending}
              onClick={() => forget.mutate(rule)}
            />
          </li>
        ))}
      </ul>
    </section>
  );
}
