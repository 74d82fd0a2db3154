import type { AddCommand } from './commands/command.ts';

/** A command before it is loaded: as much as the list of all commands shows. A test holds it against the command. */
export type ListedCommand = {
  readonly name: string;
  readonly args: string;
  readonly description: string;
  readonly load: () => Promise<AddCommand>;
  /** Not shown in any list. */
  readonly isHidden?: boolean;
};

type Group = { readonly heading: string; readonly commands: readonly ListedCommand[] };

/** Every command. One run of the program needs one of them, so that only that one is loaded. */
export const commandList: readonly Group[] = [
  {
    heading: 'Run and watch:',
    commands: [
      {
        name: 'run',
        args: '<file>',
        description: 'run a workflow and watch it; the run goes on when you stop watching',
        load: async () => (await import('./commands/run.ts')).addRun,
      },
      {
        name: 'reconnect',
        args: '<session>',
        description: 'ask Cursor how a session stands, carry on with it, and watch it',
        load: async () => (await import('./commands/reconnect.ts')).addReconnect,
      },
      {
        name: 'cancel',
        args: '<session>',
        description: 'cancel a session or one of its agents, and wait until Cursor confirms it',
        load: async () => (await import('./commands/cancel.ts')).addCancel,
      },
      {
        name: 'retry',
        args: '<session>',
        description:
          'try a failed agent again, as a new attempt; finished agents are not run again',
        load: async () => (await import('./commands/retry.ts')).addRetry,
      },
      {
        name: 'follow-up',
        args: '<session> <text>',
        description: 'send another prompt to an agent that has ended its run',
        load: async () => (await import('./commands/retry.ts')).addFollowUp,
      },
    ],
  },
  {
    heading: 'Look:',
    commands: [
      {
        name: 'sessions',
        args: '',
        description: 'list cloud sessions, those that need you first',
        load: async () => (await import('./commands/sessions.ts')).addSessions,
      },
      {
        name: 'show',
        args: '<session>',
        description: 'show one session whole: agents, results, branches, hand-offs, usage',
        load: async () => (await import('./commands/show.ts')).addShow,
      },
      {
        name: 'logs',
        args: '<session>',
        description: 'read what the agents said and did',
        load: async () => (await import('./commands/logs.ts')).addLogs,
      },
      {
        name: 'artifacts',
        args: '<session>',
        description: 'list what the agents left behind and where it is on this machine',
        load: async () => (await import('./commands/artifacts.ts')).addArtifacts,
      },
      {
        name: 'export',
        args: '<session>',
        description: 'write all that is known of a session to a zip file, keys left out',
        load: async () => (await import('./commands/export.ts')).addExport,
      },
    ],
  },
  {
    heading: 'Tidy up:',
    commands: [
      {
        name: 'dismiss',
        args: '[session...]',
        description:
          'take settled sessions off the list; their files stay, and restore brings them back',
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
          "list agents on Cursor that Cerevisor started and that this machine's journal does not know",
        load: async () => (await import('./commands/orphans.ts')).addOrphans,
      },
      {
        name: 'adopt',
        args: '<cursor-agent>',
        description: 'make a session out of such an agent',
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
        description: 'write a first workflow for the repository in this folder',
        load: async () => (await import('./commands/init.ts')).addInit,
      },
      {
        name: 'validate',
        args: '<file>',
        description:
          'name every problem of a workflow at once; needs neither a daemon nor the network',
        load: async () => (await import('./commands/validate.ts')).addValidate,
      },
      {
        name: 'rehearse',
        args: '',
        description:
          "run the rehearsal cloud here: Cursor's API with real git work, no account, no cost",
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
        description: 'open the app in the browser, as cerevisor alone does',
        load: async () => (await import('./commands/open.ts')).addOpen,
      },
      {
        name: 'start',
        args: '',
        description:
          'start Cerevisor in the background; it carries on with every session that is not settled',
        load: async () => (await import('./commands/start.ts')).addStart,
      },
      {
        name: 'stop',
        args: '',
        description: 'stop Cerevisor; cloud agents go on, and the next start carries on with them',
        load: async () => (await import('./commands/stop.ts')).addStop,
      },
      {
        name: 'status',
        args: '',
        description: 'show whether Cerevisor runs, and how it, its journal and Cursor are',
        load: async () => (await import('./commands/status.ts')).addStatus,
      },
      {
        name: 'doctor',
        args: '',
        description: 'check everything a session needs, and say what to do about what is missing',
        load: async () => (await import('./commands/doctor.ts')).addDoctor,
      },
      {
        name: 'license',
        args: '',
        description: 'show, activate or remove the licence',
        load: async () => (await import('./commands/license.ts')).addLicense,
      },
      {
        name: 'auth',
        args: '',
        description: "set, show or remove Cursor's API key",
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
        description: 'list what may stand at the end of a command line',
        load: async () => (await import('./commands/completion.ts')).addComplete,
        isHidden: true,
      },
    ],
  },
];
