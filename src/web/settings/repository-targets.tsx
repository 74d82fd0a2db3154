import { useQueryClient } from '@tanstack/react-query';
import { Plus, RefreshCw, X } from 'lucide-react';
import { useId, useState } from 'react';
import { cloudName } from '../../contract/cloud-name.ts';
import type { Problem } from '../../contract/error-views.ts';
import { repositoryName } from '../../lib/format.ts';
import { updateCloud } from '../../workflow/edit/operations.ts';
import type { RepositoryTarget } from '../../workflow/schema/settings.ts';
import { edit } from '../canvas/editor.ts';
import { problemsAt } from '../canvas/problems.ts';
import { Button } from '../design/button.tsx';
import { Callout } from '../design/callout.tsx';
import { Field, type FieldProblem, TextInput } from '../design/field.tsx';
import { IconButton } from '../design/icon-button.tsx';
import { Age } from '../design/relative-time.tsx';
import { useIsOffline } from '../kernel/action-button.tsx';
import { api } from '../kernel/api.ts';
import { explainError } from '../kernel/failure.tsx';
import { queryKeys, useBackend, useRepositories } from '../kernel/queries.ts';
import { useAction } from '../kernel/use-action.ts';
import { repositoryAddressProblem } from './repository-address.ts';

const maxSuggestions = 8;

/** The repositories that cloud agents work in: selected from the account, or added by address. */
export function RepositoryTargets({
  repos,
  problems,
}: {
  repos: readonly RepositoryTarget[];
  problems: readonly Problem[];
}) {
  const id = useId();
  const write = (next: readonly RepositoryTarget[], key: string | null = null) =>
    edit(updateCloud({ repos: [...next] }), key);
  const own = problems.filter(({ path }) => path.length === 3);
  return (
    <section aria-labelledby={id} className="flex flex-col gap-3">
      <h3 id={id} className="font-semibold">
        Repository targets
      </h3>
      {own.map((each) => (
        <Callout key={each.message} tone={each.severity} title={each.message}>
          {each.suggestion}
        </Callout>
      ))}
      {repos.length === 0 ? null : (
        <ul className="divide-y rounded-lg border">
          {repos.map((repo, index) => (
            <TargetRow
              key={repo.url}
              repo={repo}
              problems={problemsAt(problems, 'settings', 'cloud', 'repos', index)}
              onChange={(next) => write(repos.with(index, next), `repo:${index}`)}
              onRemove={() => write(repos.toSpliced(index, 1))}
            />
          ))}
        </ul>
      )}
      <RepositoryPicker
        chosen={new Set(repos.map(({ url }) => url))}
        onAdd={(url) => write([...repos, { url }])}
      />
    </section>
  );
}

function TargetRow({
  repo,
  problems,
  onChange,
  onRemove,
}: {
  repo: RepositoryTarget;
  problems: readonly Problem[];
  onChange: (repo: RepositoryTarget) => void;
  onRemove: () => void;
}) {
  const name = repositoryName(repo.url);
  return (
    <li className="flex flex-wrap items-start gap-x-3 gap-y-2 px-3 py-2">
      <div className="min-w-0 flex-1">
        <div className="truncate font-medium" title={name}>
          {name}
        </div>
        <div className="truncate text-muted text-sm" title={repo.url}>
          {repo.url}
        </div>
      </div>
      <Field
        label="Starting ref"
        context={name}
        problems={problems}
        className="max-sm:order-last max-sm:w-full sm:w-64"
      >
        <TextInput
          value={repo.startingRef ?? ''}
          placeholder="Default branch"
          onChange={(event) => {
            const { startingRef: _startingRef, ...rest } = repo;
            const startingRef = event.target.value;
            // The same target with another ref; spreading loses its type.
            onChange((startingRef === '' ? rest : { ...rest, startingRef }) as RepositoryTarget);
          }}
        />
      </Field>
      <IconButton label={`Remove ${name}`} icon={X} className="sm:mt-5" onClick={onRemove} />
    </li>
  );
}

function RepositoryPicker({
  chosen,
  onAdd,
}: {
  chosen: ReadonlySet<string>;
  onAdd: (url: string) => void;
}) {
  const [search, setSearch] = useState('');
  const [addressProblem, setAddressProblem] = useState<FieldProblem | null>(null);
  const client = useQueryClient();
  const cloud = cloudName(useBackend());
  const repositories = useRepositories();
  const isOffline = useIsOffline();
  const refresh = useAction('The repositories could not be loaded', async () => {
    client.setQueryData(queryKeys.repositories, await api.repositories(true));
  });
  const term = search.trim().toLowerCase();
  const matches = (repositories.data?.urls ?? []).filter(
    (url) => !chosen.has(url) && url.toLowerCase().includes(term),
  );
  const add = (url: string) => {
    setSearch('');
    setAddressProblem(null);
    onAdd(url);
  };
  const addAddress = () => {
    const problem = repositoryAddressProblem(search, chosen);
    if (problem === null) add(search.trim());
    else setAddressProblem(problem);
  };
  return (
    <div className="flex flex-col gap-2">
      <div className="flex items-start gap-2">
        <Field
          label="Add a repository"
          className="min-w-0 flex-1"
          problems={addressProblem === null ? [] : [addressProblem]}
        >
          <TextInput
            value={search}
            placeholder="Search your repositories or paste an address"
            onChange={(event) => {
              setSearch(event.target.value);
              setAddressProblem(null);
            }}
            onKeyDown={(event) => {
              if (event.key !== 'Enter') return;
              event.preventDefault();
              const [first] = matches;
              const isSearch = repositoryAddressProblem(search, chosen) !== null && term !== '';
              if (isSearch && first !== undefined) add(first);
              else addAddress();
            }}
          />
        </Field>
        <Button className="mt-5" onClick={addAddress}>
          <Plus aria-hidden size={14} /> Add address
        </Button>
        <IconButton
          label={`Reload the list from ${cloud}`}
          icon={RefreshCw}
          className="mt-5"
          disabled={isOffline || refresh.isPending}
          onClick={() => refresh.mutate()}
        />
      </div>
      {repositories.isError ? (
        <Callout tone="warning" title="The list of your repositories could not be loaded.">
          <p>{explainError(repositories.error).message}</p>
          <p>You can still add a repository by its address.</p>
        </Callout>
      ) : null}
      <ul aria-label="Repositories of the account" className="flex flex-wrap gap-1">
        {matches.slice(0, maxSuggestions).map((url) => (
          <li key={url}>
            <Button size="small" title={url} onClick={() => add(url)}>
              <Plus aria-hidden size={12} /> {repositoryName(url)}
            </Button>
          </li>
        ))}
        {matches.length > maxSuggestions ? (
          <li className="self-center text-muted text-sm">
            and {matches.length - maxSuggestions} more; search to find them
          </li>
        ) : null}
      </ul>
      {repositories.data?.refreshedAt ? (
        <p className="text-muted text-sm">
          Read from {cloud} <Age instant={repositories.data.refreshedAt} />
        </p>
      ) : null}
    </div>
  );
}
