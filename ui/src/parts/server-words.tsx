// Words of the server: code between backticks as code, and commands as the places of these pages that do the same.
import { Link } from 'react-router';
import { wordPieces } from './command-places';
import { HostileText, plain } from './hostile-text';
import styles from './server-words.module.css';

interface ServerWordsProps {
  text: string;
  /** The site that they are about. */
  site?: string | undefined;
}

export function ServerWords({ text, site }: ServerWordsProps) {
  return (
    <span className={styles.words}>
      {wordPieces(text, site).map((piece, at) =>
        piece.kind === 'place' ? (
          <Link key={at} to={piece.to}>
            {plain(piece.text)}
          </Link>
        ) : piece.kind === 'code' ? (
          <code key={at}>{plain(piece.text)}</code>
        ) : (
          <HostileText key={at} text={piece.text} />
        ),
      )}
    </span>
  );
}
