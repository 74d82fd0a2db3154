import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningRehearsal, startRehearsal } from '../../rehearsal/server.ts';
import {
  type CursorCloudRuntime,
  createCursorCloudRuntime,
} from '../../src/runtimes/cursor-cloud/runtime.ts';
import type { LaunchRequest } from '../../src/runtimes/turn-requests.ts';
import { removeFolder } from '../../testing/remove-folder.ts';
import { makeRepository } from '../conformance/harness.ts';

type LedgerAgent = {
  readonly id: string;
  readonly idChosenBy: string;
  readonly metadata: object;
  readonly options: object;
  readonly repositories: readonly object[];
  readonly runs: readonly {
    readonly status: string;
    readonly mode: string;
    readonly asked: object;
  }[];
};

/** What reaches the cloud of a launch with everything, through the unmodified SDK in its host. */
describe("Cursor's options through the SDK", () => {
  let folder: string;
  let cloud: RunningRehearsal;
  let provider: CursorCloudRuntime;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'options-'));
    makeRepository(join(folder, 'repository'));
    cloud = await startRehearsal({ home: join(folder, 'home'), paceMs: 0, allowRun: true });
    provider = createCursorCloudRuntime({
      apiKey: () => 'crsr_rehearsal',
      backendUrl: cloud.url,
      isRehearsal: true,
    });
  });
  afterAll(async () => {
    await provider.close();
    await cloud.close();
    removeFolder(folder);
  });

  const launch = async (fields: Partial<LaunchRequest>) => {
    const outcome = await provider.launch({
      threadId: `bc-${randomUUID()}`,
      name: 'Reviewer',
      prompt: ['Do it.', '```rehearse', 'write a.txt x', 'say ok', '```'].join('\n'),
      repositories: [{ url: join(folder, 'repository') }],
      autoCreatePr: false,
      metadata: { mark: 'm' },
      ...fields,
    });
    if (outcome.kind !== 'launched') throw new Error(JSON.stringify(outcome));
    return outcome.turn;
  };
  const recordOf = async (agentId: string): Promise<LedgerAgent> => {
    const answer = await fetch(`${cloud.url}/rehearsal/ledger`);
    const { agents } = (await answer.json()) as { agents: LedgerAgent[] };
    const agent = agents.find(({ id }) => id === agentId);
    if (agent === undefined) throw new Error(`The ledger has no ${agentId}`);
    return agent;
  };
  const ended = async (agentId: string, runId: string) => {
    const headers = { authorization: 'Bearer k' };
    await (
      await fetch(`${cloud.url}/v1/agents/${agentId}/runs/${runId}/stream`, { headers })
    ).text();
  };

  it('are passed on: model, parameters, mode, images, subagents and flags', async () => {
    const { threadId: agentId } = await launch({
      model: 'composer-2.5',
      modelParameters: { thinking: 'high', fast: 'true' },
      mode: 'plan',
      images: [
        { url: 'https://example.invalid/a.png' },
        { data: 'aGVsbG8=', mimeType: 'image/png' },
      ],
      subagents: [
        { name: 'tester', description: 'tests', prompt: 'Test.', model: 'inherit' },
        {
          name: 'writer',
          description: 'writes',
          prompt: 'Write.',
          model: 'gpt-5.5',
          modelParameters: { reasoning: 'low' },
        },
      ],
      autoCreatePr: true,
      skipReviewerRequest: true,
      openAsCursorGithubApp: true,
    });
    const { options, runs, idChosenBy } = await recordOf(agentId);
    expect(idChosenBy).toBe('client');
    expect(runs[0]).toMatchObject({
      mode: 'plan',
      asked: {
        model: {
          id: 'composer-2.5',
          params: [
            { id: 'thinking', value: 'high' },
            { id: 'fast', value: 'true' },
          ],
        },
        images: 2,
      },
    });
    expect(options).toMatchObject({
      autoCreatePR: true,
      skipReviewerRequest: true,
      openAsCursorGithubApp: true,
      customSubagents: [
        { name: 'tester', description: 'tests', prompt: 'Test.', model: 'inherit' },
        {
          name: 'writer',
          model: { id: 'gpt-5.5', params: [{ id: 'reasoning', value: 'low' }] },
        },
      ],
    });
  });

  it('work on the branch of a pull request', async () => {
    const first = await launch({ autoCreatePr: true });
    await ended(first.threadId, first.turnId);
    const record = await provider.readTurn(first.threadId, first.turnId);
    const prUrl = record.ok ? record.value.branches[0]?.prUrl : undefined;
    const branch = record.ok ? record.value.branches[0]?.branch : undefined;
    expect(prUrl).toBeDefined();
    const second = await launch({
      prompt: ['Go on.', '```rehearse', 'write b.txt y', 'say ok', '```'].join('\n'),
      repositories: [{ url: join(folder, 'repository'), prUrl: String(prUrl) }],
      workOnCurrentBranch: true,
    });
    await ended(second.threadId, second.turnId);
    expect(await recordOf(second.threadId)).toMatchObject({
      options: { workOnCurrentBranch: true },
      repositories: [{ prUrl, workBranch: branch }],
    });
    const git = ['-C', join(folder, 'repository'), 'show', `${branch}:b.txt`];
    expect(execFileSync('git', git, { encoding: 'utf8' })).toBe('y\n');
  });

  it('include variables without our agent id, and the id from Cursor is used', async () => {
    const minted = `bc-${randomUUID()}`;
    const { threadId: agentId, turnId: runId } = await launch({
      threadId: minted,
      prompt: ['Do it.', '```rehearse', 'run echo $STAGING > seen.txt', 'say ok', '```'].join('\n'),
      variables: { STAGING: 'the-value' },
      metadata: { mark: minted },
    });
    expect(agentId).not.toBe(minted);
    await ended(agentId, runId);
    const agent = await recordOf(agentId);
    expect(agent).toMatchObject({
      idChosenBy: 'server',
      metadata: { mark: minted },
      runs: [{ status: 'FINISHED', asked: { variables: ['STAGING'] } }],
    });
    const record = await provider.readTurn(agentId, runId);
    const branch = record.ok ? record.value.branches[0]?.branch : undefined;
    const git = ['-C', join(folder, 'repository'), 'show', `${branch}:seen.txt`];
    expect(execFileSync('git', git, { encoding: 'utf8' })).toBe('the-value\n');
  });

  it('change model and mode with a follow-up', async () => {
    const { threadId: agentId, turnId: runId } = await launch({ mode: 'plan' });
    await ended(agentId, runId);
    const outcome = await provider.followUp({
      threadId: agentId,
      followUpId: 'f_1',
      purpose: 'message',
      prompt: ['Now do it.', '```rehearse', 'say done', '```'].join('\n'),
      knownTurnIds: [runId],
      model: 'gpt-5.5',
      modelParameters: { reasoning: 'high' },
      mode: 'agent',
    });
    if (outcome.kind !== 'launched') throw new Error(JSON.stringify(outcome));
    await ended(agentId, outcome.turn.turnId);
    expect((await recordOf(agentId)).runs[1]).toMatchObject({
      mode: 'agent',
      asked: { model: { id: 'gpt-5.5', params: [{ id: 'reasoning', value: 'high' }] } },
    });
  });

  it('include the parameters of the models', async () => {
    const models = await provider.models();
    const composer = models.ok ? models.value.find(({ id }) => id === 'composer-2.5') : undefined;
    expect(composer?.parameters).toContainEqual({ id: 'fast', values: ['false', 'true'] });
  });

  it('are refused with the name of an invalid parameter', async () => {
    const launching = launch({ model: 'composer-2.5', modelParameters: { speed: 'x' } });
    await expect(launching).rejects.toThrow(/has no parameter 'speed'/);
  });
});
