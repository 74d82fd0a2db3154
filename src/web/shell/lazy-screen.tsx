import { LoaderCircle } from 'lucide-react';
import { type ComponentType, type ReactNode, useCallback, useEffect, useState } from 'react';
import { ApiError } from '../../contract/errors.ts';
import { Button } from '../design/button.tsx';
import { Dialog } from '../design/dialog.tsx';
import { useConnectionState } from '../kernel/connection.ts';
import { Failure } from '../kernel/failure.tsx';
import { closeDialog } from '../kernel/route.ts';
import { startCommand } from '../kernel/start-command.ts';

/** A screen whose code is loaded on demand or preloaded. */
export class LazyScreen<Props extends object> {
  component: ComponentType<Props> | null = null;
  private readonly read: () => Promise<ComponentType<Props>>;

  constructor(read: () => Promise<ComponentType<Props>>) {
    this.read = read;
  }

  readonly load = async (): Promise<ComponentType<Props>> => {
    this.component ??= await this.read();
    return this.component;
  };
}

type Loading<Props> =
  | { readonly phase: 'loading' }
  | { readonly phase: 'failed'; readonly attempts: number }
  | { readonly phase: 'loaded'; readonly component: ComponentType<Props> };

const retryDelayMs = 2000;
/** While the daemon is reachable, more attempts than this do not help. */
const maxAttempts = 3;

type State<Props> = ComponentType<Props> | 'loading' | 'unreachable' | 'out-of-date';

function useLoaded<Props extends object>(screen: LazyScreen<Props>): State<Props> {
  const connection = useConnectionState();
  const isDaemonReachable = connection === 'live' || connection === 'catching-up';
  const [loading, setLoading] = useState<Loading<Props>>(() =>
    screen.component === null
      ? { phase: 'loading' }
      : { phase: 'loaded', component: screen.component },
  );
  const load = useCallback(
    (attempts: number) =>
      screen.load().then(
        (component) => setLoading({ phase: 'loaded', component }),
        (error: unknown) => {
          console.info('A screen could not be loaded.', error);
          setLoading({ phase: 'failed', attempts: attempts + 1 });
        },
      ),
    [screen],
  );
  useEffect(() => {
    if (loading.phase === 'loaded') return;
    if (loading.phase === 'loading') {
      void load(0);
      return;
    }
    if (isDaemonReachable && loading.attempts >= maxAttempts) return;
    // Attempts while the daemon was unreachable do not count.
    const attempts = isDaemonReachable ? loading.attempts : 0;
    const timer = setTimeout(() => void load(attempts), retryDelayMs);
    return () => clearTimeout(timer);
  }, [loading, isDaemonReachable, load]);
  if (loading.phase === 'loaded') return loading.component;
  if (loading.phase === 'loading') return 'loading';
  if (!isDaemonReachable) return 'unreachable';
  return loading.attempts < maxAttempts ? 'loading' : 'out-of-date';
}

/** The loading indicator is delayed, because one that appears for an instant only flickers. */
const loadingIndicatorDelayMs = 150;

function useLoadingIndicatorDue(): boolean {
  const [isIndicatorDue, setIsIndicatorDue] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setIsIndicatorDue(true), loadingIndicatorDelayMs);
    return () => clearTimeout(timer);
  }, []);
  return isIndicatorDue;
}

/** Renders the screen, or in its frame why it is not there yet: loading, daemon unreachable, or out of date. */
export function LazyScreenView<Props extends object>({
  screen,
  frame: Frame,
  placeholder = null,
  ...props
}: {
  screen: LazyScreen<Props>;
  frame: (props: { children: ReactNode }) => ReactNode;
  /** Rendered until the loading indicator is due. */
  placeholder?: ReactNode;
} & Props) {
  const Screen = useLoaded(screen);
  const isIndicatorDue = useLoadingIndicatorDue();
  // The remaining props are those of the screen.
  if (typeof Screen !== 'string') return <Screen {...(props as unknown as Props)} />;
  if (Screen === 'loading' && !isIndicatorDue) return placeholder;
  return (
    <Frame>
      <div className="p-4">
        {Screen === 'loading' ? (
          <p role="status" className="flex items-center gap-2 text-muted">
            <LoaderCircle aria-hidden size={14} /> Loading…
          </p>
        ) : null}
        {Screen === 'unreachable' ? <Failure error={daemonUnreachable()} /> : null}
        {Screen === 'out-of-date' ? <OutOfDate /> : null}
      </div>
    </Frame>
  );
}

const daemonUnreachable = () =>
  new ApiError(0, {
    code: 'daemon_unreachable',
    message: 'Cerevisor does not respond on this machine.',
    suggestion: `Start it in a terminal with "${startCommand()}"; this screen then opens automatically.`,
  });

/** After an update of Cerevisor the files of an old page no longer exist. */
function OutOfDate() {
  const outOfDate = new ApiError(0, {
    code: 'page_out_of_date',
    message: 'This part of the app could not be loaded.',
    suggestion: 'Cerevisor has probably been updated. Reload the page; unsaved edits are kept.',
  });
  return (
    <>
      <Failure error={outOfDate} />
      <div className="mt-3 flex justify-end">
        <Button tone="primary" onClick={() => location.reload()}>
          Reload
        </Button>
      </div>
    </>
  );
}

/** The dialog shown while its content is loading. */
export const dialogFrame =
  (title: string, width: 'medium' | 'large' | 'full') =>
  ({ children }: { children: ReactNode }) => (
    <Dialog title={title} open onClose={closeDialog} width={width}>
      {children}
    </Dialog>
  );
