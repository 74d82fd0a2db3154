import { LoaderCircle } from 'lucide-react';
import { type ComponentType, type ReactNode, useCallback, useEffect, useState } from 'react';
import { ApiError } from '../../contract/errors.ts';
import { Button } from '../design/button.tsx';
import { Dialog } from '../design/dialog.tsx';
import { useConnectionState } from '../kernel/connection.ts';
import { Failure } from '../kernel/failure.tsx';
import { closeDialog } from '../kernel/route.ts';
import { knownCommand } from './known-command.ts';

/** A screen whose code is read when it is needed, or before that when nothing else is to do. */
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
  | { readonly phase: 'failed'; readonly tries: number }
  | { readonly phase: 'loaded'; readonly component: ComponentType<Props> };

const retryDelayMs = 2000;
/** While the daemon answers, what fails this often does not come with waiting. */
const mostTries = 3;

type State<Props> = ComponentType<Props> | 'loading' | 'unreachable' | 'out-of-date';

function useLoaded<Props extends object>(screen: LazyScreen<Props>): State<Props> {
  const connection = useConnectionState();
  const isAnswering = connection === 'live' || connection === 'catching-up';
  const [loading, setLoading] = useState<Loading<Props>>(() =>
    screen.component === null
      ? { phase: 'loading' }
      : { phase: 'loaded', component: screen.component },
  );
  const load = useCallback(
    (tries: number) =>
      screen.load().then(
        (component) => setLoading({ phase: 'loaded', component }),
        (error: unknown) => {
          console.info('A screen could not be loaded.', error);
          setLoading({ phase: 'failed', tries: tries + 1 });
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
    if (isAnswering && loading.tries >= mostTries) return;
    // When nobody answered, the first try after that is the first that counts.
    const tries = isAnswering ? loading.tries : 0;
    const timer = setTimeout(() => void load(tries), retryDelayMs);
    return () => clearTimeout(timer);
  }, [loading, isAnswering, load]);
  if (loading.phase === 'loaded') return loading.component;
  if (loading.phase === 'loading') return 'loading';
  if (!isAnswering) return 'unreachable';
  return loading.tries < mostTries ? 'loading' : 'out-of-date';
}

/** So long nothing says that a screen is loading: what comes and goes in a blink is only restless. */
const unnoticedMs = 150;

function useIsNoticed(): boolean {
  const [isNoticed, setIsNoticed] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setIsNoticed(true), unnoticedMs);
    return () => clearTimeout(timer);
  }, []);
  return isNoticed;
}

/** Shows the screen, or in its frame what becomes of it: on its way, or waiting for the daemon, or out of date. */
export function ShowLazy<Props extends object>({
  screen,
  frame: Frame,
  meanwhile = null,
  ...props
}: {
  screen: LazyScreen<Props>;
  frame: (props: { children: ReactNode }) => ReactNode;
  /** What stands there until it is worth saying that it is loading. */
  meanwhile?: ReactNode;
} & Props) {
  const Screen = useLoaded(screen);
  const isNoticed = useIsNoticed();
  // What is left of the props is what the screen takes.
  if (typeof Screen !== 'string') return <Screen {...(props as unknown as Props)} />;
  if (Screen === 'loading' && !isNoticed) return meanwhile;
  return (
    <Frame>
      <div className="p-4">
        {Screen === 'loading' ? (
          <p role="status" className="flex items-center gap-2 text-muted">
            <LoaderCircle aria-hidden size={14} /> Loading…
          </p>
        ) : null}
        {Screen === 'unreachable' ? <Failure error={notAnswering()} /> : null}
        {Screen === 'out-of-date' ? <OutOfDate /> : null}
      </div>
    </Frame>
  );
}

const notAnswering = () =>
  new ApiError(0, {
    code: 'daemon_unreachable',
    message: 'Cerevisor does not respond on this machine.',
    suggestion: `Start it in a terminal with "${knownCommand()}"; this screen then opens automatically.`,
  });

/** The files of a page are gone when Cerevisor was updated under it. */
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

/** Where a dialog appears while it is read. */
export const dialogFrame =
  (title: string, width: 'medium' | 'large' | 'full') =>
  ({ children }: { children: ReactNode }) => (
    <Dialog title={title} open onClose={closeDialog} width={width}>
      {children}
    </Dialog>
  );
