import { Routes } from '../api/routes.ts';
import type { Rehearsal } from '../rehearsal.ts';
import { agentPage } from './agent-page.ts';
import { overviewPage } from './overview-page.ts';
import { pullRequestPage } from './pull-request-page.ts';

/** Web pages. They need no key and show escaped text only. */
export function pageRoutes(rehearsal: Rehearsal): Routes {
  return new Routes(rehearsal)
    .add('GET', '/rehearsal', 'other', overviewPage(rehearsal))
    .add('GET', '/agents/:agentId', 'other', agentPage(rehearsal))
    .add('GET', '/pull/:number', 'other', pullRequestPage(rehearsal));
}
