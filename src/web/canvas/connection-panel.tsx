import { Trash2 } from 'lucide-react';
import type { Problem } from '../../contract/views.ts';
import type { Connection, FlowType, HandoffFormat, Workflow } from '../../workflow/schema.ts';
import { Button } from '../design/button.tsx';
import { Callout } from '../design/callout.tsx';
import { Field, NativeSelect, TextArea, TextInput } from '../design/field.tsx';
import { Switch } from '../design/switch.tsx';
import { isAutomatic } from './automatic-connections.ts';
import { edit } from './editor.ts';
import { type Change, removeConnections, updateConnection } from './edits.ts';
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

const flows: Record<FlowType, string> = {
  always: 'Always',
  conditional: 'Conditional',
  'approval-gate': 'Approval gate',
  loop: 'Loop',
};

type ChangeConnection = (field: string, value: Change<Connection>) => void;

/** Every field of a connection, with the problems found in it. */
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
  const found = (...place: string[]) => problemsAt(problems, 'connections', index, ...place);
  const change: ChangeConnection = (field, value) =>
    edit(updateConnection(connection.id, value), `connection:${connection.id}:${field}`);
  const nameOf = (id: string) => workflow.agents.find((agent) => agent.id === id)?.name ?? id;
  const title = `${nameOf(connection.source)} → ${nameOf(connection.target)}`;
  const own = found().filter(
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
      <HandoffFields connection={connection} found={found} change={change} />
      <FlowFields connection={connection} problems={found('flowType')} change={change} />
    </Panel>
  );
}

function HandoffFields({
  connection,
  found,
  change,
}: {
  connection: Connection;
  found: (...place: string[]) => Problem[];
  change: ChangeConnection;
}) {
  return (
    <>
      <Field
        label="Hand-off format"
        hint={formats[connection.handoffFormat].hint}
        problems={found('handoffFormat')}
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
          problems={found('handoffSchema')}
          onChange={(schema) =>
            // The daemon's rules say what is wrong with a schema of another shape.
            change('schema', { handoffSchema: schema as Connection['handoffSchema'] })
          }
        />
      ) : null}
      <Field label="Data description" problems={found('dataDescription')}>
        <TextArea
          rows={2}
          value={connection.dataDescription ?? ''}
          placeholder="What does the next agent need from it?"
          onChange={(event) => change('data', { dataDescription: event.target.value || undefined })}
        />
      </Field>
      <Field label="Label">
        <TextInput
          value={connection.label ?? ''}
          onChange={(event) => change('label', { label: event.target.value || undefined })}
        />
      </Field>
    </>
  );
}

function FlowFields({
  connection,
  problems,
  change,
}: {
  connection: Connection;
  problems: readonly Problem[];
  change: ChangeConnection;
}) {
  const text = (
    label: string,
    field: 'condition' | 'approvalPrompt' | 'loopCondition',
    isLong = true,
  ) => (
    <Field label={label}>
      <TextArea
        rows={isLong ? 3 : 1}
        value={connection[field] ?? ''}
        onChange={(event) => change(field, { [field]: event.target.value || undefined })}
      />
    </Field>
  );
  return (
    <>
      <Field
        label="Flow type"
        problems={problems}
        hint={
          connection.flowType === 'always'
            ? 'The next agent starts when all agents before it have completed.'
            : 'Kept in the file, but not supported by this version: the workflow cannot run.'
        }
      >
        <NativeSelect
          value={connection.flowType}
          // The options are exactly the flow types.
          onChange={(event) => change('flow', { flowType: event.target.value as FlowType })}
        >
          {Object.entries(flows).map(([id, name]) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </NativeSelect>
      </Field>
      {connection.flowType === 'conditional' ? (
        <>
          {text('Condition', 'condition')}
          <Switch
            label="Else branch"
            checked={connection.isElse === true}
            onChange={(isElse) => change('else', { isElse })}
          />
        </>
      ) : null}
      {connection.flowType === 'approval-gate' ? text('Approval prompt', 'approvalPrompt') : null}
      {connection.flowType === 'loop' ? (
        <>
          {text('Loop condition', 'loopCondition')}
          <Field label="Maximum iterations">
            <TextInput
              type="number"
              min={1}
              value={connection.maxIterations ?? 3}
              onChange={(event) => {
                const wanted = event.target.valueAsNumber;
                if (Number.isInteger(wanted)) change('iterations', { maxIterations: wanted });
              }}
            />
          </Field>
        </>
      ) : null}
    </>
  );
}
