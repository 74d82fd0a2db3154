import { describe, expect, it } from 'vitest';
import { readRoute, writeRoute } from './route.ts';

describe('the route in the URL fragment', () => {
  it('survives a reload for any file name', () => {
    const route = {
      file: '/home/ann/my workflows/a&b=c#.cerevisor',
      dialog: 'execution',
      session: 's_01',
      agent: null,
      tab: null,
    } as const;
    expect(readRoute(writeRoute(route))).toEqual(route);
  });

  it('ignores a dialog that does not exist', () => {
    expect(readRoute('#dialog=nonsense').dialog).toBeNull();
  });
});
