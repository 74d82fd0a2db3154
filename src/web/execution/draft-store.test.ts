import { describe, expect, it } from 'vitest';
import { sampleAgent, sampleSession } from '../../../testing/sample-session.ts';
import { feedbackPlace, followUpPlace, notePlace, strandedDrafts } from './draft-places.ts';
import { createDraftStore } from './draft-store.ts';

function memoryStorage() {
  const entries = new Map<string, string>();
  return {
    getItem: (key: string) => entries.get(key) ?? null,
    setItem: (key: string, value: string) => void entries.set(key, value),
  };
}

const session = sampleSession({ questions: [], requests: [] });
const place = notePlace(session.id, 'g_1', 'Approve the work of Planner?');

describe('what is typed', () => {
  it('stays until it was sent, also across a reload', async () => {
    const storage = memoryStorage();
    createDraftStore(storage).write(place, 'Smaller steps.');
    const reloaded = createDraftStore(storage);
    expect(reloaded.read(place)).toBe('Smaller steps.');
    await reloaded.send(place, async () => 'accepted');
    expect(reloaded.read(place)).toBe('');
    expect(createDraftStore(storage).all()).toEqual([]);
  });

  it('stays if it could not be sent', async () => {
    const drafts = createDraftStore(memoryStorage());
    drafts.write(place, 'Smaller steps.');
    const refusal = new Error('Already answered.');
    await expect(drafts.send(place, () => Promise.reject(refusal))).rejects.toBe(refusal);
    expect(drafts.all()).toMatchObject([{ text: 'Smaller steps.', isSending: false }]);
  });

  it('stays if it was changed while it was being sent', async () => {
    const drafts = createDraftStore(memoryStorage());
    drafts.write(place, 'Smaller');
    await drafts.send(place, async () => drafts.write(place, 'Smaller steps.'));
    expect(drafts.all()).toMatchObject([{ text: 'Smaller steps.', isSending: false }]);
  });

  it('belongs to one place', () => {
    const drafts = createDraftStore(memoryStorage());
    drafts.write(place, 'One.');
    drafts.write({ ...place, id: 'g_2' }, 'Two.');
    drafts.write({ ...place, sessionId: 's_other' }, 'Three.');
    expect(drafts.read(place)).toBe('One.');
  });

  it('is not lost if the storage is full or was damaged', () => {
    const full = {
      getItem: () => '[{"sessionId":1},null,"x"]',
      setItem: () => {
        throw new Error('Full.');
      },
    };
    const drafts = createDraftStore(full);
    expect(drafts.all()).toEqual([]);
    drafts.write(place, 'One.');
    expect(drafts.read(place)).toBe('One.');
    expect(createDraftStore({ ...full, getItem: () => '{' }).all()).toEqual([]);
  });
});

describe('drafts whose place is gone', () => {
  const agent = sampleAgent({ id: 'a', name: 'Builder' });
  const withAgent = { ...session, agents: [agent] };
  const draftAt = (at: typeof place, isSending = false) => ({ ...at, text: 'Mine.', isSending });

  it('are shown once their question is answered, but not while they are being sent', () => {
    expect(strandedDrafts([draftAt(place)], session)).toHaveLength(1);
    expect(strandedDrafts([draftAt(place, true)], session)).toEqual([]);
    expect(strandedDrafts([draftAt({ ...place, sessionId: 's_other' })], session)).toEqual([]);
    expect(strandedDrafts([{ ...draftAt(place), text: ' \n' }], session)).toEqual([]);
  });

  it('include feedback after the last round, but no follow-up, which keeps its field', () => {
    const drafts = [draftAt(feedbackPlace(session.id)), draftAt(followUpPlace(session.id, agent))];
    expect(strandedDrafts(drafts, { ...withAgent, enhance: null })).toEqual([drafts[0]]);
  });
});
