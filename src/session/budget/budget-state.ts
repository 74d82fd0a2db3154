/** What a session may use; null is without limit. */
export type Budget = { readonly usd: number | null; readonly tokens: number | null };
