import { expect, it } from 'vitest';
import { sampleWorkflow } from '../../../testing/sample-workflow.ts';
import type { ProviderState } from '../context.ts';
import { providerProblems, usesCursor } from './provider-problems.ts';

const choices = {
  claude: { id: 'claude', name: 'Claude', runtime: 'claude' },
  proxy: { id: 'proxy', name: 'Proxy', runtime: 'openai-compatible' },
} as const;

type Parts = NonNullable<Parameters<typeof sampleWorkflow>[0]>;

const foundFor = async (parts: Parts, state: Partial<ProviderState>) => {
  const providerState = async () => ({ failure: null, models: null, needsModel: false, ...state });
  const providers = { defaultId: 'cursor-agent', choices };
  const plan = { workflow: sampleWorkflow(parts), providers };
  const problems = await providerProblems({ providerState }, plan);
  return problems.map(({ severity, code, pointer }) => `${severity} ${code} ${pointer}`);
};

const loopAndEnhance = { enabled: true, plannerProviderId: 'claude', plannerModel: 'nonsense' };

it("checks the planner's model like those of agents", async () => {
  const agents = [{ id: 'a', providerId: 'claude', model: 'opus' }];
  const models = ['opus', 'sonnet'];
  expect(await foundFor({ agents, settings: { loopAndEnhance } }, { models })).toEqual([
    'warning model_not_listed settings.loopAndEnhance.plannerModel',
  ]);
  const off = { loopAndEnhance: { ...loopAndEnhance, enabled: false } };
  expect(await foundFor({ agents, settings: off }, { models })).toEqual([]);
});

it('reports missing models of agents and of the planner', async () => {
  const agents = [{ id: 'a', providerId: 'proxy' }];
  const settings = { loopAndEnhance: { enabled: true, plannerProviderId: 'proxy' } };
  expect(await foundFor({ agents, settings }, { needsModel: true })).toEqual([
    'error model_missing agents[0].model',
    'error model_missing settings.loopAndEnhance.plannerModel',
  ]);
});

it("reports that the planner's provider is not usable", async () => {
  const failure = { code: 'key_missing', message: 'It has no key.' };
  expect(await foundFor({ settings: { loopAndEnhance } }, { failure })).toEqual([
    'error key_missing settings.loopAndEnhance.plannerProviderId',
  ]);
});

it('uses the Cursor account if only the planner runs on Cursor', () => {
  const agents = [{ id: 'a', providerId: 'claude' }];
  const planner = { enabled: true, plannerProviderId: 'cursor-agent' };
  const workflow = (settings: Parts['settings']) => ({
    workflow: sampleWorkflow({ agents, ...(settings === undefined ? {} : { settings }) }),
  });
  expect(usesCursor(workflow({}))).toBe(false);
  expect(usesCursor(workflow({ loopAndEnhance: planner }))).toBe(true);
});
