// Text of others that keeps its lines: mails, answers, bodies.
import { pieces } from './hostile-text';
import styles from './pre-text.module.css';

const shown = (text: string): string =>
  pieces(text)
    .map((piece) => (!piece.isHidden ? piece.text : piece.text === 'U+000A' ? '\n' : piece.text === 'U+000D' ? '' : piece.text === 'U+0009' ? '\t' : `[${piece.text}]`))
    .join('');

export function PreText({ text, label }: { text: string; label: string }) {
  return (
    <pre className={styles.text} tabIndex={0} role="region" aria-label={label}>
      <bdi>{shown(text)}</bdi>
    </pre>
  );
}
