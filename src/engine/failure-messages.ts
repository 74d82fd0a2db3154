import type { Failure, RuntimeId } from '../session/events.ts';
import { locationOf, type RunLocation } from '../session/run-location.ts';

/** Failures of attempts, worded for the location where the attempt runs. */
type FailureMessages = {
  readonly gone: Failure;
  readonly silent: Failure;
  readonly silentLaunch: Failure;
  readonly neverCreated: Failure;
  readonly neverSent: Failure;
  readonly unconfirmedCancel: Failure;
  readonly expired: Failure;
  /** The message if the run left none of its own. */
  readonly failed: string;
  readonly failedSuggestion: string;
};

const messages: Readonly<Record<RunLocation, FailureMessages>> = {
  cloud: {
    gone: {
      code: 'agent_gone',
      message: 'Cursor no longer knows this agent: it was deleted or has expired.',
      suggestion: 'Retry the agent; this starts a new one.',
    },
    silent: {
      code: 'silent_24h',
      message:
        'There was no sign of life from the run for more than 24 hours, and Cursor cannot be reached now.',
      suggestion:
        'Reconnect to ask Cursor again; if the run finished after all, the session continues.',
    },
    silentLaunch: {
      code: 'silent_24h',
      message:
        'Cursor has not responded to the launch for more than 24 hours, and cannot be reached now.',
      suggestion:
        'Reconnect to ask Cursor again; if the agent exists after all, Cerevisor follows it.',
    },
    neverCreated: {
      code: 'cancelled_before_creation',
      message: 'Cancelled before Cursor created the agent.',
    },
    neverSent: {
      code: 'cancelled_before_sending',
      message: 'Cancelled before the follow-up reached Cursor.',
    },
    unconfirmedCancel: {
      code: 'cancel_unconfirmed',
      message:
        'Cursor did not confirm the cancellation; the agent may still be running and billed.',
      suggestion: "Open the agent's page on Cursor and stop it there, or cancel again.",
    },
    expired: {
      code: 'run_expired',
      message: 'The run expired on Cursor before it finished.',
      suggestion: 'Retry the agent; pushed commits stay on its branch.',
    },
    failed: 'The run failed. Cursor gave no reason.',
    failedSuggestion: "Open the agent's page on Cursor to see its conversation, then retry.",
  },
  'this-machine': {
    gone: {
      code: 'agent_gone',
      message: 'The log of this agent is no longer on this machine.',
      suggestion: 'Retry the agent; its committed work stays on its branch.',
    },
    silent: {
      code: 'silent_24h',
      message:
        'There was no sign of life from the agent for more than 24 hours, and the process that runs agents on this machine does not respond.',
      suggestion:
        'Run `cerevisor doctor`, then reconnect; if the agent finished after all, the session continues.',
    },
    silentLaunch: {
      code: 'silent_24h',
      message:
        'The agent could not be started for more than 24 hours, because the process that runs agents on this machine does not respond.',
      suggestion: 'Run `cerevisor doctor`, then reconnect.',
    },
    neverCreated: {
      code: 'cancelled_before_creation',
      message: 'Cancelled before the agent was started.',
    },
    neverSent: {
      code: 'cancelled_before_sending',
      message: 'Cancelled before the follow-up was sent.',
    },
    unconfirmedCancel: {
      code: 'cancel_unconfirmed',
      message: 'It could not be confirmed that the agent has stopped; it may still be running.',
      suggestion: 'Cancel again, or stop all agents on this machine with `cerevisor stop --all`.',
    },
    expired: {
      code: 'run_expired',
      message: 'The agent was stopped because it took too long.',
      suggestion: 'Retry the agent; its committed work stays on its branch.',
    },
    failed: 'The agent failed and gave no reason.',
    failedSuggestion: 'Read its transcript, then retry the agent.',
  },
};

export const failureMessages = (runtime: RuntimeId): FailureMessages =>
  messages[locationOf(runtime)];
