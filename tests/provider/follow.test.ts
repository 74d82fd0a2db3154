import type { ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sleep as realSleep } from '../../src/lib/sleep.ts';
import {
  type CursorCloudRuntime,
  createCursorCloudRuntime,
} from '../../src/runtimes/cursor-cloud/runtime.ts';
import type { FollowLimits } from '../../src/runtimes/cursor-cloud/stream/limits.ts';
import type { FollowEnd } from '../../src/runtimes/follow-types.ts';
import { type Recording, record } from './observer.ts';
import {
  agentId,
  answer,
  frame,
  openStream,
  runId,
  type ScriptedCloud,
  startScriptedCloud,
  textPair,
  wireAgent,
  wireRun,
} from './scripted-cloud.ts';

const STREAM = `GET /v1/agents/${agentId}/runs/${runId}/stream`;
const RUN = `GET /v1/agents/${agentId}/runs/${runId}`;

let cloud: ScriptedCloud;
let provider: CursorCloudRuntime;
let observer: Recording;
let abort: AbortController;
let waits: number[];

const start = (limits: Partial<FollowLimits> = {}) =>
  createCursorCloudRuntime({
    apiKey: () => 'crsr_test',
    backendUrl: cloud.url,
    isRehearsal: true,
    random: () => 1,
    // Waits are written down and shortened a hundredfold.
    sleep: (milliseconds, signal) => {
      waits.push(milliseconds);
      return realSleep(milliseconds / 100, signal);
    },
    followLimits: {
      // A test that waits for silence shortens it; in all others a slow machine must not pass for silence.
      endingSilenceMs: 100_000,
      maxFrameCharacters: 2_000,
      ...limits,
    },
  });

beforeEach(async () => {
  cloud = await startScriptedCloud();
  waits = [];
  provider = start();
  observer = record();
  abort = new AbortController();
  runIs('RUNNING');
});
afterEach(async () => {
  abort.abort();
  await provider.close();
  await cloud.close();
});

async function restart(limits: Partial<FollowLimits>) {
  await provider.close();
  provider = start(limits);
}

const follow = (fields: { cursor?: string; hasEnded?: boolean } = {}): Promise<FollowEnd> =>
  provider.follow(
    { threadId: agentId, turnId: runId, hasEnded: false, ...fields, signal: abort.signal },
    observer,
  );

const runIs = (status: string, fields: Record<string, unknown> = {}) =>
  cloud.on(RUN, (_, response) => answer(response, 200, wireRun(status, fields)));

/** One reply per connect, the last one for all further ones. */
function streams(...replies: ((response: ServerResponse, lastEventId?: string) => void)[]) {
  let connects = 0;
  cloud.on(STREAM, (request, response) => {
    const reply = replies[Math.min(connects, replies.length - 1)];
    connects += 1;
    reply?.(response, request.headers['last-event-id'] as string | undefined);
  });
}
const sends = (text: string) => (response: ServerResponse) => void openStream(response).end(text);
const connects = () => cloud.seen.filter(({ path }) => path.endsWith('/stream'));
const lastEventIds = () => connects().map(({ headers }) => headers['last-event-id']);

const running = frame('status', { runId, status: 'RUNNING' });
const ending = (status = 'FINISHED', id = '9-0') =>
  frame('status', { runId, status: 'FINISHED' }) +
  frame('result', { runId, status, text: 'all good', durationMs: 5 }, id) +
  frame('done', {}, id);

