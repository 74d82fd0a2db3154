// Makes `src/runner/harness/codex/protocol.generated.ts`: the types of the messages that we exchange with `codex
// app-server`, as the pinned version generates them itself, without the rest.
//
//   node scripts/codex-protocol.mjs PATH_TO_CODEX
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, normalize } from 'node:path';
import { root } from '../bin/find-node.mjs';

/** The types that we send and read. */
const exchangedTypes = [
  'InitializeParams',
  'v2/ThreadStartParams',
  'v2/ThreadResumeParams',
  'v2/ThreadUnsubscribeParams',
  'v2/ThreadTurnsListParams',
  'v2/TurnStartParams',
  'v2/TurnSteerParams',
  'v2/TurnInterruptParams',
  'v2/ThreadItem',
  'v2/TurnError',
  'v2/Turn',
  'v2/ThreadTokenUsage',
  'v2/CommandExecutionRequestApprovalParams',
  'v2/CommandExecutionApprovalDecision',
  'v2/FileChangeRequestApprovalParams',
  'v2/FileChangeApprovalDecision',
  'v2/McpServerElicitationRequestParams',
  'v2/McpServerElicitationRequestResponse',
  'v2/ToolRequestUserInputParams',
  'v2/ToolRequestUserInputResponse',
];

/** Parts of these types that we never read. Each of them would require many more types. */
const opaque = new Set([
  'AdditionalContextEntry',
  'AdditionalPermissionProfile',
  'CapabilityRootLocation',
  'CollabAgentState',
  'CollaborationMode',
  'DynamicToolCallOutputContentItem',
  'DynamicToolSpec',
  'FunctionCallOutputBody',
  'McpElicitationSchema',
  'McpToolCallAppContext',
  'MemoryCitation',
  'MisalignmentErrorDetails',
  'NetworkPolicyAmendment',
  'ResponseItem',
  'SelectedCapabilityRoot',
  'ThreadResumeInitialTurnsPageParams',
  'TurnEnvironmentParams',
  'TurnToolOutput',
]);

const [codex] = process.argv.slice(2);
if (codex === undefined) throw new Error('Usage: node scripts/codex-protocol.mjs PATH_TO_CODEX');

const folder = mkdtempSync(join(tmpdir(), 'codex-protocol-'));
// Without these variables, Codex writes to the user's own ~/.codex.
const env = { PATH: process.env.PATH, HOME: folder, CODEX_HOME: folder };
const version = run('--version').trim();
run('app-server', 'generate-ts', '--experimental', '--out', join(folder, 'types'));

const declarations = new Map();
for (const name of exchangedTypes) collect(`${name}.ts`);
const target = join(root, 'src', 'runner', 'harness', 'codex', 'protocol.generated.ts');
writeFileSync(
  target,
  [
    `// Made by scripts/codex-protocol.mjs from what ${version} generates (Apache-2.0, https://github.com/openai/codex).`,
    '// Do not edit. We never read the parts that are `unknown` here.',
    ...[...declarations].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, text]) => text),
    '',
  ].join('\n\n'),
);
rmSync(folder, { recursive: true, force: true });
spawnSync('npx', ['biome', 'check', '--write', target], { cwd: root, stdio: 'inherit' });

function run(...args) {
  const result = spawnSync(codex, args, { env, encoding: 'utf8' });
  if (result.status !== 0) throw new Error(`codex ${args.join(' ')}: ${result.stderr}`);
  return result.stdout;
}

/** Collects a declaration and those that it refers to. */
function collect(path) {
  const name = path.replace(/^.*\//, '').replace(/\.ts$/, '');
  if (declarations.has(name)) return;
  if (opaque.has(name)) {
    declarations.set(name, `export type ${name} = unknown;`);
    return;
  }
  const source = readFileSync(join(folder, 'types', path), 'utf8');
  const imports = [...source.matchAll(/^import type .* from "(.+)";$/gm)].map(([, from]) => from);
  declarations.set(
    name,
    source
      .replace(/^import .*$|^\/\/.*$/gm, '')
      .replace(/\/\*\*.*?\*\//gs, '')
      .replace(/\s+/g, ' ')
      .trim(),
  );
  for (const from of imports) collect(`${normalize(join(dirname(path), from))}.ts`);
}
