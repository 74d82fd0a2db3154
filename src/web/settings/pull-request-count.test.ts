import { describe, expect, it } from 'vitest';
import { workflowSchema } from '../../workflow/schema.ts';
import { pullRequestCount } from './pull-request-count.ts';

const shop = (pullRequests: string) =>
  workflowSchema.parse({
    version: '1.0',
    id: 'w',
    name: 'Shop',
    agents: ['plan', 'build', 'test'].map((id) => ({ id, name: id })),
    connections: [
      { source: 'plan', target: 'build' },
      { source: 'plan', target: 'test' },
    ],
    settings: {
      cloud: {
        repos: [{ url: 'https://a.example/b/c' }, { url: 'https://a.example/b/d' }],
        pullRequests,
      },
    },
  });

describe('how many pull requests could be opened', () => {
  it('counts the final agents in every repository', () => {
    expect(pullRequestCount(shop('final-agents'))).toBe(4);
  });

  it('counts every agent in every repository when each opens its own', () => {
    expect(pullRequestCount(shop('each-agent'))).toBe(6);
  });
});
