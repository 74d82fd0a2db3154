import type { Token, Tokens } from 'marked';
import { memo, type ReactNode } from 'react';
import { cleanText } from '../../lib/clean-text.ts';
import { decodeEntities, markdownTokens } from './markdown-tokens.ts';

/**
 * Agent output as markdown. Tokens become React elements; HTML in the output is shown as text. Images become links,
 * because loading a remote image would reveal the reader to its server.
 */
export const Markdown = memo(function Markdown({ text: written }: { text: string }) {
  const text = cleanText(written);
  const tokens = markdownTokens(text);
  return (
    <div className="flex flex-col gap-2 [overflow-wrap:anywhere]">
      {tokens === null ? <p className="whitespace-pre-wrap">{text}</p> : blocks(tokens)}
    </div>
  );
});

/** Tokens have no identity except their position, and a text is always rendered as a whole. */
const renderTokens = (
  tokens: readonly Token[] | undefined,
  render: (token: Token, key: string) => ReactNode,
) => tokens?.map((token, index) => render(token, `${index}:${token.type}`));

const blocks = (tokens: readonly Token[] | undefined) =>
  renderTokens(tokens, (token, key) => <Block key={key} token={token} />);
const inlines = (tokens: readonly Token[] | undefined) =>
  renderTokens(tokens, (token, key) => <Inline key={key} token={token} />);

function Block({ token }: { token: Token }): ReactNode {
  // `Token` also covers extensions; the names below are those of the lexer itself, each with its own shape.
  const known = token as Tokens.Generic & Token;
  switch (known.type) {
    case 'space':
    case 'def':
      return null;
    case 'heading':
      return <p className="pt-1 font-semibold text-ink">{inlines(known.tokens)}</p>;
    case 'paragraph':
      return <p>{inlines(known.tokens)}</p>;
    case 'text':
      return known.tokens ? inlines(known.tokens) : known.raw;
    case 'code':
      return <CodeBlock text={(known as Tokens.Code).text} />;
    case 'blockquote':
      return <blockquote className="border-l-2 pl-3 text-muted">{blocks(known.tokens)}</blockquote>;
    case 'list':
      return <List list={known as Tokens.List} />;
    case 'table':
      return <Table table={known as Tokens.Table} />;
    case 'hr':
      return <hr />;
    default:
      return <p className="whitespace-pre-wrap">{known.raw}</p>;
  }
}

function CodeBlock({ text }: { text: string }) {
  return (
    <pre className="whitespace-pre-wrap rounded-md bg-sunken px-3 py-2 font-mono text-sm">
      {text}
    </pre>
  );
}

function List({ list }: { list: Tokens.List }) {
  // List items are tokens as well, but not part of the library's union.
  const items = renderTokens(list.items as unknown as Token[], (token, key) => {
    const item = token as Tokens.ListItem;
    return (
      <li key={key}>
        {item.task ? <span>{item.checked ? '[x] ' : '[ ] '}</span> : null}
        {blocks(item.tokens)}
      </li>
    );
  });
  return list.ordered ? (
    <ol start={Number(list.start) || 1} className="list-decimal pl-6">
      {items}
    </ol>
  ) : (
    <ul className="list-disc pl-5">{items}</ul>
  );
}

function Table({ table }: { table: Tokens.Table }) {
  const cells = (row: readonly Tokens.TableCell[], Cell: 'th' | 'td') =>
    row.map((cell, index) => {
      const column = `column-${index}`;
      return (
        <Cell key={column} className="border px-2 py-1 text-left">
          {inlines(cell.tokens)}
        </Cell>
      );
    });
  return (
    <table className="border-collapse self-start text-sm">
      <thead>
        <tr>{cells(table.header, 'th')}</tr>
      </thead>
      <tbody>
        {table.rows.map((row, index) => {
          const line = `row-${index}`;
          return <tr key={line}>{cells(row, 'td')}</tr>;
        })}
      </tbody>
    </table>
  );
}

function Inline({ token }: { token: Token }): ReactNode {
  // As in `Block`.
  const known = token as Tokens.Generic & Token;
  switch (known.type) {
    case 'text':
      return known.tokens ? inlines(known.tokens) : decodeEntities((known as Tokens.Text).text);
    case 'escape':
      return (known as Tokens.Escape).text;
    case 'strong':
      return <strong>{inlines(known.tokens)}</strong>;
    case 'em':
      return <em>{inlines(known.tokens)}</em>;
    case 'del':
      return <del>{inlines(known.tokens)}</del>;
    case 'codespan':
      return (
        <code className="rounded-sm bg-sunken px-1 font-mono text-sm">
          {(known as Tokens.Codespan).text}
        </code>
      );
    case 'br':
      return <br />;
    case 'link':
      return (
        <SafeLink href={decodeEntities((known as Tokens.Link).href)}>
          {inlines(known.tokens)}
        </SafeLink>
      );
    case 'image': {
      const { href, text } = known as Tokens.Image;
      return <SafeLink href={decodeEntities(href)}>{decodeEntities(text || href)}</SafeLink>;
    }
    default:
      return known.raw;
  }
}

/** An external link. Anything but http and https stays text. */
export function SafeLink({ href, children }: { href: string; children: ReactNode }) {
  if (!isWebAddress(href)) return <span title={href}>{children}</span>;
  return (
    <a
      href={href}
      target="_blank"
      rel="noreferrer noopener"
      className="text-accent underline underline-offset-2"
    >
      {children}
    </a>
  );
}

export function isWebAddress(href: string): boolean {
  const url = URL.parse(href);
  return url !== null && (url.protocol === 'https:' || url.protocol === 'http:');
}
