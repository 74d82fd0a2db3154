import type { Problem } from '../../contract/error-views.ts';
import { updatePermissions } from '../../workflow/edit/operations.ts';
import {
  agentsThatCannotAsk,
  defaultPermission,
  type PermissionName,
  permissionNames,
} from '../../workflow/permissions.ts';
import type { Permission } from '../../workflow/schema/local-settings.ts';
import type { Workflow } from '../../workflow/schema.ts';
import { edit } from '../canvas/editor.ts';
import { problemsAt } from '../canvas/problems.ts';
import { Field, NativeSelect } from '../design/field.tsx';
import { EnforcedPermissions } from '../design/permission-table.tsx';
import type { LocalPlan } from './local-plan.ts';
import { decisionLabels, PermissionRules } from './permission-rules.tsx';
import { RememberedRules } from './remembered-rules.tsx';
import { Section } from './section.tsx';

type Meaning = { readonly label: string } & Readonly<Record<Permission, string>>;

const sandboxOnly =
  'Cursor Agent cannot ask while it works, so only the sandbox enforces this: set Write files to Ask or Deny.';

const cursorMeanings: Readonly<Record<PermissionName, Meaning>> = {
  filesystemWrite: {
    label: 'Write files',
    allow: 'No sandbox: agents can also write outside their folder.',
    ask: 'Agents run in a sandbox. If this machine has none, you are asked before the run.',
    deny: 'Agents run in a sandbox. If this machine has none, the workflow does not run.',
  },
  execution: {
    label: 'Run commands',
    allow: 'Agents run commands without asking.',
    ask: sandboxOnly,
    deny: sandboxOnly,
  },
  network: {
    label: 'Use the network',
    allow: 'Agents use the network without asking.',
    ask: sandboxOnly,
    deny: sandboxOnly,
  },
  mcp: {
    label: 'MCP servers',
    allow: 'The workflow’s servers are started and used without asking.',
    ask: 'The workflow’s servers are started and used; Cursor Agent cannot ask for each call.',
    deny: 'The workflow’s servers are not started.',
  },
};

const asking = {
  ask: 'You are asked before each call.',
  deny: 'Every call is denied; the agent is informed and continues.',
} as const;

const otherMeanings: Readonly<Record<PermissionName, Meaning>> = {
  filesystemWrite: { ...asking, label: 'Write files', allow: 'Even outside the working folder.' },
  execution: { ...asking, label: 'Run commands', allow: 'Without asking.' },
  network: { ...asking, label: 'Use the network', allow: 'Without asking.' },
  mcp: {
    ...asking,
    label: 'MCP servers',
    allow: 'Without asking.',
    deny: 'The workflow’s servers are not started.',
  },
};

/** The permissions of agents on this machine, with the effect of each choice and what is enforced. */
export function PermissionFields({
  workflow,
  plan,
  problems,
}: {
  workflow: Workflow;
  plan: LocalPlan;
  problems: readonly Problem[];
}) {
  const { permissions } = workflow.settings;
  const defaultValue = defaultPermission(workflow.settings);
  const meanings = agentsThatCannotAsk(workflow).length > 0 ? cursorMeanings : otherMeanings;
  return (
    <Section title="Permissions" hint="What agents on this machine may do.">
      <div className="grid gap-3 sm:grid-cols-2">
        {permissionNames.map((name) => (
          <Field
            key={name}
            label={meanings[name].label}
            hint={meanings[name][permissions[name] ?? defaultValue]}
            problems={problemsAt(problems, 'settings', 'permissions', name)}
          >
            <NativeSelect
              value={permissions[name] ?? ''}
              onChange={(event) => {
                // The options are the permissions and the empty default.
                const chosen = event.target.value as Permission | '';
                edit(updatePermissions({ [name]: chosen === '' ? undefined : chosen }));
              }}
            >
              <option value="">Default ({decisionLabels[defaultValue]})</option>
              {Object.entries(decisionLabels).map(([permission, word]) => (
                <option key={permission} value={permission}>
                  {word}
                </option>
              ))}
            </NativeSelect>
          </Field>
        ))}
      </div>
      <PermissionRules workflow={workflow} problems={problems} />
      <RememberedRules workflowId={workflow.id} />
      <EnforcedSection plan={plan} />
    </Section>
  );
}

function EnforcedSection({ plan: { summary } }: { plan: LocalPlan }) {
  if (summary === null) return null;
  return (
    <div className="rounded-md bg-sunken px-3 py-2">
      <h4 className="font-medium">Enforced on this machine</h4>
      <EnforcedPermissions local={summary} />
    </div>
  );
}
