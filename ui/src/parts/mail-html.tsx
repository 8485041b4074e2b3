// The HTML of a mail as a mail program would show it, but harmless: it is never put into the page. It is read apart, and of what is found
// there only elements and properties that are known to do nothing but look are built anew; no address, no script, no picture.
import { type CSSProperties, type ReactNode, createElement, useMemo } from 'react';
import { plain } from './hostile-text';
import styles from './mail-html.module.css';

/** What an element becomes: what does something (links, forms, frames) is text only, what is never read is left out. */
const ELEMENTS: Record<string, string> = Object.fromEntries(
  ['table', 'thead', 'tbody', 'tfoot', 'tr', 'td', 'th', 'p', 'div', 'span', 'b', 'strong', 'i', 'em', 'u', 's', 'small', 'code', 'pre', 'br', 'hr', 'ul', 'ol', 'li', 'blockquote', 'sup', 'sub', 'dl', 'dt', 'dd'].map((name) => [name, name]),
);
/** Headings of the mail are none of the page. */
const AS_TEXT: Record<string, string> = { a: 'span', h1: 'p', h2: 'p', h3: 'p', h4: 'p', h5: 'p', h6: 'p', center: 'div', font: 'span', section: 'div', article: 'div', header: 'div', footer: 'div', main: 'div', label: 'span' };
const LEFT_OUT = new Set(['script', 'style', 'head', 'title', 'meta', 'link', 'base', 'iframe', 'object', 'embed', 'template', 'noscript', 'svg', 'math', 'img', 'picture', 'video', 'audio', 'input', 'button', 'select', 'textarea', 'form']);
const VOID = new Set(['br', 'hr']);

const PROPERTY =
  /^(color|background|background-color|font|font-(size|weight|style|family)|text-(align|decoration|transform)|line-height|letter-spacing|white-space|vertical-align|width|max-width|min-width|height|padding(-(top|right|bottom|left))?|margin(-(top|right|bottom|left))?|border(-(top|right|bottom|left))?(-(color|width|style|radius))?|border-(collapse|spacing|radius)|list-style(-type)?|display|word-break|overflow-wrap)$/;
/** Values that could ask for something, or lie over the page. */
const HARMFUL = /url|image|expression|attr|env|var|@|\\|\/\*/i;
const MARK = 'data-rollcall-look';

function lookOf(declared: string | null): CSSProperties | undefined {
  if (!declared) return undefined;
  const look: Record<string, string> = {};
  for (const declaration of declared.split(';')) {
    const colon = declaration.indexOf(':');
    const property = declaration.slice(0, colon).trim().toLowerCase();
    const value = declaration.slice(colon + 1).replace(/!important/i, '').trim();
    if (colon < 0 || !PROPERTY.test(property) || HARMFUL.test(value)) continue;
    if (property === 'display' && !/^(none|block|inline|inline-block|table|table-row|table-cell)$/.test(value)) continue;
    if (property.startsWith('margin') && value.includes('-')) continue;
    look[property.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase())] = value;
  }
  return Object.keys(look).length > 0 ? look : undefined;
}

function build(node: Node, key: number): ReactNode {
  // The mark stands only where an attribute was; in text the word is put back.
  if (node.nodeType === Node.TEXT_NODE) {
    const text = (node.textContent ?? '').replaceAll(MARK, 'style').replace(/\s+/g, ' ');
    // Between the parts of a table it is no text.
    const isBetween = text.trim() === '' && /^(table|thead|tbody|tfoot|tr)$/.test(node.parentElement?.localName ?? '');
    return isBetween ? null : plain(text);
  }
  if (!(node instanceof Element)) return null;
  const name = node.localName;
  if (LEFT_OUT.has(name)) return null;
  const children = Array.from(node.childNodes, build);
  const element = ELEMENTS[name] ?? AS_TEXT[name];
  if (element === undefined) return children;
  const span = (attribute: string) => {
    const count = Number(node.getAttribute(attribute));
    return Number.isInteger(count) && count > 1 && count < 100 ? count : undefined;
  };
  const look = { ...lookOf(node.getAttribute(MARK)) };
  const isHeading = /^h[1-6]$/.test(name);
  return createElement(
    element,
    {
      key,
      style: isHeading ? { fontWeight: 'bold', ...look } : look,
      ...(element === 'td' || element === 'th' ? { colSpan: span('colspan'), rowSpan: span('rowspan') } : {}),
      // Mails lay themselves out with tables.
      ...(element === 'table' ? { role: 'presentation' } : {}),
    },
    ...(VOID.has(element) ? [] : children),
  );
}

/** What is shown of the HTML. What looks is renamed before it is read, because reading alone would try to apply it. */
export function harmless(html: string): ReactNode {
  const renamed = html.replace(/(\s)style(\s*=)/gi, `$1${MARK}$2`).replace(/<(\/?)style\b/gi, '<$1template');
  const read = new DOMParser().parseFromString(renamed, 'text/html');
  return Array.from(read.body.childNodes, build);
}

export function MailHtml({ html, label }: { html: string; label: string }) {
  const shown = useMemo(() => harmless(html), [html]);
  return (
    <div className={styles.paper} role="region" aria-label={label} tabIndex={0}>
      {shown}
    </div>
  );
}
