import { describe, expect, it } from 'vitest';
import { sampleAgent, sampleSession } from '../../../testing/sample-session.ts';
import { mergedNews, type News, type NewsKind, newsOf, summaryOf, toneOfNews } from './news.ts';

const news = (sessionId: string, kind: NewsKind): News => ({ sessionId, kind, title: '' });

describe('the news of a session', () => {
  it('tells a failure from an end, and gives the reason', () => {
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
    expect(newsOf(failed, 'failed')).toMatchObject({
      title: 'Ship the checkout failed',
      description: 'Tester: 3 of 41 tests fail.',
    });
    expect(newsOf(sampleSession(), 'finished').title).toBe('Ship the checkout finished');
    expect(toneOfNews([news('s_a', 'failed')])).not.toBe(toneOfNews([news('s_a', 'finished')]));
  });
});

describe('news of several sessions', () => {
  it('are one message, the gravest first, which also gives the tone', () => {
    const all = [news('s_a', 'finished'), news('s_b', 'failed'), news('s_c', 'finished')];
    expect(summaryOf(all)).toBe('1 session failed, 2 finished');
    expect(toneOfNews(all)).toBe('failed');
    expect(summaryOf([...all, news('s_d', 'needs-you'), news('s_e', 'needs-you')])).toBe(
      '2 sessions need you, 1 failed, 2 finished',
    );
  });

  it('count each session once, by its newest word', () => {
    const merged = mergedNews(
      [news('s_a', 'needs-you'), news('s_b', 'finished')],
      [news('s_a', 'finished')],
    );
    expect(summaryOf(merged)).toBe('2 sessions finished');
  });
});