describe('following a run', () => {
  it('converts frames to items, advances the cursor, and ends at done', async () => {
    streams(sends(running + textPair('1-0', 'Hel') + textPair('2-0', 'lo') + ending()));
    expect(await follow()).toEqual({ kind: 'complete' });
    expect(observer.items).toEqual([
      { kind: 'text', id: '1-0', dataText: '{"text":"Hel"}' },
      { kind: 'text', id: '2-0', dataText: '{"text":"lo"}' },
    ]);
    // Not that of the result: nothing could be read from there any more.
    expect(observer.cursors.at(-1)).toBe('2-0');
    expect(observer.facts.map(({ record, source }) => [record.status, source])).toEqual([
      ['RUNNING', 'stream'],
      ['FINISHED', 'stream'],
    ]);
    expect(observer.facts.at(-1)?.record).toMatchObject({ result: 'all good', durationMs: 5 });
    expect(observer.gaps).toEqual([]);
  });

  it('loses nothing and repeats nothing when the body is cut between a frame and its twin', async () => {
    const [first, twin] = textPair('2-0', 'lo').split(/(?<=\n\n)/);
    streams(
      sends(running + textPair('1-0', 'Hel') + first),
      sends(running + first + twin + ending()),
    );
    expect(await follow()).toEqual({ kind: 'complete' });
    expect(lastEventIds()).toEqual([undefined, '1-0']);
    expect(observer.kept().map(({ id, kind }) => `${id} ${kind}`)).toEqual([
      '1-0 text',
      '2-0 text',
    ]);
  });

  it('reads the result again when the body is cut between result and done', async () => {
    const whole = textPair('1-0', 'Hi') + frame('result', { runId, status: 'FINISHED' }, '9-0');
    streams(
      sends(whole),
      sends(frame('result', { runId, status: 'FINISHED' }, '9-0') + frame('done', {}, '9-0')),
    );
    expect(await follow()).toEqual({ kind: 'complete' });
    expect(lastEventIds()).toEqual([undefined, '1-0']);
    expect(observer.facts.filter(({ record }) => record.status === 'FINISHED')).toHaveLength(1);
  });

  it('continues from a stored cursor', async () => {
    streams(sends(running + ending()));
    await follow({ cursor: '4-2' });
    expect(lastEventIds()).toEqual(['4-2']);
  });

  it('continues reading after the record has ended, until done', async () => {
    runIs('FINISHED', { result: 'all good' });
    streams(
      (response) => answer(response, 503, ''),
      sends(running + textPair('1-0', 'the rest')),
      sends(textPair('2-0', ' of it') + ending()),
    );
    expect(await follow()).toEqual({ kind: 'complete' });
    expect(observer.kept().map(({ id }) => id)).toEqual(['1-0', '2-0']);
    expect(observer.facts.map(({ record, source }) => [record.status, source])).toEqual([
      ['FINISHED', 'record'],
    ]);
  });

  it('does not let a trailing FINISHED overrule a cancelled result', async () => {
    streams(sends(running + ending('CANCELLED')));
    await follow();
    expect(observer.facts.map(({ record }) => record.status)).toEqual(['RUNNING', 'CANCELLED']);
  });

  it('waits for the result when the body is cut after a trailing FINISHED', async () => {
    streams(
      sends(running + textPair('1-0', 'x') + frame('status', { status: 'FINISHED' })),
      sends(ending('CANCELLED')),
    );
    expect(await follow()).toEqual({ kind: 'complete' });
    const statuses = observer.facts.map(({ record }) => record.status);
    expect(statuses.at(-1)).toBe('CANCELLED');
    expect(statuses).not.toContain('FINISHED');
  });

  it('accepts FINISHED after a delay when neither a result nor a settled record arrives', async () => {
    await restart({ endingSilenceMs: 60 });
    streams((response) => {
      openStream(response).write(
        running + textPair('1-0', 'x') + frame('status', { status: 'FINISHED' }),
      );
    });
    expect(await follow()).toEqual({ kind: 'incomplete' });
    expect(observer.facts.at(-1)).toMatchObject({
      record: { status: 'FINISHED' },
      source: 'stream',
    });
    expect(observer.facts.filter(({ record }) => record.status === 'FINISHED')).toHaveLength(1);
    expect(observer.gaps).toEqual(['unavailable']);
  });

  it('accepts FINISHED after a delay although every connection begins with RUNNING from a frozen record', async () => {
    await restart({ endingSilenceMs: 60 });
    streams(
      sends(running + textPair('1-0', 'x') + frame('status', { status: 'FINISHED' })),
      sends(running),
    );
    expect(await follow()).toEqual({ kind: 'incomplete' });
    expect(observer.facts.at(-1)).toMatchObject({
      record: { status: 'FINISHED' },
      source: 'stream',
      isUnconfirmed: true,
    });
    expect(observer.gaps).toEqual(['unavailable']);
  });

  const word = (text: string, id?: string) => frame('assistant', { text }, id);

  it.each([
    ['with ids', (text: string, id: string) => textPair(id, text)],
    ['without ids', (text: string) => word(text)],
    [
      'only as updates',
      (text: string, id: string) => frame('interaction_update', { type: 'text-delta', text }, id),
    ],
  ])('takes an announced end back when the run goes on %s after it', async (_, say) => {
    // The silence after which an announced end is believed is over at once: only the words can keep the run alive.
    await restart({ endingSilenceMs: 0 });
    const finished = frame('status', { status: 'FINISHED' });
    let reads = 0;
    cloud.on(RUN, (_request, response) => {
      reads += 1;
      answer(response, 200, wireRun('RUNNING'));
    });
    streams(
      sends(running + say('one', '1-0') + finished + say('two', '2-0')),
      sends(running + frame('error', { code: 'stream_unavailable', message: 'no' })),
      sends(running + say('three', '3-0') + ending('ERROR')),
    );
    expect(await follow()).toEqual({ kind: 'complete' });
    expect(reads).toBeGreaterThan(0);
    expect(observer.facts.map(({ record: { status } }) => status)).not.toContain('FINISHED');
    expect(observer.facts.at(-1)?.record.status).toBe('ERROR');
  });

  it('accepts FINISHED although it is repeated on an open stream', async () => {
    await restart({ endingSilenceMs: 60 });
    let timer: NodeJS.Timeout | undefined;
    streams((response) => {
      const finished = frame('status', { status: 'FINISHED' });
      openStream(response).write(running + textPair('1-0', 'x') + finished);
      timer = setInterval(() => response.write(finished), 5);
      response.on('close', () => clearInterval(timer));
    });
    expect(await follow()).toEqual({ kind: 'incomplete' });
    expect(observer.facts.at(-1)).toMatchObject({
      record: { status: 'FINISHED' },
      isUnconfirmed: true,
    });
  });

  it('accepts FINISHED although a stream without ids starts over with every connection', async () => {
    await restart({ endingSilenceMs: 60 });
    streams(sends(running + word('one') + word('two') + frame('status', { status: 'FINISHED' })));
    expect(await follow()).toEqual({ kind: 'incomplete' });
    expect(observer.facts.at(-1)).toMatchObject({ record: { status: 'FINISHED' } });
    expect(observer.kept().map(({ dataText }) => dataText)).toEqual([
      '{"text":"one"}',
      '{"text":"two"}',
    ]);
  });

  it('reports facts and items in the order of the stream', async () => {
    const order: string[] = [];
    const { onItems, onFact } = observer;
    observer.onItems = (batch) => {
      order.push(...batch.items.map(({ kind }) => kind));
      onItems(batch);
    };
    observer.onFact = (fact) => {
      order.push(fact.record.status);
      onFact(fact);
    };
    streams(sends(running + textPair('1-0', 'hello') + ending()));
    await follow();
    expect(order).toEqual(['RUNNING', 'text', 'FINISHED']);
  });

  it('uses a record that arrives before the delay is over', async () => {
    runIs('ERROR');
    streams(
      sends(running + textPair('1-0', 'x') + frame('status', { status: 'FINISHED' })),
      sends(running + ending('ERROR')),
    );
    expect(await follow()).toEqual({ kind: 'complete' });
    expect(observer.facts.at(-1)).toMatchObject({ record: { status: 'ERROR' } });
  });

  it('reports EXPIRED as expired', async () => {
    streams(sends(running + ending('EXPIRED')));
    await follow();
    expect(observer.facts.at(-1)?.record.status).toBe('EXPIRED');
  });
});

