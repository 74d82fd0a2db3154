import type { HttpBindings } from '@hono/node-server';
import { type Context, Hono } from 'hono';
import type { Operation } from '../faults/fault.ts';
import { withRequestFaults } from '../faults/request-faults.ts';
import type { Rehearsal } from '../rehearsal.ts';

export type Environment = { Bindings: HttpBindings };
export type Handler = (context: Context<Environment>) => Response | Promise<Response>;
type Method = 'GET' | 'POST' | 'DELETE';

/** A group of routes. Each has an operation name, which faults and the ledger use. */
export class Routes {
  readonly app = new Hono<Environment>();
  readonly #rehearsal: Rehearsal;

  constructor(rehearsal: Rehearsal) {
    this.#rehearsal = rehearsal;
  }

  add(method: Method, path: string, operation: Operation, handler: Handler): this {
    const { faults, store } = this.#rehearsal;
    this.app.on(
      method,
      path,
      async (context, next) => {
        const agentId = context.req.param('agentId');
        const agent = agentId === undefined ? await namedInBody(context) : { agentId };
        const name = agent.agentName ?? store.agents.find(agent.agentId ?? '')?.name;
        const faultPoint = {
          operation,
          method,
          path: context.req.path,
          ...agent,
          ...(name === undefined ? {} : { agentName: name }),
        };
        return withRequestFaults(context, next, { registry: faults, faultPoint });
      },
      handler,
    );
    return this;
  }
}

/** A create request names its agent in the body; faults must be able to match it. */
async function namedInBody(
  context: Context<Environment>,
): Promise<{ agentId?: string; agentName?: string }> {
  if (context.req.method !== 'POST' || context.req.path !== '/v1/agents') return {};
  const body: unknown = await context.req.json().catch(() => undefined); // The handler reports the invalid body.
  if (typeof body !== 'object' || body === null) return {};
  const { agentId, name } = body as Record<string, unknown>;
  return {
    ...(typeof agentId === 'string' ? { agentId } : {}),
    ...(typeof name === 'string' ? { agentName: name } : {}),
  };
}
