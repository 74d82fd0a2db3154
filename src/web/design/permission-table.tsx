import type { Enforcement, LocalSummary } from '../../contract/preflight-views.ts';
import { plural } from '../../lib/format.ts';

const labels: Readonly<Record<Enforcement, string>> = {
  allowed: 'Allowed',
  asked: 'Asked',
  denied: 'Denied',
  sandboxed: 'In sandbox',
  'not-held-back': 'Not restricted',
};

const tones: Readonly<Record<Enforcement, string>> = {
  allowed: 'text-muted',
  asked: 'font-medium',
  denied: 'font-medium',
  sandboxed: 'text-muted',
  'not-held-back': 'text-warn',
};

/** The effective permissions of agents on this machine: a table if any of them can ask, otherwise sentences. */
export function EnforcedPermissions({ local }: { local: LocalSummary }) {
  if (local.permissions.some(({ asks }) => asks)) return <PermissionTable local={local} />;
  return (
    <ul className="mt-1 list-disc pl-5 text-muted">
      {local.enforcement.map((sentence) => (
        <li key={sentence}>{sentence}</li>
      ))}
    </ul>
  );
}

function PermissionTable({ local }: { local: LocalSummary }) {
  const { permissions, permissionRules } = local;
  return (
    <div className="overflow-x-auto">
      <table className="mt-1 w-full border-collapse text-left text-sm">
        <thead className="text-muted">
          <tr>
            {['Agent', 'Files', 'Commands', 'Network', 'MCP'].map((head) => (
              <th key={head} scope="col" className="py-1 pr-3 font-normal">
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {permissions.map(({ agentId, name, ...each }) => (
            <tr key={agentId} className="border-line border-t">
              <th scope="row" className="py-1 pr-3 font-normal [overflow-wrap:anywhere]">
                {name}
              </th>
              {[each.filesystemWrite, each.execution, each.network, each.mcp].map(
                (enforcement, index) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: the columns never change.
                  <td key={index} className={`whitespace-nowrap py-1 pr-3 ${tones[enforcement]}`}>
                    {labels[enforcement]}
                  </td>
                ),
              )}
            </tr>
          ))}
        </tbody>
      </table>
      {permissionRules === 0 ? null : (
        <p className="mt-1 text-muted">
          {plural(permissionRules, 'pattern rule')} {permissionRules === 1 ? 'takes' : 'take'}{' '}
          precedence over these.
        </p>
      )}
    </div>
  );
}