describe('a long pause that Cursor asks for', () => {
  const paused = (response: ServerResponse) =>
    answer(
      response,
      429,
      { error: { code: 'rate_limit_exceeded', message: 'slow' } },
      {
        'retry-after': '3600',
      },
    );

  it('still reads the record, reports the reason, and ends when the user reconnects', async () => {
    let status = 'RUNNING';
    cloud.on(RUN, (_, response) => answer(response, 200, wireRun(status)));
    streams(paused);
    const end = follow();
    await observer.until(() => observer.reasons.some((reason) => /pause until/.test(reason ?? '')));
    status = 'FINISHED';
    await observer.until(() => observer.facts.at(-1)?.record.status === 'FINISHED');
    expect(observer.facts.at(-1)).toMatchObject({ source: 'record' });
    expect(connects()).toHaveLength(1);
    expect(waits.every((wait) => wait <= 300_000)).toBe(true);
    streams(sends(running + textPair('1-0', 'the rest') + ending()));
    provider.endPauses?.();
    expect(await end).toEqual({ kind: 'complete' });
    expect(connects()).toHaveLength(2);
  });

  it('for one kind of call does not delay other kinds, and delays the same kind without another request', async () => {
    cloud.on(RUN, (_, response) => paused(response));
    cloud.on(`GET /v1/agents/${agentId}/artifacts`, (_, response) =>
      answer(response, 200, { items: [] }),
    );
    expect(await provider.readTurn(agentId, runId)).toMatchObject({
      ok: false,
      error: { code: 'rate_limited' },
    });
    const asked = cloud.seen.length;
    expect(await provider.readTurn(agentId, runId)).toMatchObject({
      ok: false,
      error: { code: 'rate_limited', message: expect.stringContaining('pause until') },
    });
    expect(cloud.seen).toHaveLength(asked);
    expect(await provider.listArtifacts(agentId)).toMatchObject({ ok: true });
    runIs('FINISHED');
    provider.endPauses?.();
    expect(await provider.readTurn(agentId, runId)).toMatchObject({ ok: true });
  });
});

