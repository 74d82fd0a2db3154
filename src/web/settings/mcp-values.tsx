import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { ApiError } from '../../contract/errors.ts';
import type { McpValueView } from '../../contract/mcp-values.ts';
import { valuesWantedBy } from '../../workflow/mcp-values.ts';
import type { McpServer } from '../../workflow/settings-schema.ts';
import { ConfirmDialog } from '../design/confirm-dialog.tsx';
import { Field, TextInput } from '../design/field.tsx';
import { call } from '../kernel/api.ts';
import { Failure } from '../kernel/failure.tsx';
import { ActionButton } from '../kernel/online.tsx';

const sourceWords: Record<McpValueView['source'], string> = {
  environment: 'from the environment',
  keychain: 'in the keychain',
  file: 'in a file that only you can read',
  none: 'not set on this machine',
};

/** The values of the person's own that the MCP servers of a workflow want: `${NAME}` in their variables and headers. */
export function McpValues({ servers }: { servers: readonly McpServer[] }) {
  const names = [...new Set(servers.flatMap(valuesWantedBy))];
  const list = useQuery({
    queryKey: ['mcp-values', names],
    queryFn: () =>
      call<{ items: McpValueView[] }>('/api/mcp-values', { query: { names: names.join(',') } }),
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
  const [text, setText] = useState('');
  const [needsConsent, setNeedsConsent] = useState(false);
  const client = useQueryClient();
  const save = useMutation({
    mutationFn: (store: 'keychain' | 'file') =>
      call<McpValueView>(`/api/mcp-values/${name}`, {
        method: 'PUT',
        body: { key: text.trim(), store, consent: store === 'file' },
      }),
    onSuccess: async () => {
      setText('');
      await client.invalidateQueries({ queryKey: ['mcp-values'] });
    },
    onError: (error) =>
      setNeedsConsent(error instanceof ApiError && error.code === 'keychain_unavailable'),
  });
  return (
    <li>
      <form
        className="flex flex-wrap items-end gap-2"
        onSubmit={(event) => {
          event.preventDefault();
          if (text.trim() !== '') save.mutate('keychain');
        }}
      >
        <Field
          label={name}
          hint={[masked, sourceWords[source]].filter((word) => word !== null).join(' ')}
          className="min-w-48 flex-1"
        >
          <TextInput
            type="password"
            autoComplete="off"
            value={text}
            placeholder={source === 'none' ? 'Value' : 'Another value'}
            onChange={(event) => setText(event.target.value)}
          />
        </Field>
        <ActionButton type="submit" disabled={text.trim() === '' || save.isPending}>
          Store <span className="sr-only">{name}</span>
        </ActionButton>
      </form>
      {save.error && !needsConsent ? <Failure error={save.error} /> : null}
      <ConfirmDialog
        open={needsConsent}
        onClose={() => setNeedsConsent(false)}
        title="Store the value in a file?"
        action="Store in a file"
        cancel="Do not save"
        tone="primary"
        onConfirm={() => save.mutate('file')}
      >
        <p>
          The keychain of this machine cannot be used. A file with mode 0600 works everywhere, but
          every program that you run can read it.
        </p>
      </ConfirmDialog>
    </li>
  );
}
