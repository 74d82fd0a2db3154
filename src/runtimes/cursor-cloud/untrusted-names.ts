import { z } from 'zod';

/**
 * Characters that are not allowed in names from outside: a NUL ends a path or an argument, a line break ends a log line or
 * a header, and a bidirectional mark reverses the text around it. Names are also limited in length. Results and messages
 * are no names and are not restricted.
 */
const UNUSABLE = /[\p{Cc}\p{Cs}\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/u;

const isUsable = (text: string, maxLength: number): boolean =>
  text.length > 0 && text.length <= maxLength && !UNUSABLE.test(text);

const name = (maxLength: number) => z.string().refine((text) => isUsable(text, maxLength));

/** The id of an agent, a run or a model. */
export const idName = z.string().regex(/^[\x21-\x7e]{1,200}$/);

/**
 * A repository's address, or its short form without a scheme. Only schemes of hosts are allowed, because git runs a
 * program for `ext::` and the like, and a leading dash would be an option.
 */
export const repositoryName = name(2_048).refine(
  (text) =>
    // Folders on this machine may have any name.
    /^(?:\/|[a-z]:[\\/])/i.test(text) ||
    (!/^-|\s|::/.test(text) &&
      (!/^[a-z][a-z0-9+.-]*:(?!\d)/i.test(text) ||
        /^(?:https?|ssh|git|file):\/\/[^/]*\/./i.test(text) ||
        /^[\w-]+(?:\.[\w-]+)+:[\w.~-]/.test(text))),
);

/** A branch name that git allows, without a leading dash, which would be an option. */
export const branchName = name(1_024).refine(
  (text) => !/^-|\.\.|[ ~^:?*[\\]|@\{|\/\/|\/$|\.lock$|\.$/.test(text),
);

/** The address of a page that a user may open. */
export const pageUrl = name(2_048).refine((text) => {
  const protocol = URL.parse(text)?.protocol;
  return protocol === 'https:' || protocol === 'http:';
});

/** A title or another short text for display. */
export const shownName = z
  .string()
  .transform((text) => text.slice(0, 500).replace(new RegExp(UNUSABLE, 'gu'), ' ').trim());

/** An artifact's path. `artifacts/safe-name.ts` turns it into a file name. */
export const artifactPath = z.string().min(1).max(4_096);

/** One of Cursor's stable codes. */
export const codeName = z.string().regex(/^[\w.-]{1,100}$/);

/** The valid items of a list. Invalid ones, such as an agent without an id, are dropped. */
export const readableItems = <Schema extends z.ZodType>(schema: Schema) =>
  z.array(z.unknown()).transform((items) =>
    items.flatMap((item) => {
      const parsed = schema.safeParse(item);
      return parsed.success ? [parsed.data as z.output<Schema>] : [];
    }),
  );
