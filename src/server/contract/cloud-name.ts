/** The cloud by its name within a sentence. The rehearsal cloud speaks as itself: its word is not Cursor's. */
export const cloudName = (backend: 'cursor' | 'rehearsal'): string =>
  backend === 'rehearsal' ? 'the rehearsal cloud' : 'Cursor';

/** The same at the beginning of a sentence. */
export const cloudAtStart = (backend: 'cursor' | 'rehearsal'): string =>
  backend === 'rehearsal' ? 'The rehearsal cloud' : 'Cursor';
