import { Tabs } from '@base-ui/react/tabs';
import { CreditCard, Plug, SlidersHorizontal, Workflow } from 'lucide-react';
import { useEditor } from '../canvas/editor.ts';
import { Dialog } from '../design/dialog.tsx';
import { closeDialog, navigate, useRoute } from '../kernel/route.ts';
import { PreferencesTab } from './preferences-tab.tsx';
import { ProvidersTab } from './providers-tab.tsx';
import { SubscriptionTab } from './subscription-tab.tsx';
import { WorkflowTab } from './workflow-tab.tsx';

const tabs = [
  { id: 'workflow', name: 'Workflow', icon: Workflow, panel: WorkflowTab },
  { id: 'providers', name: 'Providers', icon: Plug, panel: ProvidersTab },
  { id: 'subscription', name: 'Subscription', icon: CreditCard, panel: SubscriptionTab },
  { id: 'preferences', name: 'Preferences', icon: SlidersHorizontal, panel: PreferencesTab },
];

/** Settings of the open workflow, of this machine and of the account. */
export function SettingsDialog() {
  const { tab } = useRoute();
  const editor = useEditor();
  const isKnown = tabs.some(({ id }) => id === tab);
  const shown = isKnown ? tab : editor.status === 'open' ? 'workflow' : 'providers';
  return (
    <Dialog title="Settings" open onClose={closeDialog} width="large">
      <Tabs.Root
        value={shown}
        // The values are those of the tabs above.
        onValueChange={(value) => navigate({ tab: value as string })}
        orientation="vertical"
        className="flex min-h-0 max-md:flex-1 max-md:flex-col md:h-[min(720px,calc(100dvh-120px))]"
      >
        <Tabs.List className="scroll-thin flex shrink-0 gap-0.5 overflow-x-auto bg-ground p-2 max-md:border-b md:w-44 md:flex-col md:border-r">
          {tabs.map(({ id, name, icon: Icon }) => (
            <Tabs.Tab
              key={id}
              value={id}
              className="flex h-8 items-center gap-2 rounded-md px-2 text-muted hover:bg-hover data-active:bg-accent-soft data-active:font-medium data-active:text-ink"
            >
              <Icon aria-hidden size={16} className="max-sm:hidden" /> {name}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {tabs.map(({ id, panel: TabPanel }) => (
          <Tabs.Panel
            key={id}
            value={id}
            className="scroll-thin min-h-0 min-w-0 flex-1 overflow-y-auto p-4 sm:p-6"
          >
            <TabPanel />
          </Tabs.Panel>
        ))}
      </Tabs.Root>
    </Dialog>
  );
}
