import { useQueryClient } from '@tanstack/react-query';
import type { PreferencesView } from '../../contract/responses.ts';
import { Field, NativeSelect } from '../design/field.tsx';
import { NumberField } from '../design/number-field.tsx';
import { Switch } from '../design/switch.tsx';
import { chooseTheme, useThemeChoice } from '../design/theme.ts';
import { useIsOffline } from '../kernel/action-button.tsx';
import { api } from '../kernel/api.ts';
import { Failure } from '../kernel/failure.tsx';
import { queryKeys, usePreferences } from '../kernel/queries.ts';
import { useAction } from '../kernel/use-action.ts';
import { DesktopNotifications } from '../notifications/desktop-notifications.tsx';
import { Section } from './section.tsx';

export function PreferencesTab() {
  const client = useQueryClient();
  const preferences = usePreferences();
  const isOffline = useIsOffline();
  const save = useAction(
    'The preference could not be saved',
    async (change: Partial<PreferencesView>) => {
      client.setQueryData(queryKeys.preferences, await api.savePreferences(change));
    },
  );
  if (preferences.isError) return <Failure error={preferences.error} />;
  if (preferences.data === undefined) return <p className="text-muted">Reading…</p>;
  const { data } = preferences;
  return (
    <div className="flex flex-col gap-6">
      <Section title="Appearance">
        <ThemeField onSave={(theme) => save.mutate({ theme })} />
      </Section>
      <Section title="Sessions">
        <Field label="Resume on launch" className="w-72">
          <NativeSelect
            disabled={isOffline}
            value={data.resumeOnLaunch}
            onChange={(event) =>
              save.mutate({
                resumeOnLaunch: event.target.value === 'ask' ? 'ask' : 'automatically',
              })
            }
          >
            <option value="automatically">Automatically</option>
            <option value="ask">Ask me</option>
          </NativeSelect>
        </Field>
        <NumberField
          label="Maximum concurrent cloud agents"
          hint="Across all sessions. Further agents are queued until one has ended."
          className="w-72"
          min={1}
          max={256}
          commitOnBlur
          disabled={isOffline}
          value={data.maxLiveCloudAttempts}
          onChange={(limit) => {
            if (limit !== undefined) save.mutate({ maxLiveCloudAttempts: limit });
          }}
        />
        <NumberField
          label="Maximum concurrent local agents"
          hint="Across all sessions. Each agent uses memory and processor time on this machine."
          className="w-72"
          min={1}
          max={64}
          commitOnBlur
          disabled={isOffline}
          value={data.maxLiveLocalAttempts ?? 4}
          onChange={(limit) => {
            if (limit !== undefined) save.mutate({ maxLiveLocalAttempts: limit });
          }}
        />
      </Section>
      <Section title="Notifications">
        <Switch
          label="Notify me when a session ends or needs me"
          checked={data.notifications}
          disabled={isOffline}
          onChange={(notifications) => save.mutate({ notifications })}
        />
        <DesktopNotifications />
      </Section>
    </div>
  );
}

function ThemeField({ onSave }: { onSave: (theme: PreferencesView['theme']) => void }) {
  const choice = useThemeChoice();
  const isOffline = useIsOffline();
  return (
    <Field label="Theme" className="w-72">
      <NativeSelect
        disabled={isOffline}
        value={choice}
        onChange={(event) => {
          const { value } = event.target;
          const theme = value === 'light' || value === 'dark' ? value : 'system';
          chooseTheme(theme);
          onSave(theme);
        }}
      >
        <option value="system">Same as system</option>
        <option value="light">Light</option>
        <option value="dark">Dark</option>
      </NativeSelect>
    </Field>
  );
}
