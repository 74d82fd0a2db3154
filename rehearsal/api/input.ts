import type { Context } from 'hono';
import { z } from 'zod';
import { ApiError } from './api-error.ts';

/** Parses query parameters. Unknown parameters are rejected, as at Cursor. */
export function readQuery<Shape extends z.ZodRawShape>(
  context: Context,
  shape: Shape,
): z.infer<z.ZodObject<Shape>> {
  const parsed = z.strictObject(shape).safeParse(context.req.query());
  // zod infers the same type in a longer form.
  if (parsed.success) return parsed.data as z.infer<z.ZodObject<Shape>>;
  throw new ApiError('validation_error', describe(parsed.error));
}

/** Parses a JSON body. Unknown keys are accepted, because the SDK sends undocumented ones. */
export async function readBody<Schema extends z.ZodType>(
  context: Context,
  schema: Schema,
): Promise<z.infer<Schema>> {
  const text = await context.req.text();
  if (text.trim() === '') throw new ApiError('missing_body', 'The request has no body');
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new ApiError('validation_error', 'The body is not valid JSON');
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  throw new ApiError('validation_error', describe(parsed.error));
}

function describe(error: z.ZodError): string {
  return error.issues
    .map((issue) => {
      if (issue.code === 'unrecognized_keys') {
        return `Unrecognized key(s): ${issue.keys.map((key) => `'${key}'`).join(', ')}`;
      }
      return issue.path.length === 0 ? issue.message : `${issue.path.join('.')}: ${issue.message}`;
    })
    .join('; ');
}

/** Query parameters of every list. */
export const pageShape = {
  limit: z.coerce.number().int().min(1).max(100).default(20),
  cursor: z.string().min(1).optional(),
};

const cursorPrefix = 'after:';

/** Decodes an opaque cursor into a position in the list. */
export function decodeCursor(cursor: string | undefined): number {
  if (cursor === undefined) return Number.MAX_SAFE_INTEGER;
  const text = Buffer.from(cursor, 'base64url').toString('utf8');
  const path = text.startsWith(cursorPrefix) ? Number(text.slice(cursorPrefix.length)) : Number.NaN;
  if (!Number.isSafeInteger(path)) throw new ApiError('validation_error', 'cursor: Invalid cursor');
  return path;
}

/** A page in Cursor's form: on the last page `nextCursor` is absent, not null. */
export function pageOf<Item>(items: readonly Item[], nextBefore: number | undefined) {
  if (nextBefore === undefined) return { items };
  return { items, nextCursor: Buffer.from(`${cursorPrefix}${nextBefore}`).toString('base64url') };
}
