import { Dialog } from '../design/dialog.tsx';
import { shortcutOf } from '../design/shortcut.ts';
import { closeDialog } from '../kernel/route.ts';

type Shortcut = { readonly keys: readonly string[]; readonly does: string };

const everywhere: readonly Shortcut[] = [
  { keys: [shortcutOf('R')], does: 'Run the open workflow' },
  { keys: [shortcutOf('O')], does: 'Open a file' },
  { keys: [shortcutOf(',')], does: 'Settings' },
  { keys: ['?'], does: 'Show these shortcuts' },
  { keys: ['Esc'], does: 'Close a dialog or panel; sessions continue' },
];

const onTheCanvas: readonly Shortcut[] = [
  { keys: [shortcutOf('S')], does: 'Save' },
  { keys: [shortcutOf('Z')], does: 'Undo' },
  { keys: [shortcutOf('Shift+Z'), shortcutOf('Y')], does: 'Redo' },
  { keys: ['Tab'], does: 'Go to the next agent or connection' },
  { keys: ['Enter'], does: 'Open its panel' },
  { keys: ['← ↑ → ↓'], does: 'Move the selected agent' },
  { keys: ['Delete'], does: 'Remove the selection' },
];

/** Every key that does something. */
export function ShortcutsDialog() {
  return (
    <Dialog title="Keyboard shortcuts" open onClose={closeDialog} width="medium">
      <div className="grid gap-8 overflow-y-auto p-5 sm:grid-cols-2">
        <Keys title="Everywhere" shortcuts={everywhere} />
        <Keys title="On the canvas" shortcuts={onTheCanvas} />
      </div>
    </Dialog>
  );
}

function Keys({ title, shortcuts }: { title: string; shortcuts: readonly Shortcut[] }) {
  return (
    <section aria-label={title}>
      <h3 className="mb-2 font-semibold">{title}</h3>
      <dl className="flex flex-col gap-2">
        {shortcuts.map(({ keys, does }) => (
          <div key={does} className="flex items-start justify-between gap-3">
            <dt className="text-muted">{does}</dt>
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
