import { describe, expect, it } from 'vitest';
import { parseWorkflow, workflowFrom } from '../parse.ts';
import { validateWorkflow } from '../validate.ts';

const repo = { url: 'https://github.com/acme/shop' };

function documentWith(agent: object, cloud: object = {}) {
  return {
    version: '1.0',
    id: 'w',
    name: 'W',
    agents: [{ id: 'a', name: 'A', instructions: 'Do it.', ...agent }],
    settings: { runMode: 'cloud', cloud: { repos: [repo], ...cloud } },
  };
}

function codesOf(document: object): string[] {
  const read = workflowFrom(document);
  const problems = read.ok ? validateWorkflow(read.workflow) : read.problems;
  return problems.map(({ code, path }) => `${code} ${path.join('.')}`);
}

const ofAgent = (agent: object) => codesOf(documentWith(agent));
const ofCloud = (cloud: object) => codesOf(documentWith({}, cloud));
const subagent = { name: 'tester', description: 'tests', prompt: 'Test it.' };

describe("Cursor's options in a workflow", () => {
  it('are accepted in valid combinations', () => {
    const agent = {
      model: 'composer-2.5',
      modelParameters: { thinking: 'high' },
      mode: 'plan',
      images: [{ url: 'https://e.invalid/a.png' }, { data: 'aGVsbG8=', mimeType: 'image/png' }],
      subagents: [{ ...subagent, model: 'gpt-5.5', modelParameters: { reasoning: 'high' } }],
    };
    const cloud = {
      repos: [{ ...repo, prUrl: 'https://github.com/acme/shop/pull/7' }],
      workOnCurrentBranch: true,
      envVars: ['STAGING_TOKEN', '_x'],
    };
    expect(codesOf(documentWith(agent, cloud))).toEqual([]);
    const opening = { autoCreatePR: true, skipReviewerRequest: true, openAsCursorGithubApp: true };
    expect(ofCloud(opening)).toEqual([]);
  });

  it.each<[string, object, string]>([
    [
      'parameters without a model',
      { modelParameters: { thinking: 'high' } },
      'model_parameters_without_model agents.0.modelParameters',
    ],
    [
      'a parameter without a value',
      { model: 'm', modelParameters: { thinking: ' ' } },
      'model_parameter_blank agents.0.modelParameters.thinking',
    ],
    [
      'a number as value',
      { model: 'm', modelParameters: { thinking: 3 } },
      'wrong_type agents.0.modelParameters.thinking',
    ],
    ['an unknown mode', { mode: 'ask' }, 'unknown_value agents.0.mode'],
    [
      'six pictures',
      { images: Array.from({ length: 6 }, () => ({ url: 'https://e.invalid' })) },
      'too_many_images agents.0.images',
    ],
    [
      'a picture given twice',
      { images: [{ url: 'https://e.invalid', data: 'aa', mimeType: 'image/png' }] },
      'image_malformed agents.0.images.0',
    ],
    ['a picture without a type', { images: [{ data: 'aa' }] }, 'image_malformed agents.0.images.0'],
    [
      'a picture of a file',
      { images: [{ url: 'file:///etc/passwd' }] },
      'image_malformed agents.0.images.0',
    ],
    [
      'a vector drawing',
      { images: [{ data: 'aa', mimeType: 'image/svg+xml' }] },
      'image_malformed agents.0.images.0',
    ],
    [
      'a picture that is no Base64',
      { images: [{ data: 'a b', mimeType: 'image/png' }] },
      'image_malformed agents.0.images.0',
    ],
    [
      'a large picture',
      { images: [{ data: 'a'.repeat(1_500_000), mimeType: 'image/png' }] },
      'image_too_large agents.0.images.0',
    ],
    [
      'a built-in subagent',
      { subagents: [{ ...subagent, name: 'Explore' }] },
      'subagent_name agents.0.subagents.0.name',
    ],
    [
      'two equal subagents',
      { subagents: [subagent, subagent] },
      'subagent_name agents.0.subagents.1.name',
    ],
    [
      'a subagent that is told nothing',
      { subagents: [{ ...subagent, prompt: '' }] },
      'subagent_text agents.0.subagents.0.prompt',
    ],
    [
      'a long description',
      { subagents: [{ ...subagent, description: 'x'.repeat(1_001) }] },
      'subagent_text agents.0.subagents.0.description',
    ],
    [
      'parameters of an inherited model',
      { subagents: [{ ...subagent, model: 'inherit', modelParameters: { fast: 'true' } }] },
      'model_parameters_without_model agents.0.subagents.0.modelParameters',
    ],
    [
      'a subagent without a prompt',
      { subagents: [{ name: 'x', description: 'y' }] },
      'missing_field agents.0.subagents.0.prompt',
    ],
  ])('name %s', (_, agent, expected) => expect(ofAgent(agent)).toContain(expected));

  it.each<[string, object, string]>([
    [
      'pushing with a pull request',
      { workOnCurrentBranch: true, autoCreatePR: true },
      'current_branch_with_pull_request settings.cloud.workOnCurrentBranch',
    ],
    [
      'pushing to a commit',
      { workOnCurrentBranch: true, repos: [{ ...repo, startingRef: 'a'.repeat(40) }] },
      'current_branch_is_commit settings.cloud.repos.0.startingRef',
    ],
    [
      'a reviewer option alone',
      { skipReviewerRequest: true },
      'option_without_effect settings.cloud.skipReviewerRequest',
    ],
    [
      "a variable of Cursor's",
      { envVars: ['Cursor_Token'] },
      'variable_name settings.cloud.envVars.0',
    ],
    ['a variable named twice', { envVars: ['A', 'A'] }, 'variable_name settings.cloud.envVars.1'],
    ['a variable with a space', { envVars: ['A B'] }, 'variable_name settings.cloud.envVars.0'],
    [
      'a long variable name',
      { envVars: ['A'.repeat(256)] },
      'variable_name settings.cloud.envVars.0',
    ],
    [
      'too many variables',
      { envVars: Array.from({ length: 51 }, (_, n) => `A${n}`) },
      'too_many_variables settings.cloud.envVars',
    ],
    [
      'a pull request that is none',
      { repos: [{ ...repo, prUrl: '#7' }] },
      'pull_request_url_malformed settings.cloud.repos.0.prUrl',
    ],
    [
      'a pull request of another repository',
      { repos: [{ ...repo, prUrl: 'https://github.com/acme/other/pull/7' }] },
      'pull_request_of_other_repository settings.cloud.repos.0.prUrl',
    ],
    [
      'a branch beside a pull request',
      { repos: [{ ...repo, startingRef: 'main', prUrl: 'https://github.com/acme/shop/pull/7' }] },
      'starting_ref_ignored settings.cloud.repos.0.startingRef',
    ],
  ])('name %s', (_, cloud, expected) => expect(ofCloud(cloud)).toContain(expected));

  it('must not contain values of variables, which are not shown', () => {
    for (const envVars of [{ TOKEN: 'hidden-value' }, ['TOKEN=hidden-value']]) {
      const read = workflowFrom(documentWith({}, { envVars }));
      const problems = read.ok ? validateWorkflow(read.workflow) : read.problems;
      expect(problems.map(({ path }) => path.slice(0, 3).join('.'))).toContain(
        'settings.cloud.envVars',
      );
      expect(JSON.stringify(problems)).not.toContain('hidden-value');
    }
  });

  it('cause a warning if agents push to the same branch at the same time', () => {
    const document = documentWith({}, { workOnCurrentBranch: true });
    const other = { id: 'b', name: 'B', instructions: 'Do it too.' };
    const both = { ...document, agents: [...document.agents, other] };
    expect(codesOf(both)).toEqual(['current_branch_shared settings.cloud.workOnCurrentBranch']);
    expect(codesOf({ ...both, connections: [{ source: 'a', target: 'b' }] })).toEqual([]);
  });

  it('are validated with the overrides of the run', () => {
    const read = parseWorkflow(JSON.stringify(documentWith({}, { workOnCurrentBranch: true })));
    if (!read.ok) throw new Error('It is a workflow');
    const codes = (autoCreatePr: boolean) =>
      validateWorkflow(read.workflow, { mode: 'cloud', autoCreatePr }).map(({ code }) => code);
    expect(codes(true)).toContain('current_branch_with_pull_request');
    expect(codes(false)).toEqual([]);
  });
});
