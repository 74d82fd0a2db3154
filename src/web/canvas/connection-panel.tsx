import { Trash2 } from 'lucide-react';
import type { Problem } from '../../contract/error-views.ts';
import { agentName } from '../../workflow/agent-name.ts';
import { isAutomatic } from '../../workflow/edit/automatic-connections.ts';
import { removeConnections, updateConnection } from '../../workflow/edit/operations.ts';
import type { Connection, HandoffFormat, Workflow } from '../../workflow/schema.ts';
import { Button } from '../design/button.tsx';
import { Callout } from '../design/callout.tsx';
import { Field, NativeSelect, TextArea } from '../design/field.tsx';
import { edit } from './editor.ts';
import { type ConnectionFieldsProps, FlowFields } from './flow-fields.tsx';
import { Panel } from './panel.tsx';
import { problemsAt } from './problems.ts';
import { JsonField } from './text-fields.tsx';

const formats: Record<HandoffFormat, { name: string; hint: string }> = {
  summary: { name: 'Summary', hint: 'The next agent gets a short summary.' },
  'structured-json': {
    name: 'Structured JSON',
    hint: 'The next agent gets JSON that has been checked against the schema.',
  },
  'file-reference': {
    name: 'File reference',
    hint: 'The next agent gets the names of the output files and reads them itself.',
  },
  'full-output': { name: 'Full output', hint: 'The next agent gets everything that was written.' },
};

/** All fields of a connection, with their problems. */
export function ConnectionPanel({
  workflow,
  connection,
  problems,
  onClose,
}: {
  workflow: Workflow;
  connection: Connection;
  problems: readonly Problem[];
  onClose: () => void;
}) {
  const index = workflow.connections.indexOf(connection);
  const problemsFor = (...path: string[]) => problemsAt(problems, 'connections', index, ...path);
  const change: ConnectionFieldsProps['change'] = (field, value) =>
    edit(updateConnection(connection.id, value), `connection:${connection.id}:${field}`);
  const nameOf = (id: string) => agentName(workflow, id);
  const title = `${nameOf(connection.source)} → ${nameOf(connection.target)}`;
  const own = problemsFor().filter(
    ({ path }) => path.length === 2 || path[2] === 'source' || path[2] === 'target',
  );

  return (
    <Panel
      label="Connection"
      title={title}
      onClose={onClose}
      footer={
        <Button
          size="small"
          tone="quiet"
          onClick={() => {
            edit(removeConnections(new Set([connection.id])));
            onClose();
          }}
        >
          <Trash2 aria-hidden size={12} /> Remove
        </Button>
      }
    >
      {isAutomatic(connection) ? (
        <Callout tone="notice" title="Created automatically">
          It follows the columns. If you change it here, it becomes permanent.
        </Callout>
      ) : null}
      {own.map((each) => (
        <Callout key={each.message} tone={each.severity} title={each.message}>
          {each.suggestion}
        </Callout>
      ))}
      <FlowFields connection={connection} problemsFor={problemsFor} change={change} />
      <HandoffFields connection={connection} problemsFor={problemsFor} change={change} />
    </Panel>
  );
}

function HandoffFields({ connection, problemsFor, change }: ConnectionFieldsProps) {
  return (
    <>
      <Field
        label="Hand-off format"
        hint={formats[connection.handoffFormat].hint}
        problems={problemsFor('handoffFormat')}
      >
        <NativeSelect
          value={connection.handoffFormat}
          // The options are exactly the formats.
          onChange={(event) =>
            change('format', { handoffFormat: event.target.value as HandoffFormat })
          }
        >
          {Object.entries(formats).map(([id, { name }]) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </NativeSelect>
      </Field>
      {connection.handoffFormat === 'structured-json' ? (
        <JsonField
          label="Hand-off schema"
          hint="A JSON Schema. If a result does not match it, the agent is asked once to correct it."
          value={connection.handoffSchema}
          problems={problemsFor('handoffSchema')}
          onChange={(schema) =>
            // The daemon validates the shape of the schema.
            change('schema', { handoffSchema: schema as Connection['handoffSchema'] })
          }
        />
      ) : null}
      <Field label="Data description" problems={problemsFor('dataDescription')}>
        <TextArea
          rows={2}
          value={connection.dataDescription ?? ''}
          placeholder="What does the next agent need from it?"
          onChange={(event) => change('data', { dataDescription: event.target.value || undefined })}
        />
      </Field>
    </>
  );
}
