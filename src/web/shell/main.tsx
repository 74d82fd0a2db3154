import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { ApiError } from '../../contract/errors.ts';
import '../design/tokens.css';
import { nameCutTexts } from '../design/cut-text.ts';
import { followTheme } from '../design/theme.ts';
import { logIn } from '../kernel/login.ts';
import { currentRoute, followPlace } from '../kernel/route.ts';
import { App } from './app.tsx';
import { loadScreensOf } from './screens.tsx';
import { startFollowing } from './start.ts';

/** What the daemon refused stays refused; what did not reach it is retried, for the stream brings us back. */
const isWorthARetry = (failures: number, error: Error) =>
  failures < 2 && (!(error instanceof ApiError) || error.status === 0 || error.status >= 500);

const client = new QueryClient({
  defaultOptions: {
    queries: {
      retry: isWorthARetry,
      staleTime: 5000,
      refetchOnWindowFocus: false,
      networkMode: 'always',
    },
    mutations: { networkMode: 'always' },
  },
});

followTheme();
nameCutTexts();
const root = document.getElementById('app');
if (root === null) throw new Error('The page has no element for the app.');
createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={client}>
      <App start={start} />
    </QueryClientProvider>
  </StrictMode>,
);

async function start(): Promise<'open' | 'signed-out'> {
  if (!(await logIn())) return 'signed-out';
  followPlace();
  loadScreensOf(currentRoute());
  await startFollowing(client);
  return 'open';
}
