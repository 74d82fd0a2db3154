import { createHash } from 'node:crypto';
import { formatCommand } from '../../lib/format-command.ts';
import { requiredValues } from '../../workflow/mcp-values.ts';
import type { RuleCategory } from '../../workflow/schema/local-settings.ts';
import type { Workflow } from '../../workflow/schema.ts';

/** An action of a workflow on this machine that needs trust, beyond agents working in their own worktrees. */
export type TrustedAction = { readonly what: string; readonly details: readonly string[] };

export type TrustQuestion = {
  readonly message: string;
  readonly actions: readonly TrustedAction[];
  /** Hash of everything that is confirmed. If it changes, the question is asked again. */
  readonly content: string;
};

/**
 * Workflow files are shared, so they are not trusted. What a file runs, copies, starts, opens or allows on this machine is
 * confirmed once for its exact content. Null if there is nothing to confirm.
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

/** Hashes the original values, because the displayed ones may be truncated. */
function contentOf(
  { settings: { local, mcpServers, permissions: allowed } }: Workflow,
  folder: { readonly path: string; readonly isOutsideOfWorkflow: boolean } | null,
): string {
  const { setup, copy, isolation } = local;
  const outside = folder?.isOutsideOfWorkflow === true ? folder.path : null;
  const started = mcpServers.filter(
    (server) => server.command !== undefined || requiredValues(server).length > 0,
  );
  // Without rules, the hash is the same as before rules existed, so that earlier confirmations stay valid.
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

/** Programs that are started as MCP servers. Their variables are shown, because they may change what a program does. */
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

/** The user's stored values that are passed to MCP servers. */
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

/** In place, the default is to ask, so whatever the workflow allows must be confirmed. */
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

/** Shows a value on one line, so that text of the file cannot imitate our own lines. */
function oneLine(text: string): string {
  const line = text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ').trim();
  return line.length > 500 ? `${line.slice(0, 500)}… (${line.length} characters)` : line;
}