describe('a failing stream', () => {
  it('drops a refused cursor once, reads from the start, and reports that', async () => {
    streams(
      (response) =>
        answer(response, 400, { error: { code: 'invalid_last_event_id', message: 'no' } }),
      sends(running + textPair('1-0', 'Hi') + ending()),
    );
    expect(await follow({ cursor: 'other-run' })).toEqual({ kind: 'complete' });
    expect(lastEventIds()).toEqual(['other-run', undefined]);
    expect(observer.gaps).toEqual(['invalid_last_event_id']);
    expect(waits).toEqual([]);
  });

  it('backs off when even the start is refused', async () => {
    let refusals = 0;
    streams((response) => {
      refusals += 1;
      if (refusals < 5)
        answer(response, 400, { error: { code: 'invalid_last_event_id', message: 'no' } });
      else sends(ending())(response);
    });
    expect(await follow({ cursor: 'x' })).toEqual({ kind: 'complete' });
    expect(observer.gaps).toEqual(['invalid_last_event_id']);
    expect(waits).toEqual([500, 1000, 2000]);
  });

  it('reports expiry with the state of the run and ends incomplete', async () => {
    runIs('FINISHED', { result: 'text from the record' });
    streams((response) =>
      answer(response, 410, { error: { code: 'stream_expired', message: 'gone' } }),
    );
    expect(await follow({ cursor: '5-0' })).toEqual({ kind: 'incomplete' });
    expect(observer.gaps).toEqual(['stream_expired']);
    expect(observer.facts.at(-1)).toMatchObject({
      source: 'record',
      record: { status: 'FINISHED', result: 'text from the record' },
    });
  });

  it('watches a run through its record once its stream has expired', async () => {
    let reads = 0;
    cloud.on(RUN, (_, response) => {
      reads += 1;
      answer(response, 200, wireRun(reads < 3 ? 'RUNNING' : 'ERROR'));
    });
    streams((response) =>
      answer(response, 410, { error: { code: 'stream_expired', message: 'gone' } }),
    );
    expect(await follow()).toEqual({ kind: 'incomplete' });
    expect(observer.gaps).toEqual(['stream_expired']);
    expect(observer.facts.at(-1)?.record.status).toBe('ERROR');
  });

  it('treats stream_unavailable followed by done as a temporary failure', async () => {
    streams(
      sends(
        running +
          frame('error', { code: 'stream_unavailable', message: 'no longer' }) +
          frame('done', {}),
      ),
      sends(running + textPair('1-0', 'Hi') + ending()),
    );
    expect(await follow()).toEqual({ kind: 'complete' });
    expect(observer.facts.at(-1)?.record.status).toBe('FINISHED');
    expect(waits).toEqual([500]);
  });

  it('does not treat done without a result as the end of a running run', async () => {
    streams(
      sends(running + frame('done', {}, '1-0')),
      sends(running + textPair('2-0', 'Hi') + ending()),
    );
    expect(await follow()).toEqual({ kind: 'complete' });
    expect(observer.kept().map(({ id }) => id)).toContain('2-0');
  });

  it('treats done without a result as the end once the record has ended', async () => {
    runIs('ERROR');
    streams(sends(running + textPair('1-0', 'Hi') + frame('done', {}, '2-0')));
    expect(await follow()).toEqual({ kind: 'complete' });
    expect(observer.facts.at(-1)?.record.status).toBe('ERROR');
  });

  it('gives up the rest of an ended run after a bounded number of tries, with a gap', async () => {
    runIs('FINISHED');
    streams((response) =>
      answer(response, 503, { error: { code: 'stream_unavailable', message: 'no' } }),
    );
    expect(await follow()).toEqual({ kind: 'incomplete' });
    expect(observer.gaps).toEqual(['unavailable']);
    expect(connects()).toHaveLength(8);
  });

  it('is complete without done when only done is missing', async () => {
    runIs('FINISHED');
    streams(sends(textPair('1-0', 'Hi') + frame('result', { status: 'FINISHED' }, '2-0')));
    expect(await follow()).toEqual({ kind: 'complete' });
    expect(observer.gaps).toEqual([]);
    expect(connects().length).toBeLessThanOrEqual(5);
  });

  it.each([
    ['an empty answer (204)', (response: ServerResponse) => void response.writeHead(204).end()],
    [
      'a page of a hotel network',
      (response: ServerResponse) => answer(response, 200, '<html>Hi</html>'),
    ],
    [
      'a page with status 404',
      (response: ServerResponse) => answer(response, 404, '<html>no</html>'),
    ],
    [
      'a page with status 401',
      (response: ServerResponse) => answer(response, 401, '<html>no</html>'),
    ],
    [
      'a conflict',
      (response: ServerResponse) => answer(response, 409, { error: { code: 'agent_busy' } }),
    ],
    ['a broken connection', (response: ServerResponse) => void response.destroy()],
    ['garbage', sends('}{ \n\n:::\nid\ndata\n\n')],
  ])('survives %s', async (_, reply) => {
    streams(reply, sends(running + textPair('1-0', 'Hi') + ending()));
    expect(await follow()).toEqual({ kind: 'complete' });
    expect(observer.kept().map(({ id }) => id)).toEqual(['1-0']);
  });

  it('reads CRLF and CR line endings, and characters cut in two', async () => {
    const text = running + textPair('1-0', 'süß 🙂') + ending();
    streams((response) => {
      openStream(response);
      for (const byte of Buffer.from(text.replaceAll('\n', '\r\n')))
        response.write(Buffer.of(byte));
      response.end();
    });
    expect(await follow()).toEqual({ kind: 'complete' });
    expect(observer.items[0]?.dataText).toBe('{"text":"süß 🙂"}');
  });

  it('skips a frame that is too large, reports that, and continues reading', async () => {
    const huge = frame('tool_call', { result: 'x'.repeat(200_000) }, '1-0');
    streams(sends(running + huge + textPair('2-0', 'Hi') + ending()));
    expect(await follow()).toEqual({ kind: 'complete' });
    expect(observer.kept().map(({ id }) => id)).toContain('2-0');
    expect(observer.gaps).toEqual(['unreadable']);
  });

  it('reconnects when a connection goes silent, although heartbeats had come', async () => {
    await restart({ watchdog: { beforeFirstHeartbeatMs: 150, afterFirstHeartbeatMs: 100 } });
    streams(
      (response) => void openStream(response).write(running + frame('heartbeat', {})),
      sends(running + ending()),
    );
    expect(await follow()).toEqual({ kind: 'complete' });
    // On a slow machine the second connection can pass for silent as well.
    expect(connects().length).toBeGreaterThan(1);
    expect(observer.items).toEqual([]);
  });

  it('backs off with increasing delays and uses Retry-After as the minimum', async () => {
    let connectsSoFar = 0;
    streams((response) => {
      connectsSoFar += 1;
      if (connectsSoFar <= 3) answer(response, 502, '');
      else if (connectsSoFar === 4) answer(response, 503, '', { 'retry-after': '20' });
      else sends(ending())(response);
    });
    expect(await follow()).toEqual({ kind: 'complete' });
    expect(waits).toEqual([500, 1000, 2000, 24_000]);
  });

  it('is unknown, not failed, while nothing of Cursor can be reached', async () => {
    streams((response) => void response.destroy());
    cloud.on(RUN, (_, response) => void response.destroy());
    const end = follow();
    await observer.until(() => observer.connections.includes('unknown'));
    abort.abort();
    expect(await end).toEqual({ kind: 'aborted' });
    expect(observer.facts).toEqual([]);
    expect(observer.gaps).toEqual([]);
  });
});

