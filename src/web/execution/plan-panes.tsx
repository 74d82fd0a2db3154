import { Tabs } from '@base-ui/react/tabs';
import { type KeyboardEvent, type RefObject, useDeferredValue, useState } from 'react';
import { useCanSplitDiff } from '../changes/diff-layout.ts';
import { PlanChanges } from '../changes/plan-changes.tsx';
import { classNames } from '../design/class-names.ts';
import { Markdown } from '../design/markdown.tsx';
import { tabClass } from '../design/tab-class.ts';

type PlanPanesProps = {
  textarea: RefObject<HTMLTextAreaElement | null>;
  name: string;
  proposed: string;
  text: string;
  onChange: (text: string) => void;
  onSubmit: () => void;
};

/** The text, with a preview or a diff: side by side if there is space, otherwise in tabs. */
export function PlanPanes(props: PlanPanesProps) {
  const isSplit = useCanSplitDiff();
  const [tab, setTab] = useState('write');
  // Rendering a long plan must not delay typing.
  const text = useDeferredValue(props.text);
  const shown = isSplit && tab === 'write' ? 'preview' : tab;
  return (
    <Tabs.Root
      value={shown}
      onValueChange={setTab}
      className="flex h-[72dvh] min-h-0 flex-col max-sm:h-auto max-sm:flex-1"
    >
      <div className={classNames('shrink-0 border-b', isSplit && 'grid grid-cols-2')}>
        {isSplit ? <span className="self-center px-4 font-medium text-muted">Markdown</span> : null}
        <Tabs.List className="flex gap-4 px-4">
          {isSplit ? null : <Tab value="write">Write</Tab>}
          <Tab value="preview">Preview</Tab>
          <Tab value="changes">Your changes</Tab>
        </Tabs.List>
      </div>
      <div className={classNames('flex min-h-0 flex-1', isSplit && 'grid grid-cols-2')}>
        {isSplit ? <PlanTextarea {...props} /> : null}
        {isSplit ? null : (
          <Tabs.Panel value="write" className="flex min-h-0 min-w-0 flex-1">
            <PlanTextarea {...props} />
          </Tabs.Panel>
        )}
        <Pane value="preview" className="p-4">
          <Markdown text={text} />
        </Pane>
        <Pane value="changes">
          <PlanChanges proposed={props.proposed} edited={text} />
        </Pane>
      </div>
    </Tabs.Root>
  );
}

const Tab = ({ value, children }: { value: string; children: string }) => (
  <Tabs.Tab value={value} className={tabClass}>
    {children}
  </Tabs.Tab>
);

function Pane({
  value,
  className,
  children,
}: {
  value: string;
  className?: string;
  children: React.ReactNode;
}) {
  return (
    <Tabs.Panel
      value={value}
      className={classNames(
        'scroll-thin min-h-0 min-w-0 flex-1 overflow-y-auto bg-ground sm:border-l',
        className,
      )}
    >
      {children}
    </Tabs.Panel>
  );
}

function PlanTextarea({ textarea, name, text, onChange, onSubmit }: PlanPanesProps) {
  const submitByKey = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    onSubmit();
  };
  return (
    <textarea
      ref={textarea}
      aria-label={`Plan of ${name}`}
      aria-invalid={text.trim() === ''}
      spellCheck={false}
      value={text}
      onChange={(event) => onChange(event.target.value)}
      onKeyDown={submitByKey}
      className="scroll-thin min-h-0 min-w-0 flex-1 resize-none bg-surface p-4 font-mono text-ink text-sm outline-none focus-visible:outline-2 focus-visible:outline-accent focus-visible:outline-offset-[-2px]"
    />
  );
}
