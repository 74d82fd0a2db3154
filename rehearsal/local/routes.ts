import { fromBinary } from '@bufbuild/protobuf';
import { type Handler, Routes } from '../api/routes.ts';
import type { Rehearsal } from '../rehearsal.ts';
import { AgentClientMessageSchema } from './proto/stream_pb.ts';
import { BidiAppendRequestSchema } from './proto/transport_pb.ts';
import { runLocal } from './run-local.ts';
import type { ExchangeRegistry } from './stream/exchange-registry.ts';
import { unaryError } from './wire/connect-error.ts';

/** The protocol of the SDK's local mode: the streams of turns and related calls. */
export function localRoutes(rehearsal: Rehearsal): Routes {
  const { exchanges } = rehearsal;
  return new Routes(rehearsal)
    .add('POST', '/agent.v1.AgentService/RunSSE', 'runLocal', runLocal(rehearsal))
    .add('POST', '/aiserver.v1.BidiService/BidiAppend', 'appendLocal', append(exchanges))
    .add('POST', '/aiserver.v1.AnalyticsService/BootstrapStatsig', 'callRpc', (context) =>
      context.json({}),
    )
    .add('POST', '/:service{aiserver\\.v1\\.[^/]+}/:method', 'callRpc', emptyMessage);
}

/**
 * Responds to calls for settings and statistics with an empty message, which means defaults. They must not fail:
 * without `GetTeamReposOrEmptyIfNotInTeam`, the client's first tool call fails.
 */
const emptyMessage: Handler = () =>
  new Response(new Uint8Array(), { headers: { 'content-type': 'application/proto' } });

function append(registry: ExchangeRegistry): Handler {
  return async (context) => {
    try {
      const request = fromBinary(
        BidiAppendRequestSchema,
        new Uint8Array(await context.req.arrayBuffer()),
      );
      const bytes = request.data === '' ? request.dataBinary : Buffer.from(request.data, 'hex');
      const message = fromBinary(AgentClientMessageSchema, bytes);
      registry.append(request.requestId?.requestId ?? '', request.appendSeqno, message);
    } catch (error) {
      return unaryError('invalid_argument', `The message cannot be read: ${String(error)}`);
    }
    return emptyMessage(context);
  };
}
