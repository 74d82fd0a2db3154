import { Plus, X } from 'lucide-react';
import type { Problem } from '../../contract/error-views.ts';
import type { OutputDefinition } from '../../workflow/schema.ts';
import { Button } from '../design/button.tsx';
import { Field, TextArea, TextInput } from '../design/field.tsx';
import { IconButton } from '../design/icon-button.tsx';

type OutputField = Exclude<OutputDefinition, string>['fields'][number];

/** What the agent must deliver: prose, and optionally named fields. */
export function OutputDefinitionFields({
  value,
  problems,
  onChange,
}: {
  value: OutputDefinition | undefined;
  problems: readonly Problem[];
  onChange: (value: OutputDefinition | undefined) => void;
}) {
  const isStructured = typeof value === 'object';
  const description = isStructured ? value.description : (value ?? '');
  const fields = isStructured ? value.fields : [];
  const write = (text: string, next: OutputField[]) => {
    // Prose alone is stored as a string, unless the object has other fields.
    if (isStructured) onChange({ ...value, description: text, fields: next });
    else if (next.length > 0) onChange({ description: text, fields: next });
    else onChange(text === '' ? undefined : text);
  };
  const replace = (index: number, field: OutputField) =>
    write(description, fields.with(index, field));
  return (
    <fieldset className="flex flex-col gap-2">
      <Field label="Output definition" problems={problems}>
        <TextArea
          rows={3}
          value={description}
          placeholder="What does the agent deliver?"
          onChange={(event) => write(event.target.value, fields)}
        />
      </Field>
      {fields.map((field, index) => {
        // Fields have no identity except their position.
        const number = index + 1;
        return (
          <div key={number} className="flex items-center gap-1">
            <TextInput
              aria-label={`Name of output field ${number}`}
              value={field.name}
              placeholder="name"
              onChange={(event) => replace(index, { ...field, name: event.target.value })}
            />
            <TextInput
              aria-label={`Description of output field ${number}`}
              value={field.description ?? ''}
              placeholder="description"
              onChange={(event) => replace(index, { ...field, description: event.target.value })}
            />
            <IconButton
              label={`Remove output field ${number}`}
              icon={X}
              onClick={() => write(description, fields.toSpliced(index, 1))}
            />
          </div>
        );
      })}
      <Button
        size="small"
        tone="quiet"
        className="self-start"
        onClick={() => write(description, [...fields, { name: '' }])}
      >
        <Plus aria-hidden size={12} /> Add a field
      </Button>
    </fieldset>
  );
}
