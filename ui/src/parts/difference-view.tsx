// Two texts, line by line: what is only in the one, what only in the other.
import VisuallyHidden from '@atlaskit/visually-hidden';
import { pieces } from './hostile-text';
import styles from './difference-view.module.css';

export interface DifferenceLine {
  /** ` ` in both, `-` only before, `+` only now; as the API answers it. */
  mark: string;
  text: string;
}

/** The lines of a difference, by the longest common run of lines. */
export function difference(before: string, now: string): DifferenceLine[] {
  const a = before.split('\n');
  const b = now.split('\n');
  const width = b.length + 1;
  // common[i * width + j]: how many lines a[i..] and b[j..] have in common, in order
  const common = new Uint32Array((a.length + 1) * width);
  const at = (i: number, j: number) => common[i * width + j] ?? 0;
  for (let i = a.length - 1; i >= 0; i -= 1) {
    for (let j = b.length - 1; j >= 0; j -= 1) {
      common[i * width + j] = a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const lines: DifferenceLine[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      lines.push({ mark: ' ', text: a[i] ?? '' });
      i += 1;
      j += 1;
    } else if (i < a.length && (j >= b.length || at(i + 1, j) >= at(i, j + 1))) {
      lines.push({ mark: '-', text: a[i] ?? '' });
      i += 1;
    } else {
      lines.push({ mark: '+', text: b[j] ?? '' });
      j += 1;
    }
  }
  return lines;
}

const WORDS: Record<string, string> = { '-': 'only before: ', '+': 'only now: ' };

export function DifferenceView({ lines, label }: { lines: readonly DifferenceLine[]; label: string }) {
  return (
    <div className={styles.frame} role="region" aria-label={label} tabIndex={0}>
      <ol className={styles.lines}>
        {lines.map((line, at) => (
          <li key={at} data-mark={line.mark} className={styles.line}>
            <span aria-hidden className={styles.mark}>
              {line.mark}
            </span>
            {WORDS[line.mark] && <VisuallyHidden>{WORDS[line.mark]}</VisuallyHidden>}
            <bdi>{pieces(line.text).map((piece) => (piece.isHidden && piece.text !== 'U+0009' ? `[${piece.text}]` : piece.isHidden ? '\t' : piece.text)).join('')}</bdi>
          </li>
        ))}
      </ol>
    </div>
  );
}
