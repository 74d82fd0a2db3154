import { config } from 'zod';

/** The page's security policy forbids code from text, which the schema library would otherwise try for speed. */
config({ jitless: true });
