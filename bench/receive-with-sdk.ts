/**
 * The baseline: `run.stream()` of the SDK. With `RECORDS`, every message also updates one of that number of run records
 * in `conf`, as the specification describes it. Prints the number of messages and the processor time.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const records = Number(process.env.RECORDS ?? 0);
const limit = Number(process.env.LIMIT ?? Number.POSITIVE_INFINITY);
const folder = mkdtempSync(join(tmpdir(), 'cerevisor-bench-'));
const store = records === 0 ? null : await openStore();

const { Agent } = await import('@cursor/sdk');
const agent = await Agent.create({ apiKey: 'crsr_bench', cloud: { repos: [] } });
const run = await agent.send('Work.');
const before = process.cpuUsage();
let messages = 0;
for await (const message of run.stream()) {
  messages += 1;
  store?.set('records.run-0', { ...recordOf(0), lastEventAt: Date.now(), lastType: message.type });
  if (messages >= limit) break;
}
const used = process.cpuUsage(before);
const cpuSeconds = (used.user + used.system) / 1e6;
rmSync(folder, { recursive: true, force: true });
console.log(JSON.stringify({ messages, cpuSeconds }));
process.exit(0);

async function openStore() {
  const { default: Conf } = await import('conf');
  const opened = new Conf<Record<string, unknown>>({
    cwd: folder,
    configName: 'cerevisor-cloud-runs',
    projectName: 'bench',
  });
  opened.set(
    'records',
    Object.fromEntries(
      Array.from({ length: records }, (_, index) => [`run-${index}`, recordOf(index)]),
    ),
  );
  return opened;
}

/** About 700 bytes, like a run record with its repositories and artifacts. */
function recordOf(index: number) {
  return {
    sessionId: `s_${index}`,
    workflowId: 'workflow',
    agentId: `agent-${index}`,
    threadId: `bc-00000000-0000-4000-8000-${String(index).padStart(12, '0')}`,
    runId: 'run-00000000-0000-4000-8000-000000000001',
    repos: [{ url: 'https://github.com/example/repository', startingRef: 'main' }],
    status: 'running',
    startedAt: 1_790_000_000_000,
    lastEventAt: 1_790_000_000_000,
    artifacts: Array.from({ length: 4 }, (_, file) => ({
      path: `artifacts/file-${file}.md`,
      sizeBytes: 1234,
    })),
  };
}
