import { ReactFlowProvider } from '@xyflow/react';
import { LayoutTemplate } from 'lucide-react';
import { useCallback, useEffect, useMemo, useState } from 'react';
import { EmptyState } from '../design/empty-state.tsx';
import { AgentPanel } from './agent-panel.tsx';
import { Canvas } from './canvas.tsx';
import { ConnectionPanel } from './connection-panel.tsx';
import { DiskNotice } from './disk-notice.tsx';
import { checkDisk, type OpenFile } from './editor.ts';
import { Palette } from './palette.tsx';
import { useProblems } from './problems.ts';
import { ProblemsPanel } from './problems-panel.tsx';
import { nextSelection, type Selection } from './selection.ts';
import { createOverlay, useSessionOverlay } from './session-overlay.ts';
import { SessionOverlayControls } from './session-overlay-controls.tsx';
import { useEditorKeys } from './shortcuts.ts';
import { Toolbar } from './toolbar.tsx';

const diskCheckIntervalMs = 4000;

/** Checks the file on disk while the window is visible. Connection failures are reported by the event stream. */
function useDiskWatch(): void {
  useEffect(() => {
    const check = () => {
      if (document.visibilityState === 'visible') checkDisk().catch(console.warn);
    };
    const timer = setInterval(check, diskCheckIntervalMs);
    addEventListener('focus', check);
    return () => {
      clearInterval(timer);
      removeEventListener('focus', check);
    };
  }, []);
}

/** The editor of an open workflow file. */
export function CanvasScreen({ file }: { file: OpenFile }) {
  const [selection, select] = useState<Selection>(null);
  const setSelection = useCallback(
    (changed: Selection, isSelected = true) =>
      select((current) => nextSelection(current, changed, isSelected)),
    [],
  );
  const [isListingProblems, setIsListingProblems] = useState(false);
  const workflow = file.history.present;
  const problems = useProblems(workflow);
  const { session, isShown, toggle } = useSessionOverlay(workflow);
  const overlay = useMemo(
    () => (session !== null && isShown ? createOverlay(session, workflow) : null),
    [session, isShown, workflow],
  );
  useEditorKeys();
  useDiskWatch();
  const agent = workflow.agents.find(
    ({ id }) => selection?.kind === 'agent' && selection.id === id,
  );
  const connection = workflow.connections.find(
    ({ id }) => selection?.kind === 'connection' && selection.id === id,
  );
  const close = () => {
    setSelection(null);
    // Keyboard users continue where they opened the panel.
    if (selection !== null)
      document
        .querySelector<HTMLElement | SVGElement>(`[data-id="${CSS.escape(selection.id)}"]`)
        ?.focus({ preventScroll: true });
  };

  return (
    <div className="flex min-h-0 flex-1 flex-col lg:flex-row">
      <Palette workflow={workflow} onSelect={setSelection} />
      <div className="flex min-h-0 min-w-0 flex-1 flex-col md:flex-row">
        <main aria-label="Canvas" className="relative flex min-h-0 min-w-0 flex-1 flex-col">
          <Toolbar
            file={file}
            problems={problems}
            isListingProblems={isListingProblems}
            onListProblems={() => setIsListingProblems((isOpen) => !isOpen)}
          >
            {session === null ? null : (
              <SessionOverlayControls session={session} isShown={isShown} onToggle={toggle} />
            )}
          </Toolbar>
          <DiskNotice file={file} />
          <div className="relative min-h-0 flex-1">
            <ReactFlowProvider>
              <Canvas
                workflow={workflow}
                problems={problems}
                selection={selection}
                session={overlay}
                onSelect={setSelection}
              />
            </ReactFlowProvider>
            {workflow.agents.length === 0 ? (
              <div className="pointer-events-none absolute inset-0 flex">
                <EmptyState icon={LayoutTemplate} title="An empty workflow">
                  Click a role or drag it onto the canvas. Agents in the same column work in
                  parallel; each column waits for the one before it.
                </EmptyState>
              </div>
            ) : null}
          </div>
          {isListingProblems ? (
            <ProblemsPanel workflow={workflow} problems={problems} onSelect={setSelection} />
          ) : null}
        </main>
        {agent ? (
          <AgentPanel
            key={agent.id}
            workflow={workflow}
            agent={agent}
            problems={problems}
            onClose={close}
          />
        ) : null}
        {connection ? (
          <ConnectionPanel
            key={connection.id}
            workflow={workflow}
            connection={connection}
            problems={problems}
            onClose={close}
          />
        ) : null}
      </div>
    </div>
  );
}
