/** Markup that is safe to insert into a page. */
export type Markup = { readonly markup: string };

type Part = string | number | Markup | readonly Markup[] | undefined;

/** Template tag for markup; all values that are not markup are escaped. */
export function html(strings: TemplateStringsArray, ...values: readonly Part[]): Markup {
  const markup = strings.map((text, index) => text + render(values[index])).join('');
  return { markup };
}

function render(value: Part): string {
  if (value === undefined) return '';
  if (typeof value === 'object') {
    return 'markup' in value ? value.markup : value.map(({ markup }) => markup).join('');
  }
  return String(value)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

const style = `
:root { color-scheme: light dark; --line: #8884; --soft: #8882; --good: #2a7d46; --bad: #c0392b; }
body { font: 15px/1.55 system-ui, sans-serif; max-width: 68rem; margin: 2rem auto; padding: 0 1.25rem; }
h1 { font-size: 1.5rem; margin: 0 0 .25rem; } h2 { font-size: 1.1rem; margin: 2rem 0 .5rem; }
a { color: inherit; } code, pre { font: 13px/1.5 ui-monospace, monospace; }
pre { background: var(--soft); border-radius: 6px; padding: .75rem; overflow: auto; white-space: pre-wrap; }
pre.diff { white-space: pre; } .added { color: var(--good); } .removed { color: var(--bad); }
table { border-collapse: collapse; width: 100%; } td, th { text-align: left; padding: .35rem .5rem;
border-bottom: 1px solid var(--line); vertical-align: top; }
.note { border: 1px solid var(--line); border-radius: 6px; padding: .5rem .75rem; margin-bottom: 1.5rem; }
.status { border: 1px solid var(--line); border-radius: 1rem; padding: 0 .6rem; font-size: .85rem; }
`;

/** A complete page. Its policy lets it load and run nothing, because its content is untrusted. */
export function page(title: string, body: Markup): Response {
  const document = html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${title}</title><style>${{ markup: style }}</style></head>
<body><p class="note"><strong>Rehearsal.</strong> Cursor was not involved, and nothing here cost anything. <a href="/rehearsal">All agents</a></p>
<main>${body}</main></body></html>`;
  return new Response(document.markup, {
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy':
        "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-store',
    },
  });
}
