import { useQuery, useQueryClient } from '@tanstack/react-query';
import type { McpValueView } from '../../contract/mcp-values.ts';
import { requiredValues } from '../../workflow/mcp-values.ts';
import type { McpServer } from '../../workflow/schema/settings.ts';
import { Field, TextInput } from '../design/field.tsx';
import { ActionButton } from '../kernel/action-button.tsx';
import { Failure } from '../kernel/failure.tsx';
import { callDaemon } from '../kernel/http.ts';
import { FileConsentDialog, useSecretForm } from '../kernel/secret-form.tsx';

const sourceTexts: Record<McpValueView['source'], string> = {
  environment: 'from the environment',
  keychain: 'in the keychain',
  file: 'in a file that only you can read',
  none: 'not set on this machine',
};

/** The user's own values for the MCP servers of a workflow: `${NAME}` in their variables and headers. */
export function McpValues({ servers }: { servers: readonly McpServer[] }) {
  const names = [...new Set(servers.flatMap(requiredValues))];
  const list = useQuery({
    queryKey: ['mcp-values', names],
    queryFn: () =>
      callDaemon<{ items: McpValueView[] }>('/api/mcp-values', {
        query: { names: names.join(',') },
      }),
    enabled: names.length > 0,
  });
  if (names.length === 0) return null;
  return (
    <ul aria-label="Values for MCP servers" className="flex flex-col gap-3 rounded-lg border p-3">
      {list.isError ? <Failure error={list.error} /> : null}
      {list.data?.items.map((value) => (
        <McpValue key={value.name} value={value} />
      ))}
    </ul>
  );
}

function McpValue({ value: { name, source, masked } }: { value: McpValueView }) {
  const client = useQueryClient();
  const secret = useSecretForm(async (body) => {
    await callDaemon<McpValueView>(`/api/mcp-values/${name}`, { method: 'PUT', body });
    await client.invalidateQueries({ queryKey: ['mcp-values'] });
  });
  return (
    <li>
      <form
        className="flex flex-wrap items-end gap-2"
        onSubmit={(event) => {
          event.preventDefault();
          secret.save();
        }}
      >
        <Field
          label={name}
          hint={[masked, sourceTexts[source]].filter((word) => word !== null).join(' ')}
          className="min-w-48 flex-1"
        >
          <TextInput
            type="password"
            autoComplete="off"
            value={secret.text}
            placeholder={source === 'none' ? 'Value' : 'Another value'}
            onChange={(event) => secret.setText(event.target.value)}
          />
        </Field>
        <ActionButton type="submit" disabled={!secret.canSave}>
          Store <span className="sr-only">{name}</span>
        </ActionButton>
      </form>
      {secret.error ? <Failure error={secret.error} /> : null}
      <FileConsentDialog kind="value" consent={secret.consent} />
    </li>
  );
}
