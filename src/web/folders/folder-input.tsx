import { FolderOpen } from 'lucide-react';
import { useState } from 'react';
import { TextInput } from '../design/field.tsx';
import { ActionButton } from '../kernel/action-button.tsx';
import { FolderDialog } from './folder-dialog.tsx';

/** The path of a folder on the daemon's machine: typed, or selected in a dialog. */
export function FolderInput({
  value,
  placeholder,
  onChange,
}: {
  value: string;
  placeholder: string;
  onChange: (path: string) => void;
}) {
  const [isChoosing, setIsChoosing] = useState(false);
  return (
    <div className="flex gap-2">
      <TextInput
        value={value}
        placeholder={placeholder}
        spellCheck={false}
        onChange={(event) => onChange(event.target.value)}
      />
      <ActionButton onClick={() => setIsChoosing(true)}>
        <FolderOpen aria-hidden size={14} /> Choose…
      </ActionButton>
      {isChoosing ? (
        <FolderDialog
          start={value}
          onSelect={(path) => {
            onChange(path);
            setIsChoosing(false);
          }}
          onClose={() => setIsChoosing(false)}
        />
      ) : null}
    </div>
  );
}
