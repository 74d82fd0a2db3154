import type { ReactNode } from 'react';
import { Button } from '../design/button.tsx';
import { Callout } from '../design/callout.tsx';
import { ActionButton } from '../kernel/action-button.tsx';
import { discardEdits, type OpenFile, resolveConflict } from './editor.ts';
import { saveAndReport } from './shortcuts.ts';

/** Reports external changes to the file, and asks which version to keep. */
export function DiskNotice({ file }: { file: OpenFile }) {
  if (file.changedOnDisk !== null)
    return <Conflict isReadable={file.changedOnDisk.workflow !== null} />;
  if (file.isMissing)
    return (
      <Notice
        title="The file was moved or deleted."
        action={
          <ActionButton size="small" onClick={() => void saveAndReport()}>
            Save it again
          </ActionButton>
        }
      >
        Nothing is lost; saving writes the workflow to the same place.
      </Notice>
    );
  if (!file.wasRestored) return null;
  return (
    <Notice
      title="Unsaved edits from your last visit have been restored."
      action={
        <Button size="small" onClick={discardEdits}>
          Discard edits
        </Button>
      }
    />
  );
}

function Conflict({ isReadable }: { isReadable: boolean }) {
  return (
    <Notice
      title="The file changed on disk while you have unsaved edits."
      action={
        <div className="flex gap-2">
          <Button size="small" onClick={() => resolveConflict('theirs')}>
            Use the version on disk
          </Button>
          <Button size="small" onClick={() => resolveConflict('ours')}>
            Keep my version
          </Button>
        </div>
      }
    >
      {isReadable
        ? 'Nothing is overwritten until you choose.'
        : 'The file on disk is not a valid workflow.'}
    </Notice>
  );
}

function Notice(props: { title: string; action: ReactNode; children?: ReactNode }) {
  return (
    <div role="status" className="border-b bg-surface p-2">
      <Callout tone="warning" {...props} />
    </div>
  );
}
