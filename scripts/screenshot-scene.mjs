// The sessions that the screenshots show. All of them really run, on the rehearsal cloud or in a repository created for
// them.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runGitInUserRepository } from '../src/lib/git.ts';
import { cerevisorAuthor } from '../src/lib/git-client.ts';
import { sampleRepository, workflowOf } from '../testing/browser/workflows.ts';

const exampleText = (name) =>
  readFileSync(new URL(`../examples/${name}.cerevisor`, import.meta.url), 'utf8');
const rehearse = (...steps) => ['```rehearse', ...steps, '```'].join('\n');
const talk = [
  'think The cart keeps its items in the session, so saving for later needs a list of its own.',
  'read README.md',
  'say "## Saving a product for later\\n\\nThe cart lives in `src/cart.js`. Three places change:\\n\\n- the **store** gets a list per customer\\n- the cart page gets a button\\n- a page of its own shows the list\\n"',
  'artifact plan.md "# Plan"',
].join('\n');

/** Polls until a condition holds. */
async function waitUntil(condition) {
  for (let tries = 0; tries < 960; tries += 1) {
    if (await condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  throw new Error('The scene was not ready within four minutes.');
}

/** Prepares sessions in every state that a user can see. */
export async function prepareScene(client, home) {
  const file = await writeWorkflowFiles(client, home);
  const cloud = await startInCloud(client);
  const shop = await makeShop(home);
  const local = await startLocally(client, shop);
  const flow = await runControlFlow(client, shop);
  await waitUntil(async () => (await client.session(cloud.failed)).status === 'failed');
  await waitUntil(async () => (await client.session(cloud.finished)).status === 'finished');
  await waitUntil(
    async () => (await client.session(cloud.running)).agents[1]?.status === 'running',
  );
  await waitUntil(async () => (await client.session(local.changed)).status === 'finished');
  await waitUntil(async () => (await client.session(local.asking)).requests.length === 2);
  await waitUntil(async () => (await client.session(local.enhancing)).questions.length === 1);
  await client.addProvider({
    type: 'openai-compatible',
    name: 'Ollama',
    baseUrl: 'http://localhost:11434/v1',
    defaultModel: 'qwen3-coder',
  });
  return { file, ...cloud, ...local, ...flow };
}

/** Writes workflow files as a user would store them. The file that is opened last is shown in the screenshots. */
async function writeWorkflowFiles(client, home) {
  mkdirSync(join(home, 'workflows'));
  let file = '';
  for (const name of ['release-notes', 'feature-in-three-waves']) {
    file = join(home, 'workflows', `${name}.cerevisor`);
    writeFileSync(file, exampleText(name));
    await client.readFile(file);
  }
  return file;
}

async function startInCloud(client) {
  const start = async (workflow) => (await client.start({ workflow })).sessionId;
  return {
    failed: await start(
      workflowOf('Bug hunt', [
        { id: 'find', name: 'Finder', script: talk },
        { id: 'fix', name: 'Fixer', script: 'fail The tests of the cart fail: 3 of 41.' },
        { id: 'check', name: 'Checker', script: 'say Checked.' },
      ]),
    ),
    finished: await start(JSON.parse(exampleText('release-notes'))),
    running: await start(
      workflowOf('Feature in three waves', [
        { id: 'plan', name: 'Planner', script: talk },
        { id: 'build', name: 'Builder', script: `${talk}\nwait 30m` },
        { id: 'review', name: 'Reviewer', script: 'say Reviewed.' },
      ]),
    ),
  };
}

/** A user's small repository, with one uncommitted file. */
async function makeShop(home) {
  const shop = join(home, 'shop');
  mkdirSync(join(shop, 'src'), { recursive: true });
  const git = async (...words) => {
    const { exitCode, stderr } = await runGitInUserRepository(words, {
      cwd: shop,
      variables: cerevisorAuthor,
    });
    if (exitCode !== 0) throw new Error(`git ${words[0]} failed: ${stderr}`);
  };
  writeFileSync(join(shop, 'README.md'), '# Shop\n\nA small shop.\n');
  writeFileSync(
    join(shop, 'src', 'cart.js'),
    'export function total(items) {\n  return items.reduce((sum, item) => sum + item.price, 0);\n}\n',
  );
  await git('init', '-q', '-b', 'main');
  await git('add', '-A');
  await git('commit', '-q', '-m', 'Start');
  writeFileSync(join(shop, 'notes.txt'), 'Ask about discounts.\n');
  return shop;
}

/** A workflow for a local run. An agent may have a task that is more readable in a screenshot. */
function localWorkflow(name, agents, settings = {}) {
  const workflow = workflowOf(name, agents);
  const withTasks = workflow.agents.map((agent, place) => ({
    ...agent,
    instructions: agent.instructions.replace(
      'Do your part.',
      agents[place].task ?? 'Do your part.',
    ),
  }));
  return { ...workflow, agents: withTasks, settings: { runMode: 'local', ...settings } };
}

async function startLocally(client, shop) {
  const start = async (workflow) =>
    (await client.start({ workflow, folder: shop, confirmed: [] })).sessionId;
  const localFile = join(shop, 'save-for-later.cerevisor');
  const agents = [
    {
      id: 'plan',
      name: 'Planner',
      script: 'write docs/plan.md "# Plan\\n\\n- a list per customer"\nsay Planned.',
    },
    {
      id: 'build',
      name: 'Builder',
      script:
        'write src/cart.js "export function total(items, discount = 0) {\\n  const full = items.reduce((sum, item) => sum + item.price, 0);\\n  return full * (1 - discount);\\n}"\nwrite src/saved.js "/** Products kept for later. */\\nexport const saved = new Map();"\nsay Built.',
    },
  ];
  const workflow = localWorkflow('Save for later', agents);
  writeFileSync(
    localFile,
    JSON.stringify({
      ...workflow,
      settings: { ...workflow.settings, local: { setup: ['npm ci'] } },
    }),
  );
  const tests = [1, 2, 3].map((n) => `echo "ok ${n} - total of a cart with ${n} in it"`);
  const printingTests = `run ${tests.join(' && ')} && sleep 1800`;
  return {
    localFile,
    changed: await start(workflow),
    printingTests: await start(
      localWorkflow('Test the cart', [{ id: 'test', name: 'Tester', script: printingTests }]),
    ),
    asking: await start(askingWorkflow()),
    enhancing: await start(enhancedWorkflow()),
  };
}

/** Two agents that request permission before each command. */
function askingWorkflow() {
  const agents = [
    { id: 'pay', name: 'Builder', script: 'run npm install --save stripe' },
    { id: 'test', name: 'Tester', script: 'run npm test' },
  ];
  const settings = { providerId: 'openai-compatible', permissions: { execution: 'ask' } };
  return { ...localWorkflow('Add payments', agents, settings), connections: [] };
}

/** A builder that fails until a planner improves its instructions. */
function enhancedWorkflow() {
  const instructions =
    'Add discount codes to the cart. A code that is unknown or used twice is an error that the customer can read. Run the whole suite before you finish.';
  const edits = [{ kind: 'update-agent', agentId: 'build', set: { instructions } }];
  const summary = 'The instructions now say what counts as an error, and which tests to run.';
  const plannerInstructions = rehearse(`propose ${JSON.stringify({ summary, edits })}`);
  const agents = [
    {
      id: 'build',
      name: 'Builder',
      task: 'Add discount codes to the cart.',
      script: 'fail 2 of 41 tests fail: a code can be used twice.',
    },
    { id: 'describe', name: 'Documenter', script: 'say Described.' },
  ];
  const loopAndEnhance = { enabled: true, pauseBetweenRounds: true, plannerInstructions };
  return localWorkflow('Discount codes', agents, { loopAndEnhance });
}

/** Runs a workflow with a loop, a condition and an approval gate until the gate asks its question. */
async function runControlFlow(client, shop) {
  const agent = (id, name, instructions, x, y) => ({ id, name, instructions, position: { x, y } });
  const workflow = {
    version: '1.0',
    id: 'release-with-review',
    name: 'Release with review',
    agents: [
      agent(
        'write',
        'Writer',
        `Write the release notes for the people who use the product, from what was merged since the last version.\n\n${rehearse('write draft.md "# Release notes"', 'say "The notes are written."')}`,
        80,
        180,
      ),
      agent(
        'review',
        'Reviewer',
        `Check every statement and every link of the notes, and say what is left to fix before they go out.\n\n${rehearse(
          'say "Every statement is right, and every link works."',
          'decide again no until round 3 "A link is broken."',
          'decide bug no "All tests pass."',
        )}`,
        420,
        180,
      ),
      agent('fix', 'Fixer', 'Fix what the reviewer found.', 760, 60),
      agent('publish', 'Publisher', 'Publish the notes.', 760, 300),
    ],
    connections: [
      { id: 'draft', source: 'write', target: 'review', handoffFormat: 'full-output' },
      {
        id: 'again',
        source: 'review',
        target: 'write',
        flowType: 'loop',
        loopCondition: 'Nothing is left to fix.',
        maxIterations: 4,
      },
      {
        id: 'bug',
        source: 'review',
        target: 'fix',
        flowType: 'conditional',
        condition: 'A test fails.',
        label: 'bug',
      },
      {
        id: 'gate',
        source: 'review',
        target: 'publish',
        flowType: 'approval-gate',
        approvalPrompt: 'May the notes go out?',
      },
    ],
    settings: { runMode: 'local', cloud: { repos: [{ url: sampleRepository }] } },
  };
  const flowFile = join(shop, 'release-with-review.cerevisor');
  writeFileSync(flowFile, JSON.stringify(workflow));
  const { sessionId } = await client.start({ path: flowFile, confirmed: [] });
  await waitUntil(async () => (await client.session(sessionId)).questions.length === 1);
  return { flow: sessionId, flowFile };
}
