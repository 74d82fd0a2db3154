import { config } from 'zod';

/**
 * The content security policy forbids `eval`, which zod tries as an optimization when a schema is created. Import this
 * before any module with schemas.
 */
config({ jitless: true });
