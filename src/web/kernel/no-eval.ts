import { config } from 'zod';

/**
 * The page's security policy forbids code from text, which the schema library would otherwise try for speed. Whatever brings
 * schemas into the page imports this first: a schema tries it as soon as it is made.
 */
config({ jitless: true });
