import { Plus, Trash2 } from 'lucide-react';
import type { Problem } from '../../contract/error-views.ts';
import { updatePermissions } from '../../workflow/edit/operations.ts';
import {
  type Permission,
  type PermissionRule,
  permissions,
  type RuleCategory,
  ruleCategories,
} from '../../workflow/schema/local-settings.ts';
import type { Workflow } from '../../workflow/schema.ts';
import { edit } from '../canvas/editor.ts';
import { problemsAt } from '../canvas/problems.ts';
import { Button } from '../design/button.tsx';
import { Field, NativeSelect, TextInput } from '../design/field.tsx';
import { IconButton } from '../design/icon-button.tsx';

const categories: Readonly<
  Record<RuleCategory, { readonly label: string; readonly hint: string }>
> = {
  execution: { label: 'Command', hint: 'npm test *' },
  filesystemWrite: { label: 'Write file', hint: 'src/**' },
  read: { label: 'Read file', hint: '**/.env' },
  network: { label: 'Address', hint: 'https://example.com/**' },
  mcp: { label: 'MCP tool', hint: 'server/*' },
};

export const decisionLabels: Readonly<Record<Permission, string>> = {
  allow: 'Allow',
  ask: 'Ask',
  deny: 'Deny',
};

const categoryLabel = (category: RuleCategory): string => categories[category].label;

/** Rules by pattern, which take precedence over the permissions. */
export function PermissionRules({
  workflow,
  problems,
}: {
  workflow: Workflow;
  problems: readonly Problem[];
}) {
  const { rules } = workflow.settings.permissions;
  const change = (next: readonly PermissionRule[], key?: string) =>
    edit(updatePermissions({ rules: [...next] }), key);
  return (
    <section aria-label="Rules" className="flex flex-col gap-2">
      <div>
        <h4 className="font-medium">Rules</h4>
        <p className="text-muted">
          For calls that match a pattern, rules take precedence over the permissions above. Deny
          takes precedence over Ask, and Ask over Allow.
        </p>
      </div>
      {rules.map((rule, index) => (
        <RuleRow
          // biome-ignore lint/suspicious/noArrayIndexKey: a rule is known by its place alone.
          key={index}
          rule={rule}
          number={index + 1}
          problems={problemsAt(problems, 'settings', 'permissions', 'rules', index)}
          onChange={(changed) =>
            change(rules.with(index, { ...rule, ...changed }), `permission-rule:${index}`)
          }
          onRemove={() => change(rules.toSpliced(index, 1))}
        />
      ))}
      <div>
        <Button
          onClick={() =>
            change([...rules, { category: 'execution', pattern: '', decision: 'ask' }])
          }
        >
          <Plus aria-hidden size={14} /> Add rule
        </Button>
      </div>
    </section>
  );
}

function RuleRow({
  rule,
  number,
  problems,
  onChange,
  onRemove,
}: {
  rule: PermissionRule;
  number: number;
  problems: readonly Problem[];
  onChange: (changed: Partial<PermissionRule>) => void;
  onRemove: () => void;
}) {
  const context = `rule ${number}`;
  return (
    <div className="grid grid-cols-[minmax(0,1fr)_auto] items-start gap-2 sm:grid-cols-[9rem_minmax(0,1fr)_7rem_auto]">
      <Field label="About" context={context} className="max-sm:col-span-2">
        <NativeSelect
          value={rule.category}
          // The options are exactly the categories.
          onChange={(event) => onChange({ category: event.target.value as RuleCategory })}
        >
          {ruleCategories.map((category) => (
            <option key={category} value={category}>
              {categoryLabel(category)}
            </option>
          ))}
        </NativeSelect>
      </Field>
      <Field label="Pattern" context={context} problems={problems} className="max-sm:col-span-2">
        <TextInput
          className="font-mono"
          value={rule.pattern}
          placeholder={categories[rule.category].hint}
          onChange={(event) => onChange({ pattern: event.target.value })}
        />
      </Field>
      <Field label="Decision" context={context}>
        <NativeSelect
          value={rule.decision}
          // The options are exactly the decisions.
          onChange={(event) => onChange({ decision: event.target.value as Permission })}
        >
          {permissions.map((decision) => (
            <option key={decision} value={decision}>
              {decisionLabels[decision]}
            </option>
          ))}
        </NativeSelect>
      </Field>
      <div className="pt-[1.4rem]">
        <IconButton label={`Remove rule ${number}`} icon={Trash2} onClick={onRemove} />
      </div>
    </div>
  );
}
