import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Harness, readStream, script, startHarness, type WireFrame } from './harness.ts';

const simplified = new Set(['assistant', 'thinking', 'tool_call']);

/** The machine may be busy; a poll ends as soon as it may. */
const patient = { timeout: 120_000 };

describe('a run stream on the wire', () => {
  let harness: Harness;
  beforeAll(async () => {
    harness = await startHarness({ heartbeat: { firstMs: 60, intervalMs: 30 } });
  });
  afterEach(() => harness.clearFaults());
  afterAll(() => harness.close());

  const runOf = async (...lines: string[]) => {
    const ids = await harness.create(script(...lines));
    return { ...ids, ...(await harness.stream(ids.agentId, ids.runId)) };
  };
  const withoutHeartbeats = (frames: readonly WireFrame[]) =>
    frames.filter(({ event }) => event !== 'heartbeat');

  it('starts with a status without id, ends with status, result and done', async () => {
    const { frames, headers, text } = await runOf('say hi');
    expect(headers.get('content-type')).toContain('text/event-stream');
    expect(headers.get('x-cursor-stream-retention-seconds')).toMatch(/^\d+$/);
    expect(text).not.toContain('\r');
    expect(frames[0]).toMatchObject({ event: 'status' });
    expect(frames[0]?.id).toBeUndefined();
    const [status, result, done] = withoutHeartbeats(frames).slice(-3);
    expect(status).toMatchObject({ event: 'status', data: { status: 'FINISHED' } });
    expect(status?.id).toBeUndefined();
    expect(result).toMatchObject({ event: 'result', data: { status: 'FINISHED', text: 'hi' } });
    expect(done).toEqual({ id: result?.id, event: 'done', data: {} });
  });

  it('sends the simplified frame first and its twin with the same id, and uses no other id twice', async () => {
    const { frames } = await runOf('think one two', 'say three four', 'read README.md');
    const withId = frames.filter(({ id }) => id !== undefined);
    for (const [index, frame] of withId.entries()) {
      if (!simplified.has(frame.event)) continue;
      expect(withId[index + 1]).toMatchObject({ id: frame.id, event: 'interaction_update' });
    }
    const keys = withId.map(({ id, event }) => `${id} ${event}`);
    expect(new Set(keys).size).toBe(keys.length);
    for (const { id } of withId) expect(id).toMatch(/^\d+-\d+$/);
  });

  it('streams a typical run in the recorded order', async () => {
    const { frames, runId } = await runOf('think hm', 'read README.md', 'say yes');
    const kinds = withoutHeartbeats(frames).map(({ event, data }) =>
      event === 'interaction_update' ? String(data.type) : event,
    );
    const first = kinds.indexOf('step-started');
    expect(kinds.slice(first, first + 7)).toEqual([
      'step-started',
      'user-message-appended',
      'thinking',
      'thinking-delta',
      'token-delta',
      'thinking-completed',
      'step-completed',
    ]);
    expect(kinds.slice(-4)).toEqual(['turn-ended', 'status', 'result', 'done']);
    const message = frames.find(({ data }) => data.type === 'user-message-appended');
    expect(message?.data.userMessage).toMatchObject({ type: 'user_message', session_id: runId });
  });

  it('shows a tool failure in the result, not in the status', async () => {
    const { frames } = await runOf('read missing.txt', 'write ../out.txt no', 'say ok');
    const completed = frames.filter(
      ({ event, data }) => event === 'tool_call' && data.status === 'completed',
    );
    expect(completed.map(({ data }) => Object.keys(data.result as object))).toEqual([
      ['error'],
      ['error'],
    ]);
    expect(completed[0]?.data.callId).toContain('\n');
  });

  it('resumes strictly after the id, with a status first', async () => {
    const { agentId, runId, frames: all } = await runOf('say one two three four');
    const frames = withoutHeartbeats(all);
    const cut = frames.findIndex(
      ({ event, data }) => event === 'assistant' && data.text === ' two',
    );
    const resumed = await harness.stream(agentId, runId, frames[cut]?.id);
    expect(resumed.frames[0]).toMatchObject({ event: 'status', data: { status: 'FINISHED' } });
    // The twin carries the same id, so it lies before the cursor as well.
    expect(withoutHeartbeats(resumed.frames).slice(1)).toEqual(frames.slice(cut + 2));
  });

  it('replays the same frames with the same ids every time', async () => {
    const { agentId, runId, frames } = await runOf('say again and again');
    const again = await harness.stream(agentId, runId);
    const recorded = (all: readonly WireFrame[]) => withoutHeartbeats(all).filter(({ id }) => id);
    expect(recorded(again.frames)).toEqual(recorded(frames));
  });

  it('refuses an id of another run or an invalid one; accepts an invented one without replaying events', async () => {
    const one = await runOf('say one');
    const two = await runOf('say two');
    const foreign = await harness.stream(one.agentId, one.runId, two.frames.at(-1)?.id);
    expect(foreign.status).toBe(400);
    expect(foreign.text).toContain('invalid_last_event_id');
    expect((await harness.stream(one.agentId, one.runId, 'nonsense')).status).toBe(400);
    const invented = await harness.stream(one.agentId, one.runId, '1234567890123-0');
    expect(invented.status).toBe(200);
    expect(withoutHeartbeats(invented.frames).map(({ event }) => event)).toEqual(['status']);
  });

  it('sends heartbeats without id while nothing happens', async () => {
    const { agentId, runId } = await harness.create(script('wait 1h'));
    const response = await fetch(`${harness.url}/v1/agents/${agentId}/runs/${runId}/stream`, {
      headers: { authorization: `Bearer ${harness.apiKey}` },
    });
    let text = '';
    for await (const part of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      text += part;
      if (text.split('event: heartbeat').length > 3) break;
    }
    await harness.call('POST', `/v1/agents/${agentId}/runs/${runId}/cancel`);
    const beats = text.split('\n\n').filter((frame) => frame.includes('event: heartbeat'));
    expect(beats.slice(0, 2)).toEqual(Array(2).fill('event: heartbeat\ndata: {}'));
  });

  it('ends a cancelled run with a contradicting status and no text', async () => {
    const { agentId, runId } = await harness.create(script('say partial', 'wait 1h'));
    const reading = harness.stream(agentId, runId);
    await expect
      .poll(async () => (await harness.ledgerOf(agentId)).runs[0]?.eventCount, patient)
      .toBeGreaterThan(4);
    const cancelled = await harness.call('POST', `/v1/agents/${agentId}/runs/${runId}/cancel`);
    expect(cancelled).toMatchObject({ status: 200, body: { id: runId } });
    const [status, result, done] = withoutHeartbeats((await reading).frames).slice(-3);
    expect(status?.data).toEqual({ runId, status: 'FINISHED' });
    expect(result?.data).toMatchObject({ status: 'CANCELLED' });
    expect(result?.data).not.toHaveProperty('text');
    expect(done?.event).toBe('done');
    const record = await harness.call('GET', `/v1/agents/${agentId}/runs/${runId}`);
    expect(record.body).toMatchObject({ status: 'CANCELLED' });
    expect(record.body).not.toHaveProperty('result');
  });

  it('agrees with the record at the moment the result is read', async () => {
    const { agentId, runId } = await harness.create(script('say hi'));
    const address = `${harness.url}/v1/agents/${agentId}/runs/${runId}/stream`;
    const response = await fetch(address, { headers: { authorization: 'Bearer k' } });
    let text = '';
    for await (const bytes of response.body ?? []) {
      text += new TextDecoder().decode(bytes);
      if (!text.includes('event: result')) continue;
      const record = await harness.call('GET', `/v1/agents/${agentId}/runs/${runId}`);
      expect(record.body).toMatchObject({ status: 'FINISHED', result: 'hi' });
    }
    expect(text).toContain('event: done');
  });

  it('answers 410 once the retention is over', async () => {
    const { agentId, runId } = await runOf('say hi');
    await harness.call('POST', '/rehearsal/time', { jump: '48h' });
    const expired = await harness.stream(agentId, runId);
    expect(expired.status).toBe(410);
    expect(expired.text).toContain('stream_expired');
    expect((await harness.call('GET', `/v1/agents/${agentId}/runs/${runId}`)).status).toBe(200);
  });

  describe('with a fault', () => {
    const finished = async () => {
      const { agentId, runId } = await runOf('say one two three four five');
      return { agentId, runId, read: () => harness.stream(agentId, runId) };
    };

    it('is cut between the two frames of a pair', async () => {
      const { read } = await finished();
      await harness.addFault({ operation: 'streamRun' }, { kind: 'cut', inPair: 3 });
      const { frames } = await read();
      // A slow machine gets a heartbeat between any two.
      const last = withoutHeartbeats(frames).at(-1);
      expect(last).toMatchObject({ event: 'assistant', data: { text: ' three' } });
    });

    it('is cut after a number of events, or in the middle of a frame', async () => {
      const { read } = await finished();
      await harness.addFault({ operation: 'streamRun', nth: 1 }, { kind: 'cut', afterEvents: 5 });
      expect(withoutHeartbeats((await read()).frames)).toHaveLength(5);
      await harness.addFault(
        { operation: 'streamRun', nth: 1 },
        { kind: 'cut', afterBytes: 333, how: 'end' },
      );
      const { text } = await read();
      // A slow machine gets a heartbeat between any two frames.
      expect(text.replaceAll('event: heartbeat\ndata: {}\n\n', '')).toHaveLength(333);
      expect(text.endsWith('\n\n')).toBe(false);
    });

    it('is silent: not even heartbeats come', async () => {
      const { agentId, runId } = await finished();
      await harness.addFault({ operation: 'streamRun' }, { kind: 'silence', afterEvents: 3 });
      const address = `${harness.url}/v1/agents/${agentId}/runs/${runId}/stream`;
      const reading = new AbortController();
      const { signal } = reading;
      const response = await fetch(address, { headers: { authorization: 'Bearer k' }, signal });
      let text = '';
      const readText = async () => {
        for await (const bytes of response.body ?? []) {
          text += new TextDecoder().decode(bytes);
          // Time for several heartbeats.
          if (text.split('\n\n').length >= 4) setTimeout(() => reading.abort(), 300);
        }
      };
      await expect(readText()).rejects.toThrow(/aborted/);
      expect(text.split('\n\n')).toHaveLength(4);
    });

    it('sends done without result, or nothing at its end', async () => {
      const { read } = await finished();
      await harness.addFault({ operation: 'streamRun', nth: 1 }, { kind: 'no-result' });
      expect(
        withoutHeartbeats((await read()).frames)
          .slice(-2)
          .map(({ event }) => event),
      ).toEqual(['status', 'done']);
      await harness.addFault({ operation: 'streamRun', nth: 1 }, { kind: 'no-end' });
      expect(withoutHeartbeats((await read()).frames).at(-1)).toMatchObject({
        event: 'status',
        data: { status: 'FINISHED' },
      });
    });

    it('reports that it is unavailable, contains garbage, or uses CRLF line endings', async () => {
      const { read } = await finished();
      await harness.addFault({ operation: 'streamRun', nth: 1 }, { kind: 'stream-error' });
      expect(withoutHeartbeats((await read()).frames).map(({ event }) => event)).toEqual([
        'status',
        'error',
        'done',
      ]);
      await harness.addFault(
        { operation: 'streamRun', nth: 1 },
        { kind: 'garbage', afterEvents: 2 },
      );
      expect((await read()).text).toContain('<<<');
      await harness.addFault({ operation: 'streamRun', nth: 1 }, { kind: 'crlf' });
      expect((await read()).text).toContain('\r\n\r\n');
    });

    it('comes late although the record is final', async () => {
      // Longer than any machine needs until it sees the record.
      const late = { kind: 'late-end', ms: 600_000 };
      await harness.addFault({ operation: 'streamRun', nth: 1 }, late);
      const { agentId, runId } = await harness.create(script('say hi'));
      const address = `${harness.url}/v1/agents/${agentId}/runs/${runId}/stream`;
      const aborting = new AbortController();
      const { signal } = aborting;
      const response = await fetch(address, { headers: { authorization: 'Bearer k' }, signal });
      const reading = response.text().then(
        () => 'stream',
        () => 'aborted',
      );
      const read = () => harness.call('GET', `/v1/agents/${agentId}/runs/${runId}`);
      await expect.poll(async () => (await read()).body.status, patient).toBe('FINISHED');
      expect(await Promise.race([reading, read().then(() => 'record')])).toBe('record');
      aborting.abort();
      expect(await reading).toBe('aborted');
      await harness.addFault({ operation: 'streamRun', nth: 1 }, { ...late, ms: 50 });
      const { frames } = await harness.stream(agentId, runId);
      expect(withoutHeartbeats(frames).at(-1)?.event).toBe('done');
    });
  });

  it('needs a key', async () => {
    const { agentId, runId } = await runOf('say hi');
    const address = `${harness.url}/v1/agents/${agentId}/runs/${runId}/stream`;
    expect((await readStream(address, '')).status).toBe(401);
  });
});
