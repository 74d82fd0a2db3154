import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { ApiError } from '../../contract/errors.ts';
import '../design/tokens.css';
import { followTheme } from '../design/theme.ts';
import { showTruncationTooltips } from '../design/truncation-tooltips.ts';
import { logIn } from '../kernel/login.ts';
import { currentRoute, followAddressBar } from '../kernel/route.ts';
import { App } from './app.tsx';
import { preloadRouteScreens } from './screens.tsx';
import { connectToDaemon } from './start.ts';

/** A request that the daemon rejected is not retried; one that did not reach it is. */
const isRetryable = (failures: number, error: Error) =>
  failures < 2 && (!(error instanceof ApiError) || error.status === 0 || error.status >= 500);

const client = new QueryClient({
  defaultOptions: {
    queries: {
      retry: isRetryable,
      staleTime: 5000,
      refetchOnWindowFocus: false,
      networkMode: 'always',
    },
    mutations: { networkMode: 'always' },
  },
});

followTheme();
showTruncationTooltips();
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
  followAddressBar();
  preloadRouteScreens(currentRoute());
  await connectToDaemon(client);
  return 'open';
}
