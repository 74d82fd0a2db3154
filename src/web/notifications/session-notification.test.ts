import { describe, expect, it } from 'vitest';
import { sampleAgent, sampleSession } from '../../../testing/sample-session.ts';
import {
  mergeNotifications,
  type NotificationKind,
  notificationOf,
  type SessionNotification,
  summarize,
  toneOf,
} from './session-notification.ts';

const notifications = (sessionId: string, kind: NotificationKind): SessionNotification => ({
  sessionId,
  kind,
  title: '',
});

describe('the notification of a session', () => {
  it('distinguishes a failure from success, and gives its reason', () => {
    const failed = sampleSession({
      agents: [
        sampleAgent({ name: 'Planner', status: 'completed' }),
        sampleAgent({
          name: 'Tester',
          status: 'failed',
          error: { code: 'run_failed', message: '3 of 41 tests fail.' },
        }),
      ],
    });
    expect(notificationOf(failed, 'failed')).toMatchObject({
      title: 'Ship the checkout failed',
      description: 'Tester: 3 of 41 tests fail.',
    });
    expect(notificationOf(sampleSession(), 'finished').title).toBe('Ship the checkout finished');
    expect(toneOf([notifications('s_a', 'failed')])).not.toBe(
      toneOf([notifications('s_a', 'finished')]),
    );
  });
});

describe('notifications of several sessions', () => {
  it('are summarized with the most severe first, which also sets the tone', () => {
    const all = [
      notifications('s_a', 'finished'),
      notifications('s_b', 'failed'),
      notifications('s_c', 'finished'),
    ];
    expect(summarize(all)).toBe('1 session failed, 2 finished');
    expect(toneOf(all)).toBe('failed');
    expect(
      summarize([...all, notifications('s_d', 'needs-you'), notifications('s_e', 'needs-you')]),
    ).toBe('2 sessions need you, 1 failed, 2 finished');
  });

  it('count each session once, by its newest notification', () => {
    const merged = mergeNotifications(
      [notifications('s_a', 'needs-you'), notifications('s_b', 'finished')],
      [notifications('s_a', 'finished')],
    );
    expect(summarize(merged)).toBe('2 sessions finished');
  });
});
