import { Dialog } from '../design/dialog.tsx';
import { formatShortcut } from '../design/shortcut.ts';
import { closeDialog } from '../kernel/route.ts';

type Shortcut = { readonly keys: readonly string[]; readonly description: string };

const globalShortcuts: readonly Shortcut[] = [
  { keys: [formatShortcut('R')], description: 'Run the open workflow' },
  { keys: [formatShortcut('O')], description: 'Open a file' },
  { keys: [formatShortcut(',')], description: 'Settings' },
  { keys: ['?'], description: 'Show these shortcuts' },
  { keys: ['Esc'], description: 'Close a dialog or panel; sessions continue' },
];

const canvasShortcuts: readonly Shortcut[] = [
  { keys: [formatShortcut('S')], description: 'Save' },
  { keys: [formatShortcut('Z')], description: 'Undo' },
  { keys: [formatShortcut('Shift+Z'), formatShortcut('Y')], description: 'Redo' },
  { keys: ['Tab'], description: 'Go to the next agent or connection' },
  { keys: ['Enter'], description: 'Open its panel' },
  { keys: ['← ↑ → ↓'], description: 'Move the selected agent' },
  { keys: ['Delete'], description: 'Remove the selection' },
];

/** All keyboard shortcuts. */
export function ShortcutsDialog() {
  return (
    <Dialog title="Keyboard shortcuts" open onClose={closeDialog} width="medium">
      <div className="grid gap-8 overflow-y-auto p-5 sm:grid-cols-2">
        <Keys title="Everywhere" shortcuts={globalShortcuts} />
        <Keys title="On the canvas" shortcuts={canvasShortcuts} />
      </div>
    </Dialog>
  );
}

function Keys({ title, shortcuts }: { title: string; shortcuts: readonly Shortcut[] }) {
  return (
    <section aria-label={title}>
      <h3 className="mb-2 font-semibold">{title}</h3>
      <dl className="flex flex-col gap-2">
        {shortcuts.map(({ keys, description }) => (
          <div key={description} className="flex items-start justify-between gap-3">
            <dt className="text-muted">{description}</dt>
            <dd className="flex shrink-0 gap-1">
              {keys.map((key) => (
                <kbd key={key} className="rounded-sm border bg-sunken px-1.5 font-mono text-sm">
                  {key}
                </kbd>
              ))}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