describe('what only the user can fix', () => {
  it.each([
    [401, { code: 'unauthorized', message: 'revoked' }, 'unauthorized'],
    [403, { code: 'role_forbidden', message: 'no' }, 'forbidden'],
  ])('stops at %i', async (status, error, code) => {
    streams((response) => answer(response, status, { error }));
    expect(await follow()).toMatchObject({ kind: 'blocked', error: { code } });
  });

  it('stops when Cursor knows neither run nor agent', async () => {
    const missing = { error: { code: 'agent_not_found', message: 'no such agent' } };
    streams((response) => answer(response, 404, missing));
    cloud.on(RUN, (_, response) => answer(response, 404, missing));
    expect(await follow()).toMatchObject({ kind: 'blocked', error: { code: 'not_found' } });
  });

  it('continues when only the stream is missing', async () => {
    cloud.on(`GET /v1/agents/${agentId}`, (_, response) => answer(response, 200, wireAgent()));
    runIs('RUNNING');
    streams(
      (response) => answer(response, 404, { error: { code: 'run_not_found', message: 'not yet' } }),
      sends(running + ending()),
    );
    expect(await follow()).toEqual({ kind: 'complete' });
  });
});

describe('after waking from sleep', () => {
  it('connects at once from the cursor, without waiting for silence or backoff', async () => {
    streams(
      (response) => void openStream(response).write(running + textPair('1-0', 'Hi')),
      sends(ending()),
    );
    const end = follow();
    await observer.until(() => observer.items.length === 1 && observer.cursors.includes('1-0'));
    provider.wake();
    expect(await end).toEqual({ kind: 'complete' });
    expect(lastEventIds()).toEqual([undefined, '1-0']);
    expect(waits).toEqual([]);
  });
});

it('ends when the provider is closed', async () => {
  streams((response) => void openStream(response).write(running));
  const end = follow();
  await observer.until(() => observer.facts.length > 0);
  await provider.close();
  expect(await end).toEqual({ kind: 'aborted' });
});

it('throws what an observer throws instead of reconnecting forever', async () => {
  streams(sends(running + textPair('1-0', 'Hi') + ending()));
  observer.onItems = () => {
    throw new Error('a bug of ours');
  };
  await expect(follow()).rejects.toThrow('a bug of ours');
});
