import { describe, expect, it } from 'vitest';
import { readPlace, writePlace } from '../kernel/route.ts';

describe('the place in the address', () => {
  it('survives a reload, whatever the name of the file', () => {
    const place = {
      file: '/home/ann/my workflows/a&b=c#.cerevisor',
      dialog: 'execution',
      session: 's_01',
      agent: null,
      tab: null,
    } as const;
    expect(readPlace(writePlace(place))).toEqual(place);
  });

  it('ignores a dialog that does not exist', () => {
    expect(readPlace('#dialog=nonsense').dialog).toBeNull();
  });
});
