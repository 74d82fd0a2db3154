import type { AddCommand } from './commands/command.ts';

/** The description of a command before it is loaded. A test compares it with the command itself. */
export type ListedCommand = {
  readonly name: string;
  readonly args: string;
  readonly description: string;
  readonly load: () => Promise<AddCommand>;
  /** Not shown in any list. */
  readonly isHidden?: boolean;
};

type Group = { readonly heading: string; readonly commands: readonly ListedCommand[] };

/** All commands. Only the one that is called is loaded. */
export const commandList: readonly Group[] = [
  {
    heading: 'Run and watch:',
    commands: [
      {
        name: 'run',
        args: '<file>',
        description: 'run a workflow and watch it; if you stop watching, the session continues',
        load: async () => (await import('./commands/run.ts')).addRun,
      },
      {
        name: 'reconnect',
        args: '<session>',
        description: 'ask Cursor for the state of a session, continue it, and watch it',
        load: async () => (await import('./commands/reconnect.ts')).addReconnect,
      },
      {
        name: 'cancel',
        args: '<session>',
        description: 'cancel a session or one of its agents, and wait until it is confirmed',
        load: async () => (await import('./commands/cancel.ts')).addCancel,
      },
      {
        name: 'approve',
        args: '<session>',
        description: 'approve a hand-off or a plan, or say that a condition holds',
        load: async () => (await import('./commands/answer.ts')).addApprove,
      },
      {
        name: 'reject',
        args: '<session>',
        description: 'reject what a session asks about, or request changes',
        load: async () => (await import('./commands/answer.ts')).addReject,
      },
      {
        name: 'answer',
        args: '<session> <request> <decision>',
        description: 'allow or deny a tool call that is waiting for permission',
        load: async () => (await import('./commands/answer-request.ts')).addAnswer,
      },
      {
        name: 'feedback',
        args: '<session> <text>',
        description: 'say what the next round of Loop & Enhance should improve',
        load: async () => (await import('./commands/feedback.ts')).addFeedback,
      },
      {
        name: 'budget',
        args: '<session>',
        description: 'show or change the budget of a session; raising it lets the session continue',
        load: async () => (await import('./commands/budget.ts')).addBudget,
      },
      {
        name: 'retry',
        args: '<session>',
        description: 'retry a failed agent in a new attempt; completed agents are not run again',
        load: async () => (await import('./commands/retry.ts')).addRetry,
      },
      {
        name: 'follow-up',
        args: '<session> <text>',
        description: 'send another prompt to an agent whose run has ended',
        load: async () => (await import('./commands/retry.ts')).addFollowUp,
      },
    ],
  },
  {
    heading: 'Inspect:',
    commands: [
      {
        name: 'sessions',
        args: '',
        description: 'list sessions, local and cloud; those that need you come first',
        load: async () => (await import('./commands/sessions.ts')).addSessions,
      },
      {
        name: 'show',
        args: '<session>',
        description: 'show one session in full: agents, results, branches, hand-offs, usage',
        load: async () => (await import('./commands/show.ts')).addShow,
      },
      {
        name: 'logs',
        args: '<session>',
        description: 'read what the agents said and did',
        load: async () => (await import('./commands/logs.ts')).addLogs,
      },
      {
        name: 'diff',
        args: '<session>',
        description: 'show what the agents of a session changed',
        load: async () => (await import('./commands/diff.ts')).addDiff,
      },
      {
        name: 'apply',
        args: '<session>',
        description: 'apply the changes of a session to your folder',
        load: async () => (await import('./commands/apply.ts')).addApply,
      },
      {
        name: 'artifacts',
        args: '<session>',
        description: 'list the artifacts of a session and where they are on this machine',
        load: async () => (await import('./commands/artifacts.ts')).addArtifacts,
      },
      {
        name: 'export',
        args: '<session>',
        description: 'export everything about a session to a zip file, without keys',
        load: async () => (await import('./commands/export.ts')).addExport,
      },
    ],
  },
  {
    heading: 'Clean up:',
    commands: [
      {
        name: 'dismiss',
        args: '[session...]',
        description:
          'remove settled sessions from the list; their files are kept, and restore puts them back',
        load: async () => (await import('./commands/dismiss.ts')).addDismiss,
      },
      {
        name: 'restore',
        args: '<session...>',
        description: 'put dismissed sessions back on the list',
        load: async () => (await import('./commands/dismiss.ts')).addRestore,
      },
      {
        name: 'orphans',
        args: '',
        description:
          "list agents on Cursor that Cerevisor started but that are not in this machine's journal",
        load: async () => (await import('./commands/orphans.ts')).addOrphans,
      },
      {
        name: 'adopt',
        args: '<cursor-agent>',
        description: 'create a session from such an agent',
        load: async () => (await import('./commands/orphans.ts')).addAdopt,
      },
    ],
  },
  {
    heading: 'Workflows:',
    commands: [
      {
        name: 'init',
        args: '[file]',
        description: 'create a first workflow for the repository in this folder',
        load: async () => (await import('./commands/init.ts')).addInit,
      },
      {
        name: 'save-workflow',
        args: '<session>',
        description: 'save a workflow as Loop & Enhance edited it, into its file or a new one',
        load: async () => (await import('./commands/save-workflow.ts')).addSaveWorkflow,
      },
      {
        name: 'validate',
        args: '<file>',
        description:
          'report all problems of a workflow at once; needs neither the daemon nor the network',
        load: async () => (await import('./commands/validate.ts')).addValidate,
      },
      {
        name: 'rehearse',
        args: '',
        description:
          "run the rehearsal cloud in this terminal: Cursor's API with real git work, no account, no cost",
        load: async () => (await import('./commands/rehearse.ts')).addRehearse,
      },
    ],
  },
  {
    heading: 'Cerevisor itself:',
    commands: [
      {
        name: 'open',
        args: '',
        description: 'open the app in the browser, like cerevisor without a command',
        load: async () => (await import('./commands/open.ts')).addOpen,
      },
      {
        name: 'start',
        args: '',
        description:
          'start Cerevisor in the background; it continues every session that has not settled',
        load: async () => (await import('./commands/start.ts')).addStart,
      },
      {
        name: 'stop',
        args: '',
        description: 'stop Cerevisor; agents continue, and the next start picks them up again',
        load: async () => (await import('./commands/stop.ts')).addStop,
      },
      {
        name: 'status',
        args: '',
        description:
          'show whether Cerevisor is running, and the state of its journal and of Cursor',
        load: async () => (await import('./commands/status.ts')).addStatus,
      },
      {
        name: 'doctor',
        args: '',
        description: 'check everything that a session needs, and say how to fix what is missing',
        load: async () => (await import('./commands/doctor.ts')).addDoctor,
      },
      {
        name: 'license',
        args: '',
        description: 'show, activate or remove the license',
        load: async () => (await import('./commands/license.ts')).addLicense,
      },
      {
        name: 'providers',
        args: '',
        description: 'list, add, change and test the providers that run agents',
        load: async () => (await import('./commands/providers.ts')).addProviders,
      },
      {
        name: 'auth',
        args: '',
        description: 'set, show or remove the API key of Cursor or of another provider',
        load: async () => (await import('./commands/auth.ts')).addAuth,
      },
      {
        name: 'completion',
        args: '<shell>',
        description: 'print a script that completes commands, sessions and agents in your shell',
        load: async () => (await import('./commands/completion.ts')).addCompletion,
      },
      {
        name: 'complete',
        args: '[words...]',
        description: 'list possible completions of a command line',
        load: async () => (await import('./commands/completion.ts')).addComplete,
        isHidden: true,
      },
    ],
  },
];
