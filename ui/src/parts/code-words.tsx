// Words of the server in which code stands between backticks.
import { Fragment } from 'react';
import { HostileText } from './hostile-text';

export function CodeWords({ text }: { text: string }) {
  return (
    <>
      {text.split('`').map((piece, at) =>
        at % 2 === 1 ? <code key={at}>{piece}</code> : <Fragment key={at}>{piece && <HostileText text={piece} />}</Fragment>,
      )}
    </>
  );
}
