import { Component, type ReactNode } from 'react';
import { Button } from '../design/button.tsx';
import { Failure } from '../kernel/failure.tsx';

type Props = { children: ReactNode; onClose: () => void };

/** Contains an error in one part of the screen, so that the others keep working. */
export class ErrorBoundary extends Component<Props, { error: unknown }> {
  override state: { error: unknown } = { error: null };

  static getDerivedStateFromError(error: unknown) {
    return { error };
  }

  override render() {
    if (this.state.error === null) return this.props.children;
    return (
      <div
        role="alert"
        className="fixed inset-x-0 top-16 z-70 mx-auto flex w-140 max-w-full flex-col gap-2 rounded-lg border bg-surface p-4 shadow-2"
      >
        <Failure error={this.state.error} />
        <div className="flex justify-end gap-2">
          <Button
            onClick={() => {
              this.setState({ error: null });
              this.props.onClose();
            }}
          >
            Close
          </Button>
          <Button tone="primary" onClick={() => location.reload()}>
            Reload
          </Button>
        </div>
      </div>
    );
  }
}
