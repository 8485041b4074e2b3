// Text that somebody else chose: names, mail addresses, groups, answers of a site. Shown as text and nothing but text, in its own
// direction, with characters that would be invisible made visible.
import { Fragment } from 'react';
import styles from './hostile-text.module.css';

// Controls, line separators, marks and overrides of direction, spaces without width, tags, the byte-order mark, halves of pairs.
const INVISIBLE = /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]|[\ud800-\udfff]/gu;

export interface Piece {
  text: string;
  /** A character that would not be seen, by its number. */
  isHidden: boolean;
}

export function pieces(text: string): Piece[] {
  const found: Piece[] = [];
  let from = 0;
  for (const match of text.matchAll(INVISIBLE)) {
    if (match.index > from) found.push({ text: text.slice(from, match.index), isHidden: false });
    const code = match[0].codePointAt(0) ?? 0;
    found.push({ text: `U+${code.toString(16).toUpperCase().padStart(4, '0')}`, isHidden: true });
    from = match.index + match[0].length;
  }
  if (from < text.length) found.push({ text: text.slice(from), isHidden: false });
  return found;
}

/** The same as plain text, for places that take nothing else: titles, labels. */
export const plain = (text: string): string => pieces(text).map((piece) => (piece.isHidden ? `[${piece.text}]` : piece.text)).join('');

interface HostileTextProps {
  text: string;
  /** One line, cut with an ellipsis, the whole on hover; else it wraps. */
  isCut?: boolean;
}

export function HostileText({ text, isCut = false }: HostileTextProps) {
  if (text === '') return <span className={styles.nothing}>empty</span>;
  return (
    <bdi className={isCut ? styles.cut : styles.whole} title={isCut ? plain(text) : undefined}>
      {pieces(text).map((piece, at) =>
        piece.isHidden ? (
          <code key={at} className={styles.hidden}>
            {piece.text}
          </code>
        ) : (
          <Fragment key={at}>{piece.text}</Fragment>
        ),
      )}
    </bdi>
  );
}
