import { createHash } from 'node:crypto';
import { formatCommand } from '../../lib/format-command.ts';
import { requiredValues } from '../../workflow/mcp-values.ts';
import type { RuleCategory } from '../../workflow/schema/local-settings.ts';
import type { Workflow } from '../../workflow/schema.ts';

/** One thing that a workflow would do on this machine beyond letting its agents work in their own worktrees. */
export type TrustedAction = { readonly what: string; readonly details: readonly string[] };

export type TrustQuestion = {
  readonly message: string;
  readonly actions: readonly TrustedAction[];
  /** Of everything that is asked about: once it changes, the question is open again. */
  readonly content: string;
};

/**
 * Workflow files are made to be shared, so they are not trusted. What a file runs, copies, starts, opens or allows on
 * this machine is confirmed once, for exactly this content. Null when it does none of that.
 */
export function trustQuestion(
  workflow: Workflow,
  folder: { readonly path: string; readonly isOutsideOfWorkflow: boolean } | null,
): TrustQuestion | null {
  const actions = [
    ...commands(workflow),
    ...copies(workflow),
    ...outsideFolder(folder),
    ...programs(workflow),
    ...sentValues(workflow),
    ...permissions(workflow),
  ];
  if (actions.length === 0) return null;
  return {
    actions,
    message: [
      `"${oneLine(workflow.name)}" asks for more than working in separate folders:`,
      ...actions.flatMap(({ what, details }) => [
        `- ${what}`,
        ...details.map((line) => `    ${line}`),
      ]),
      'Trust this workflow on this machine?',
    ].join('\n'),
    content: contentOf(workflow, folder),
  };
}

/** Over the file's own words: what is shown of them may be cut. */
function contentOf(
  { settings: { local, mcpServers, permissions: allowed } }: Workflow,
  folder: { readonly path: string; readonly isOutsideOfWorkflow: boolean } | null,
): string {
  const { setup, copy, isolation } = local;
  const outside = folder?.isOutsideOfWorkflow === true ? folder.path : null;
  const started = mcpServers.filter(
    (server) => server.command !== undefined || requiredValues(server).length > 0,
  );
  // As it was before there were rules: what was confirmed then stays confirmed.
  const { rules, ...named } = allowed;
  const content = [setup, copy, isolation, outside, started, rules.length === 0 ? named : allowed];
  return createHash('sha256').update(JSON.stringify(content)).digest('hex');
}

function commands({ settings: { local } }: Workflow): TrustedAction[] {
  return local.setup.length === 0
    ? []
    : [
        {
          what: 'Run these commands in each working folder:',
          details: local.setup.map(formatCommand),
        },
      ];
}

function copies({ settings: { local } }: Workflow): TrustedAction[] {
  return local.copy.length === 0 || local.isolation === 'in-place'
    ? []
    : [{ what: 'Copy these ignored files for agents:', details: local.copy.map(oneLine) }];
}

function outsideFolder(
  folder: { readonly path: string; readonly isOutsideOfWorkflow: boolean } | null,
): TrustedAction[] {
  return folder?.isOutsideOfWorkflow !== true
    ? []
    : [{ what: "Work in a folder outside the workflow's repository:", details: [folder.path] }];
}

/** A server without an address is a program that is started here. Its variables may change what it does. */
function programs({ settings: { mcpServers, permissions: allowed } }: Workflow): TrustedAction[] {
  if (allowed.mcp === 'deny') return [];
  const started = mcpServers.filter(({ command }) => command !== undefined);
  if (started.length === 0) return [];
  return [
    {
      what: 'Start these programs as MCP servers:',
      details: started.map(({ name, command = '', args = [], env = {} }) =>
        formatCommand(
          [
            `${name}:`,
            ...Object.keys(env).map((variable) => `${variable}=…`),
            command,
            ...args,
          ].join(' '),
        ),
      ),
    },
  ];
}

/** Values of the person's own, which a server gets to see. */
function sentValues({ settings: { mcpServers, permissions: allowed } }: Workflow): TrustedAction[] {
  if (allowed.mcp === 'deny') return [];
  const details = mcpServers.flatMap((server) => {
    const names = requiredValues(server);
    if (names.length === 0) return [];
    return [oneLine(`${names.join(', ')} to ${server.url ?? server.name}`)];
  });
  return details.length === 0
    ? []
    : [{ what: 'Pass these stored values to MCP servers:', details }];
}

const meanings = {
  filesystemWrite: 'write files without asking, even outside the folder',
  execution: 'run commands without asking',
  network: 'use the network without asking',
  mcp: 'call MCP servers without asking',
} as const;

const ruleMeanings: Readonly<Record<RuleCategory, string>> = {
  filesystemWrite: 'write',
  execution: 'run',
  network: 'reach',
  mcp: 'call',
  read: 'read',
};

/** In place the default is to ask: a workflow that allows more than that says so itself. */
function permissions({ settings }: Workflow): TrustedAction[] {
  if (settings.local.isolation !== 'in-place') return [];
  const details: string[] = Object.entries(meanings).flatMap(([name, meaning]) =>
    settings.permissions[name] === 'allow' ? [meaning] : [],
  );
  for (const { category, pattern, decision } of settings.permissions.rules) {
    if (decision === 'allow')
      details.push(`${ruleMeanings[category]} without asking: ${oneLine(pattern)}`);
  }
  return details.length === 0 ? [] : [{ what: 'Work in the folder itself, and:', details }];
}

/** Shown in a terminal and in a dialog: what a file says never looks like lines of our own. */
function oneLine(text: string): string {
  const line = text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ').trim();
  return line.length > 500 ? `${line.slice(0, 500)}… (${line.length} characters)` : line;
}
