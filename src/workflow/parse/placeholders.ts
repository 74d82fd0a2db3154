import { type Fields, isObject } from '../../lib/fields.ts';
import { type ProblemPath, pointerOf } from '../problem.ts';

/** Paths of faults, relative to a value. An empty path means that the value itself is faulty. */
type Faults = readonly ProblemPath[];

/**
 * The document with each faulty value replaced by one that breaks no rule, so that the rules can validate the rest. Lists
 * keep their length and order, so that paths stay valid. Placeholders of agents are named after their path, which no real
 * agent is.
 */
export function withPlaceholders(document: Fields, faults: Faults): Fields {
  const hidden: Fields[] = [];
  const agents = listOf(document, 'agents', faults, agentPlaceholder);
  const connections = listOf(document, 'connections', faults, (connection, inside, index) =>
    connectionPlaceholder(connection, inside, index, hidden),
  );
  const settings = settingsPlaceholder(document.settings, below(faults, 'settings'));
  return {
    ...without(document, faults),
    version: '1.0',
    ...(below(faults, 'id').length === 0 ? {} : { id: 'workflow' }),
    ...(below(faults, 'name').length === 0 ? {} : { name: 'workflow' }),
    agents: [...(agents ?? []), ...hidden],
    connections: connections ?? [],
    ...(settings === undefined ? {} : { settings }),
  };
}

function agentPlaceholder(agent: Fields | null, faults: Faults, index: number): Fields {
  const name = pointerOf(['agents', index]);
  if (agent === null) return unrelatedAgent(name);
  return {
    ...without(agent, faults),
    ...(below(faults, 'id').length === 0 ? {} : { id: name }),
    ...(below(faults, 'name').length === 0 ? {} : { name }),
  };
}

/** A faulty end is replaced by a new agent, so that the connection is neither a duplicate, nor dangling, nor in a cycle. */
function connectionPlaceholder(
  connection: Fields | null,
  faults: Faults,
  index: number,
  hidden: Fields[],
): Fields {
  const path = ['connections', index];
  const isFaulty = (key: string) => connection === null || below(faults, key).length > 0;
  const ends: Record<string, unknown> = {};
  for (const end of ['source', 'target'].filter(isFaulty)) {
    const name = pointerOf([...path, end]);
    hidden.push(unrelatedAgent(name));
    ends[end] = name;
  }
  return {
    // By default, the id is derived from the ends, which may be placeholders.
    id: pointerOf(path),
    ...without(connection ?? {}, faults),
    // A schema that accepts anything, so that it is not reported as missing.
    ...(isFaulty('handoffSchema') ? { handoffSchema: true } : {}),
    ...ends,
  };
}

const unrelatedAgent = (name: string): Fields => ({ id: name, name, instructions: name });

function settingsPlaceholder(settings: unknown, faults: Faults): Fields | undefined {
  if (!isObject(settings)) return undefined;
  const inCloud = below(faults, 'cloud');
  const mcpServers = listOf(settings, 'mcpServers', faults, (server, inside, index) =>
    server === null || inside.length > 0
      ? { name: pointerOf(['mcpServers', index]), command: 'true' }
      : server,
  );
  const groups = ['local', 'permissions', 'budget', 'loopAndEnhance'].flatMap((key) => {
    const group = settings[key];
    return isObject(group) ? [[key, without(group, below(faults, key))] as const] : [];
  });
  return {
    ...without(settings, faults),
    ...Object.fromEntries(groups),
    ...(isObject(settings.cloud) ? { cloud: cloudPlaceholder(settings.cloud, inCloud) } : {}),
    ...(mcpServers === undefined ? {} : { mcpServers }),
  };
}

function cloudPlaceholder(cloud: Fields, faults: Faults): Fields {
  const repos = listOf(cloud, 'repos', faults, (target, inside, index) =>
    target === null || inside.length > 0
      ? { url: `https://stand-in.invalid/repository/${index}` }
      : target,
  );
  // These three fields together determine whether there is a repository to work in.
  const isUnclear = ['repos', 'env', 'allowNoRepository'].some(
    (key) => below(faults, key).length > 0,
  );
  const { env: _env, ...rest } = without(cloud, faults);
  return {
    ...(isUnclear ? { ...rest, allowNoRepository: true } : without(cloud, faults)),
    ...(repos === undefined ? {} : { repos }),
  };
}

/** The items of a list, each replaced by the result of `placeholder`, which gets null for an item that is not an object. */
function listOf(
  parent: Fields,
  key: string,
  faults: Faults,
  placeholder: (item: Fields | null, faults: Faults, index: number) => Fields,
): Fields[] | undefined {
  const list = parent[key];
  if (!Array.isArray(list)) return undefined;
  const inList = below(faults, key);
  const perItem = Map.groupBy(inList, ([index]) => index);
  return list.map((item: unknown, index) => {
    const inside = (perItem.get(index) ?? []).map((path) => path.slice(1));
    return placeholder(isObject(item) ? item : null, inside, index);
  });
}

/** The faults at or below a key. */
function below(faults: Faults, key: string): Faults {
  return faults.filter((path) => path[0] === key).map((path) => path.slice(1));
}

/** The object without its faulty fields, which have a default or are added by the caller. */
function without(object: Fields, faults: Faults): Fields {
  const faulty = new Set(faults.map(([key]) => key));
  return Object.fromEntries(Object.entries(object).filter(([key]) => !faulty.has(key)));
}
