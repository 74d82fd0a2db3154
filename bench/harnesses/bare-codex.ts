/** `codex exec` alone: a process for each agent, which may do anything. */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bareAgents } from './bare.ts';

const { PROGRAM = '', PATH = '' } = process.env;

await bareAgents(async ({ url, prompt }, onItem) => {
  const home = mkdtempSync(join(tmpdir(), 'bare-codex-'));
  mkdirSync(join(home, 'codex'));
  const settings = [
    'model_provider="bare"',
    'model_providers.bare.name="Bare"',
    `model_providers.bare.base_url="${url}/openai/v1"`,
    'model_providers.bare.wire_api="responses"',
    'model_providers.bare.env_key="BARE_KEY"',
    'model_providers.bare.supports_websockets=false',
    'check_for_update_on_startup=false',
    'analytics.enabled=false',
    'features.plugins=false',
    'features.apps=false',
    'features.remote_plugin=false',
  ].flatMap((setting) => ['-c', setting]);
  const flags = ['--json', '--skip-git-repo-check', '--dangerously-bypass-approvals-and-sandbox'];
  const child = spawn(
    PROGRAM,
    ['exec', ...flags, '-m', 'gpt-6.1-sol', '-C', home, ...settings, prompt],
    {
      env: { PATH, HOME: home, CODEX_HOME: join(home, 'codex'), TMPDIR: home, BARE_KEY: 'k' },
      stdio: ['ignore', 'pipe', 'ignore'],
    },
  );
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    if (/"type":"item\./.test(text)) onItem();
  });
  await new Promise((resolve) => child.once('close', resolve));
});
